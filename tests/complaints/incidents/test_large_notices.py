"""A notice to more accounts than one press can tell: nobody is left out or told twice."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from complaints.incidents.notices import resume_notice, tell_stretch
from complaints.incidents.operations import (
    Reach,
    announce_outage,
    begin_incident,
    cancel_incident,
    notify_affected,
    register_incident,
)
from complaints.incidents.recipients import jobs_of
from complaints.models import Incident, Notice
from customers.models import Account, Message
from office.jobs.queue import HEARTBEAT_LIMIT, requeue_stale_jobs, run_job
from office.models import Job, JobState, JournalEntry
from office.refusals import NotAllowed, Refused
from tests.builders import a_contract, a_customer, an_account
from tests.clock import present
from tests.parallel import at_once
from tests.service_desk import DAY, HOUR, MINUTE, Desk, t

pytestmark = pytest.mark.django_db

MONDAY = t("2026-01-12 09:00")
TEXT = "主管爆裂，正在抢修"
BROKEN = "13900000005"
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def stretch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two accounts at a time."""
    monkeypatch.setattr("complaints.incidents.notices.AT_ONCE", 2)
    monkeypatch.setattr("complaints.incidents.notice_job.STRETCH", 2)


@pytest.fixture
def homes(desk: Desk) -> list[Account]:
    """Seven flats of one building; the first and the last are one customer's."""
    phones = [f"1390000000{n}" for n in (1, 2, 3, 4, 5, 6, 1)]
    accounts = [an_account(desk.company) for _ in phones]
    for account, phone in zip(accounts, phones, strict=True):
        a_contract(account, a_customer(desk.company, phone=phone))
    return accounts


def registered(desk: Desk, homes: list[Account], **changes: Any) -> Incident:
    return register_incident(
        desk.company,
        "二次网主管爆裂",
        Reach(buildings=[homes[0].premise.building]),
        **{"starts_at": MONDAY - HOUR, "by": desk.dispatcher, "at": MONDAY, **changes},
    )


@pytest.fixture
def incident(desk: Desk, homes: list[Account]) -> Incident:
    return begin_incident(registered(desk, homes), by=desk.dispatcher, at=MONDAY)


def recipients_of(notice: Notice) -> list[int]:
    return list(notice.recipients.order_by("account").values_list("account", flat=True))


def phones(notice: Notice) -> list[str]:
    rows = Message.objects.filter(cause=f"notice:{notice.pk}").order_by("phone")
    return list(rows.values_list("phone", flat=True))


def forbid_number() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_such_number() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN IF NEW.phone = '{BROKEN}' THEN RAISE EXCEPTION 'disk full'; END IF;"
            " RETURN NEW; END $$;"
            " CREATE TRIGGER no_such_number BEFORE INSERT ON customers_message"
            " FOR EACH ROW EXECUTE FUNCTION no_such_number();"
        )


def allow_number() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER no_such_number ON customers_message")


class TestNotifyAffected:
    def test_the_press_tells_the_first_and_a_job_the_rest(
        self, desk: Desk, incident: Incident, homes: list[Account]
    ) -> None:
        notice = notify_affected(incident, TEXT, by=desk.dispatcher, at=MONDAY)
        assert (notice.accounts, recipients_of(notice)) == (7, [home.pk for home in homes[:2]])
        job = Job.objects.get()
        assert (job.company, job.requested_by) == (desk.company, desk.dispatcher.user)
        # Who moves in while it is told hears of the next notice.
        an_account(desk.company)
        assert run_job(job.pk)
        assert recipients_of(notice) == [home.pk for home in homes]
        assert phones(notice) == [f"1390000000{n}" for n in range(1, 7)]
        assert set(Message.objects.values_list("created_at", "expires_at")) == {
            (MONDAY, MONDAY + DAY)
        }
        job.refresh_from_db()
        assert (job.state, job.done, job.total) == ("done", 7, 7)
        assert job.result == {"accounts": 7}

    def test_what_fits_into_the_press_needs_no_job(self, desk: Desk) -> None:
        few = [an_account(desk.company) for _ in range(2)]
        incident = begin_incident(registered(desk, few), by=desk.dispatcher, at=MONDAY)
        notice = notify_affected(incident, TEXT, by=desk.dispatcher, at=MONDAY)
        assert recipients_of(notice) == [account.pk for account in few]
        assert not Job.objects.exists()

    def test_another_waits_until_everybody_has_heard_the_first(
        self, desk: Desk, incident: Incident
    ) -> None:
        notify_affected(incident, TEXT, by=desk.dispatcher, at=MONDAY)
        with pytest.raises(Refused, match="上一条通知还在发送（0 %），请等它发完"):
            notify_affected(incident, "已恢复", by=desk.dispatcher, at=MONDAY + MINUTE)
        assert (Notice.objects.count(), Job.objects.count()) == (1, 1)
        run_job(Job.objects.get().pk)
        notify_affected(incident, "已恢复", by=desk.dispatcher, at=MONDAY + MINUTE)
        assert Notice.objects.count() == 2


class TestKilled:
    def test_a_stretch_rolled_back_has_told_nobody_and_is_told_once(
        self, desk: Desk, incident: Incident, homes: list[Account]
    ) -> None:
        notice = notify_affected(incident, TEXT, by=desk.dispatcher, at=MONDAY)
        job = Job.objects.get()
        last = job.params["last"]
        assert tell_stretch(notice, last=last, most=2) == 2

        @transaction.atomic
        def killed() -> None:
            assert tell_stretch(notice, last=last, most=2) == 2
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            killed()
        assert recipients_of(notice) == [home.pk for home in homes[:4]]
        assert phones(notice) == [f"1390000000{n}" for n in range(1, 5)]
        # Its worker is silent; another takes the job.
        now = present()
        Job.objects.update(state=JobState.RUNNING, heartbeat_at=now, attempts=1)
        assert requeue_stale_jobs(now + HEARTBEAT_LIMIT + SECOND) == 1
        assert run_job(job.pk)
        assert recipients_of(notice) == [home.pk for home in homes]
        assert phones(notice) == [f"1390000000{n}" for n in range(1, 7)]
        assert tell_stretch(notice, last=last, most=2) == 0


