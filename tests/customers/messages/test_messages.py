"""Messages: written with their cause, sent once, and never silently lost."""

import os
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.messages.operations import (
    MOST_ATTEMPTS,
    SENDING_LIMIT,
    Words,
    claim_message,
    queue_message,
    queue_to_accounts,
    resend_message,
    settle_messages,
)
from customers.messages.sending import SENDER, send_messages
from customers.models import Account, Message
from customers.states import MESSAGE
from heating.roles import AGENT, SERVICE_MANAGER
from office.actors import Actor
from office.models import Company, JournalEntry
from office.refusals import NotAllowed, Refused
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
)
from tests.parallel import at_once
from tests.patience import PATIENCE_SECONDS, wait_for
from tests.sms_outbox import Outbox

PHONE = "13800000001"
DAY = timedelta(days=1)
ACCEPTED = Words("ticket_accepted", {"number": "GD1"})

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings: Any) -> list[tuple[str, str, dict[str, str]]]:
    settings.SMS_SENDER = "tests.sms_outbox.Outbox"
    Outbox.sent.clear()
    return Outbox.sent


@pytest.fixture
def company(db: None) -> Company:
    return a_company()


def queue(company: Company, phone: str = PHONE, cause: str = "ticket:1", **changes: Any) -> bool:
    values: dict[str, Any] = {"words": ACCEPTED, "life": DAY, "at": NOW} | changes
    return queue_message(company, phone, values.pop("words"), cause=cause, **values)


def send(at: Any = NOW) -> int:
    return send_messages(now=lambda: at)


def states() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


class TestQueueMessage:
    def test_once_per_cause_and_phone(self, company: Company) -> None:
        assert queue(company)
        assert not queue(company, "+86 138 0000 0001")
        assert queue(company, cause="ticket:2")
        assert queue(company, "13800000002")
        assert Message.objects.count() == 3

    @pytest.mark.parametrize("phone", ["", "0351-7654321", "7654321", "12345", "来电"])
    def test_only_mobiles_are_told(self, company: Company, phone: str) -> None:
        assert not queue(company, phone)
        assert not Message.objects.exists()

    def test_without_its_cause_there_is_no_message(self, company: Company) -> None:
        with transaction.atomic():
            queue(company)
            transaction.set_rollback(True)
        assert not Message.objects.exists()

    def test_what_nobody_may_read_is_sealed_until_it_is_sent(self, company: Company) -> None:
        words = Words("rate", {"number": "GD1"}, {"link": "https://x/secret"})
        queue(company, words=words)
        message = Message.objects.get()
        assert "secret" not in f"{message.sealed}{message.values}"
        assert send() == 1
        assert Outbox.sent == [(PHONE, "rate", {"number": "GD1", "link": "https://x/secret"})]
        assert Message.objects.get().sealed == ""


class TestQueueToAccounts:
    def queue(self, company: Company) -> int:
        return queue_to_accounts(
            Account.objects.filter(company=company),
            company,
            Words("heat_notice", {"text": "停热检修"}),
            cause="notice:1",
            life=DAY,
            at=NOW,
        )

    def test_a_person_with_several_accounts_is_told_once(self, company: Company) -> None:
        for _ in range(3):
            a_contract(an_account(company), a_customer(company, phone=PHONE))
        a_contract(an_account(company), a_customer(company, phone="13800000002"))
        assert self.queue(company) == 2
        assert sorted(Message.objects.values_list("phone", flat=True)) == [PHONE, "13800000002"]
        assert self.queue(company) == 0

    def test_todays_customers_by_mobile_are_told_and_nobody_else(self, company: Company) -> None:
        moved = an_account(company)
        a_contract(moved, a_customer(company, phone="13800000003"), ends=date(2025, 11, 1))
        a_contract(moved, a_customer(company, phone="13800000004"), starts=date(2025, 11, 1))
        landline = a_customer(company, phone="0351-7654321")
        a_contract(an_account(company), landline, payer=a_customer(company, phone="13800000005"))
        a_contract(an_account(a_company("21")), a_customer(a_company("21"), phone="13800000006"))
        assert self.queue(company) == 1
        assert Message.objects.get().phone == "13800000004"

    def test_one_statement_for_all(self, company: Company) -> None:
        for _ in range(30):
            a_contract(an_account(company), a_customer(company))
        with CaptureQueriesContext(connection) as queries:
            assert self.queue(company) == 30
        assert len(queries) == 1


class TestSendMessages:
    def test_each_once(self, company: Company) -> None:
        queue(company)
        queue(company, "13800000002")
        assert send() == 2
        assert send() == 0
        assert [phone for phone, _, _ in Outbox.sent] == [PHONE, "13800000002"]
        assert states() == ["sent", "sent"]

    def test_what_is_for_one_goes_before_what_is_for_many(self, company: Company) -> None:
        a_contract(an_account(company), a_customer(company, phone="13800000009"))
        TestQueueToAccounts().queue(company)
        queue(company, at=NOW + timedelta(minutes=1))
        send(NOW + timedelta(minutes=2))
        assert [phone for phone, _, _ in Outbox.sent] == [PHONE, "13800000009"]

    def test_a_refused_one_is_tried_again_but_not_for_ever(
        self, company: Company, settings: Any
    ) -> None:
        settings.SMS_SENDER = "tests.sms_outbox.Refusing"
        queue(company)
        at = NOW
        for _ in range(MOST_ATTEMPTS - 1):
            assert send(at) == 1
            message = Message.objects.get()
            assert (message.state, message.error) == ("waiting", "余额不足")
            assert send(message.next_try_at - timedelta(seconds=1)) == 0
            at = message.next_try_at
        assert send(at) == 1
        message = Message.objects.get()
        assert (message.state, message.attempts) == ("failed", MOST_ATTEMPTS)
        settings.SMS_SENDER = "tests.sms_outbox.Outbox"
        assert send(at + timedelta(hours=5)) == 0

    def test_what_nobody_answered_for_is_not_sent_twice(
        self, company: Company, settings: Any
    ) -> None:
        settings.SMS_SENDER = "tests.sms_outbox.Silent"
        queue(company)
        assert send() == 1
        settings.SMS_SENDER = "tests.sms_outbox.Outbox"
        assert send(NOW + timedelta(hours=1)) == 0
        assert (states(), Outbox.sent) == (["unclear"], [])

    def test_a_dead_worker_leaves_one_in_doubt_and_the_rest_goes_out(
        self, company: Company
    ) -> None:
        queue(company)
        queue(company, "13800000002")
        assert claim_message(NOW) is not None
        assert send(NOW + timedelta(minutes=1)) == 1
        assert states() == ["sending", "sent"]
        settle_messages(by=SENDER, at=NOW + SENDING_LIMIT + timedelta(seconds=1))
        assert states() == ["unclear", "sent"]

    def test_what_is_late_is_not_sent(self, company: Company) -> None:
        queue(company, words=Words("rate", {}, {"link": "x"}))
        assert send(NOW + DAY) == 0
        message = Message.objects.get()
        assert (message.state, message.sealed, Outbox.sent) == ("expired", "", [])


class TestResendMessage:
    def failed(self, company: Company) -> Message:
        queue(company)
        claim_message(NOW)
        settle_messages(by=SENDER, at=NOW + 2 * SENDING_LIMIT)
        return Message.objects.get()

    def test_a_person_may_send_again_what_is_in_doubt(self, company: Company) -> None:
        message = self.failed(company)
        manager = Actor.staff(a_member_of_staff("主管", SERVICE_MANAGER, company))
        resend_message(message, by=manager, at=NOW + 2 * DAY)
        assert send(NOW + 2 * DAY) == 1
        assert len(Outbox.sent) == 1
        assert JournalEntry.objects.filter(action="resend_message").count() == 1
        with pytest.raises(Refused, match="已发送"):
            resend_message(message, by=manager, at=NOW + 2 * DAY)
        assert states() == ["sent"]

    def test_not_everybody_and_not_elsewhere(self, company: Company) -> None:
        message = self.failed(company)
        for stranger in (
            a_member_of_staff("客服", AGENT, company),
            a_member_of_staff("别家主管", SERVICE_MANAGER, a_company("21")),
        ):
            with pytest.raises(NotAllowed):
                resend_message(message, by=Actor.staff(stranger), at=NOW)
        assert states() == ["unclear"]