class TestResumeNotice:
    def test_goes_on_where_a_failed_job_stopped(
        self, desk: Desk, incident: Incident, homes: list[Account], client: Client
    ) -> None:
        notice = notify_affected(incident, TEXT, by=desk.dispatcher, at=MONDAY)
        forbid_number()
        with pytest.raises(DatabaseError, match="disk full"):
            run_job(Job.objects.get().pk)
        allow_number()
        assert recipients_of(notice) == [home.pk for home in homes[:4]]
        assert phones(notice) == [f"1390000000{n}" for n in range(1, 5)]
        assert desk.dispatcher.user is not None
        client.force_login(desk.dispatcher.user)
        page = reverse("admin:complaints_incident_change", args=[incident.pk])
        shown = client.get(page).content.decode()
        assert "通知没有发完，请继续发送。" in shown
        assert "已通知 4 户" in shown
        client.post(reverse("admin:complaints_incident_resume_notice", args=[incident.pk]))
        assert JournalEntry.objects.get(action="resume_notice").by == desk.dispatcher.user
        job = jobs_of([notice])[notice.pk]
        assert job.state == "queued"
        assert run_job(job.pk)
        assert recipients_of(notice) == [home.pk for home in homes]
        assert phones(notice) == [f"1390000000{n}" for n in range(1, 7)]
        shown = client.get(page).content.decode()
        assert "继续发送通知</button>" not in shown
        assert "已通知 4 户" not in shown

    def test_refused_where_nothing_stopped_and_for_who_may_not(
        self, desk: Desk, incident: Incident
    ) -> None:
        notify_affected(incident, TEXT, by=desk.dispatcher, at=MONDAY)
        with pytest.raises(Refused, match="没有中断的通知"):
            resume_notice(incident, by=desk.dispatcher, at=MONDAY)
        Job.objects.update(state=JobState.FAILED)
        with pytest.raises(NotAllowed):
            resume_notice(incident, by=desk.agent, at=MONDAY)
        assert not JournalEntry.objects.filter(action="resume_notice").exists()
        assert Job.objects.count() == 1


class TestCancelIncident:
    def test_nobody_else_is_told_of_what_was_called_off(
        self, desk: Desk, homes: list[Account]
    ) -> None:
        planned = registered(desk, homes, starts_at=MONDAY + DAY, planned=True)
        announced = announce_outage(planned, "13日停热", by=desk.dispatcher, at=MONDAY)
        first = Job.objects.get()
        cancel_incident(planned, reason="推迟", by=desk.dispatcher, at=MONDAY + HOUR)
        second = Job.objects.exclude(pk=first.pk).get()
        assert run_job(first.pk)
        assert run_job(second.pk)
        assert recipients_of(announced) == [home.pk for home in homes[:2]]
        assert recipients_of(planned.notices.latest("pk")) == [home.pk for home in homes]


class TestIncidentPage:
    def test_says_how_far_it_is_without_keeping_the_session_young(
        self, desk: Desk, incident: Incident, client: Client
    ) -> None:
        assert desk.dispatcher.user is not None
        client.force_login(desk.dispatcher.user)
        words = {"text": TEXT, "seen": TEXT, "send": "1"}
        send = reverse("admin:complaints_incident_notify_affected", args=[incident.pk])
        shown = client.post(send, words, follow=True).content.decode()
        assert "正在通知 7 户。" in shown
        ask = reverse("admin:complaints_incident_progress", args=[incident.pk])
        assert f'data-poll="{ask}"' in shown
        Job.objects.update(state=JobState.RUNNING, done=4, total=7)
        soon = present() + 5 * MINUTE
        Session.objects.update(expire_date=soon)
        assert client.get(ask).json() == {"state": "running", "percent": 57}
        assert Session.objects.get().expire_date == soon
        assert "已通知 4 户" in client.get(incident_page(incident)).content.decode()
        Job.objects.update(state=JobState.QUEUED)
        run_job(Job.objects.get().pk)
        assert client.get(ask).json() == {"state": "done", "percent": 100}
        assert "data-poll" not in client.get(incident_page(incident)).content.decode()


def incident_page(incident: Incident) -> str:
    return reverse("admin:complaints_incident_change", args=[incident.pk])


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_of_two_who_press_one_tells_and_two_workers_tell_each_once(
        self, desk: Desk, incident: Incident, homes: list[Account]
    ) -> None:
        press = partial(notify_affected, incident, TEXT, at=MONDAY)
        outcomes = at_once([partial(press, by=desk.dispatcher)] * 2)
        [notice] = [outcome for outcome in outcomes if isinstance(outcome, Notice)]
        assert [outcome.code for outcome in outcomes if isinstance(outcome, Refused)] == [
            "notice_under_way"
        ]
        assert (Notice.objects.get(), Job.objects.count()) == (notice, 1)
        last = Job.objects.get().params["last"]
        assert sum(n for n in at_once([partial(tell_stretch, notice, last=last, most=2)] * 4)) == 5  # type: ignore[misc]
        assert recipients_of(notice) == [home.pk for home in homes]
        assert phones(notice) == [f"1390000000{n}" for n in range(1, 7)]