class TestMessageList:
    def test_shows_failures_of_ones_own_company_with_masked_phones(
        self, company: Company, client: Client
    ) -> None:
        queue(company, words=Words("rate", {"number": "GD0815"}, {"link": "https://x/secret"}))
        queue(a_company("21"), "13800000002", words=Words("rate", {"number": "GD4711"}))
        client.force_login(a_member_of_staff("主管", SERVICE_MANAGER, company))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse("admin:customers_message_changelist")).content.decode()
        assert len(queries) <= 15
        assert "138****0001" in page
        assert "GD0815" in page
        assert "GD4711" not in page
        assert PHONE not in page
        other = Message.objects.get(phone="13800000002")
        strange = client.get(reverse("admin:customers_message_change", args=[other.pk]))
        assert strange.status_code == 404
        mine = client.get(
            reverse("admin:customers_message_change", args=[Message.objects.get(phone=PHONE).pk])
        ).content.decode()
        assert "secret" not in mine


class TestWorkflow:
    def test_the_database_guards_the_very_table(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT prosrc FROM pg_proc WHERE proname = 'customers_message_state_guard'"
            )
            [(body,)] = cursor.fetchall()
        assert body.strip() == MESSAGE.guard_sql().split("$$")[1].strip()

    def test_what_is_sent_is_not_sent_again_behind_the_operations(self, company: Company) -> None:
        queue(company)
        send()
        with pytest.raises(DatabaseError, match="no way from sent"), transaction.atomic():
            Message.objects.update(state="waiting")
        assert states() == ["sent"]


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_four_workers_send_each_message_once(self) -> None:
        company = a_company()
        phones = [f"138{number:08d}" for number in range(40)]
        for phone in phones:
            queue(company, phone)
        tried = at_once([lambda: send() for _ in range(4)])
        assert sum(count for count in tried if isinstance(count, int)) == 40
        assert sorted(phone for phone, _, _ in Outbox.sent) == phones

    def test_two_causes_at_once_make_one_message(self) -> None:
        company = a_company()
        at_once([lambda: queue(company) for _ in range(4)])
        assert Message.objects.count() == 1

    def test_killed_and_taken_up_again(self, tmp_path: Path) -> None:
        company = a_company()
        phones = [f"138{number:08d}" for number in range(12)]
        for phone in phones:
            queue(company, phone, life=3650 * DAY)
        log = tmp_path / "sms.log"
        with a_sender(log) as sender:
            wait_for(lambda: len(phones_in(log)) >= 3)
            os.kill(sender.pid, signal.SIGKILL)
            sender.wait()
        assert Message.objects.filter(state="sending").count() <= 1
        with a_sender(log) as sender:
            assert sender.wait(PATIENCE_SECONDS) == 0
        assert sorted(phones_in(log)) == phones
        assert states().count("sent") >= 11
        assert set(states()) <= {"sent", "sending"}


class a_sender:  # noqa: N801 - read as a sentence
    """A process of its own that sends what waits in the test's database."""

    def __init__(self, log: Path) -> None:
        self.log = log

    def __enter__(self) -> "subprocess.Popen[bytes]":
        database = connection.settings_dict
        url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
        program = (
            "import django; django.setup();"
            "from customers.messages.sending import SENDER, send_messages; send_messages()"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", program],
            env=os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "heating.settings",
                "HEATING_ENV": "demo",
                "DATABASE_URL": configured.DATABASE_URL or url,
                "SMS_SENDER": "tests.sms_outbox.Slow",
                "SMS_LOG": str(self.log),
            },
        )
        return self.process

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def phones_in(log: Path) -> list[str]:
    return log.read_text().split() if log.exists() else []
