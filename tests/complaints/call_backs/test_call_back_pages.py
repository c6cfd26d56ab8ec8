"""The work list of call-backs and the page of one, by who looks at them."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from complaints.call_backs.operations import issue_call_back_link, record_call_back
from complaints.models import CallBack, CallBackAttempt, CallOutcome, Ticket
from complaints.promises.words import time_left
from complaints.tickets.resolution import resolve_ticket
from customers.models import Message
from heating.roles import AUDITOR
from office.models import User
from office.refusals import NotAllowed
from office.tokens.one_time_links import links_of
from tests.builders import a_company, a_member_of_staff
from tests.clock import present
from tests.complaints.call_backs.escalated import escalated
from tests.service_desk import DAY, HOUR, MINUTE, Desk, a_complaint, a_desk, a_ticket, t

pytestmark = pytest.mark.django_db

LIST = "admin:complaints_callback_changelist"
UNCALLED = {"seen_attempts": "0"}
MONDAY = t("2026-01-12 09:00")


def owed(desk: Desk, when: str = "2026-01-12 09:00") -> CallBack:
    """A complaint that the first agent resolved an hour later; its call-back is long overdue."""
    ticket = a_ticket(desk, when, a_complaint())
    resolve_ticket(ticket, "已致歉", by=desk.agent, at=t(when) + HOUR)
    return ticket.call_backs.get()


def page(client: Client, call_back: CallBack) -> str:
    address = reverse("admin:complaints_callback_change", args=[call_back.pk])
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def signed_in(client: Client, user: User | None) -> Client:
    assert user is not None
    client.force_login(user)
    return client


class TestTimeLeft:
    def test_is_said_in_whole_minutes(self) -> None:
        assert time_left(MONDAY + HOUR, MONDAY) == "还剩 1 小时 0 分"
        assert time_left(MONDAY + 59 * MINUTE, MONDAY) == "还剩 59 分钟"
        assert time_left(MONDAY, MONDAY + 2 * DAY + 4 * HOUR) == "已超时 2 天 4 小时"
        assert time_left(MONDAY, MONDAY) == "还剩 0 分钟"


class TestWorkList:
    def test_shows_what_is_to_be_called_the_first_due_first(
        self, desk: Desk, client: Client
    ) -> None:
        later, first = owed(desk, "2026-01-14 09:00"), owed(desk)
        done = owed(desk)
        CallBack.objects.filter(pk=done.pk).update(state="dropped")
        shown = signed_in(client, desk.other_agent.user).get(reverse(LIST)).context["cl"]
        assert [row.pk for row in shown.result_list] == [first.pk, later.pk]
        text = client.get(reverse(LIST)).content.decode()
        assert "超时" in text
        assert "您经办过" not in text
        assert "139****0001" in text
        assert "13900000001" not in text
        assert "您经办过" in signed_in(client, desk.agent.user).get(reverse(LIST)).content.decode()

    def test_filters(self, desk: Desk, client: Client) -> None:
        ahead = owed(desk)
        CallBack.objects.update(due_at=present() + DAY)
        late = owed(desk)
        bad = owed(desk)
        client = signed_in(client, desk.other_agent.user)
        address = reverse("admin:complaints_callback_record_call_back", args=[bad.pk])
        client.post(address, {**UNCALLED, "outcome": "answered", "satisfaction": "dissatisfied"})
        for query, wanted in (
            ({}, [late.pk, ahead.pk]),
            ({"work": "overdue"}, [late.pk]),
            ({"work": "dissatisfied"}, [bad.pk]),
            ({"work": "all"}, [bad.pk, late.pk, ahead.pk]),
            ({"q": late.ticket.number}, [late.pk]),
            ({"q": "139"}, []),
        ):
            shown = client.get(reverse(LIST), query).context["cl"].result_list
            assert [row.pk for row in shown] == wanted, query

    def test_knows_nothing_of_another_company(self, desk: Desk, client: Client) -> None:
        other = owed(a_desk("21"))
        client = signed_in(client, desk.agent.user)
        for query in ({}, {"work": "all"}, {"q": other.ticket.number}):
            assert client.get(reverse(LIST), query).context["cl"].result_list == []
        for verb in ("change", "record_call_back", "send_call_back_link"):
            address = reverse(f"admin:complaints_callback_{verb}", args=[other.pk])
            assert client.get(address).status_code == 404
            assert client.post(address, {"outcome": "no_answer"}).status_code == 404
        assert not CallBackAttempt.objects.exists()

    def test_asks_as_often_for_many_as_for_few(self, desk: Desk, client: Client) -> None:
        client = signed_in(client, desk.agent.user)
        counts = []
        for rows in (2, 12):
            for _ in range(rows):
                owed(desk)
            client.get(reverse(LIST))
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse(LIST))
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 15


class TestRecordCallBack:
    @pytest.fixture
    def call_back(self, desk: Desk) -> CallBack:
        return owed(desk)

    def say(self, client: Client, call_back: CallBack, **form: str) -> Any:
        address = reverse("admin:complaints_callback_record_call_back", args=[call_back.pk])
        seen = call_back.attempts.count()
        return client.post(address, {"seen_attempts": f"{seen}", **form})

    def test_an_opinion_is_kept_in_the_customers_words(
        self, desk: Desk, call_back: CallBack, client: Client
    ) -> None:
        client = signed_in(client, desk.other_agent.user)
        form = {"outcome": "answered", "satisfaction": "fair", "remark": "来得慢", "note": "机主接"}
        assert self.say(client, call_back, **form).status_code == 302
        call_back.refresh_from_db()
        assert (call_back.state, call_back.satisfaction, call_back.remark) == (
            "answered",
            "fair",
            "来得慢",
        )
        text = page(client, call_back)
        assert "机主接" in text
        assert "登记回访</button>" not in text

    def test_a_refusal_loses_no_word(self, desk: Desk, call_back: CallBack, client: Client) -> None:
        client = signed_in(client, desk.other_agent.user)
        answer = self.say(client, call_back, outcome="answered", remark="还行", note="等孩子放学")
        assert answer.status_code == 422
        text = answer.content.decode()
        assert "接通的回访须登记用户评价" in text
        assert "还行" in text
        assert "等孩子放学" in text
        assert not CallBackAttempt.objects.exists()

    def test_the_same_form_sent_twice_is_one_call(
        self, desk: Desk, call_back: CallBack, client: Client
    ) -> None:
        client = signed_in(client, desk.other_agent.user)
        assert 'name="seen_attempts" value="0"' in page(client, call_back)
        form = {**UNCALLED, "outcome": "no_answer"}
        assert self.say(client, call_back, **form).status_code == 302
        answer = self.say(client, call_back, **form, note="响了很久")
        assert answer.status_code == 409
        text = answer.content.decode()
        assert "刚刚已登记过一次通话" in text
        assert "响了很久" in text
        assert 'name="seen_attempts" value="1"' in text
        assert call_back.attempts.count() == 1
        call_back.refresh_from_db()
        assert call_back.state == "due"

    def test_the_third_call_in_vain_ends_it_and_the_page_says_why(
        self, desk: Desk, call_back: CallBack, client: Client
    ) -> None:
        client = signed_in(client, desk.other_agent.user)
        now = present()
        for n, ago in enumerate((5 * HOUR, 3 * HOUR)):
            assert f"未接通 {n} 次，最多 3 次" in page(client, call_back)
            no_answer = CallOutcome.NO_ANSWER
            record_call_back(call_back, no_answer, by=desk.other_agent, at=now - ago)
        assert "未接通 2 次，最多 3 次" in page(client, call_back)
        self.say(client, call_back, outcome="no_answer", satisfaction="satisfied")
        text = page(client, call_back)
        assert "未能接通" in text
        assert "<dd>结束回访</dd>" in text
        assert "发送评价链接" not in text
        call_back.refresh_from_db()
        assert (call_back.state, call_back.satisfaction) == ("unanswered", "")

    def test_the_page_says_from_when_a_call_in_vain_counts_again(
        self, desk: Desk, call_back: CallBack, client: Client
    ) -> None:
        client = signed_in(client, desk.other_agent.user)
        assert "起才能再登记未接通" not in page(client, call_back)
        assert self.say(client, call_back, outcome="no_answer").status_code == 302
        again = timezone.localtime(call_back.attempts.get().at + 2 * HOUR)
        sentence = f"{again:%Y-%m-%d %H:%M} 起才能再登记未接通"
        assert sentence in page(client, call_back)
        answer = self.say(client, call_back, outcome="unreachable", note="停机")
        assert (answer.status_code, call_back.attempts.count()) == (409, 1)
        text = answer.content.decode()
        assert sentence in text
        assert "停机" in text
        form = {"outcome": "answered", "satisfaction": "fair"}
        assert self.say(client, call_back, **form).status_code == 302
        call_back.refresh_from_db()
        assert (call_back.state, call_back.attempts.count()) == ("answered", 2)

    def test_who_worked_on_the_ticket_is_offered_nothing(
        self, desk: Desk, call_back: CallBack, client: Client
    ) -> None:
        client = signed_in(client, desk.agent.user)
        text = page(client, call_back)
        assert "您经办过这张工单，不能回访" in text
        assert "登记回访</button>" not in text
        assert "发送评价链接" not in text
        assert "13900000001" not in text
        answer = self.say(client, call_back, outcome="no_answer")
        assert "经办过这张工单的人员不能回访" in answer.content.decode()
        assert (answer.status_code, CallBackAttempt.objects.count()) == (403, 0)

    def test_an_auditor_only_reads(self, desk: Desk, call_back: CallBack, client: Client) -> None:
        client = signed_in(client, a_member_of_staff("auditor", AUDITOR, desk.company))
        text = page(client, call_back)
        assert "登记回访</button>" not in text
        assert "13900000001" not in text
        assert self.say(client, call_back, outcome="no_answer").status_code == 403

    def test_only_who_dials_sees_the_whole_number(
        self, desk: Desk, call_back: CallBack, client: Client
    ) -> None:
        assert "13900000001" in page(signed_in(client, desk.other_agent.user), call_back)


class TestRecordEscalatedCallBack:
    def test_an_agent_is_told_whose_it_is_and_the_manager_calls(
        self, desk: Desk, client: Client
    ) -> None:
        call_back = escalated(desk, "2026-01-12 09:00")
        agents = signed_in(client, desk.other_agent.user)
        text = page(agents, call_back)
        assert "由客服主管回访" in text
        assert "登记回访</button>" not in text
        assert "13900000001" not in text
        address = reverse("admin:complaints_callback_record_call_back", args=[call_back.pk])
        form = {"seen_attempts": "3", "outcome": "answered", "satisfaction": "fair"}
        answer = agents.post(address, form)
        assert (answer.status_code, call_back.attempts.count()) == (403, 3)
        assert "已转客服主管，由客服主管回访并登记" in answer.content.decode()
        assert "转主管的回访" not in agents.get(reverse("admin:index")).content.decode()
        managers = signed_in(client, desk.manager.user)
        assert managers.post(address, form).status_code == 302
        call_back.refresh_from_db()
        assert (call_back.state, call_back.satisfaction) == ("answered", "fair")

    def test_waits_on_the_managers_front_page_and_list(self, desk: Desk, client: Client) -> None:
        ordinary, call_back = owed(desk), escalated(desk, "2026-01-12 09:00")
        other = escalated(a_desk("21"), "2026-01-12 09:00")
        client = signed_in(client, desk.manager.user)
        text = client.get(reverse("admin:index")).content.decode()
        assert "转主管的回访（1）" in text
        assert reverse("admin:complaints_callback_change", args=[call_back.pk]) in text
        assert other.ticket.number not in text
        shown = client.get(reverse(LIST), {"work": "escalated"}).context["cl"].result_list
        assert ([row.pk for row in shown], ordinary.state) == ([call_back.pk], "due")


class TestSendCallBackLink:
    def test_goes_to_the_customer_and_is_seen_by_nobody_here(
        self, desk: Desk, client: Client
    ) -> None:
        call_back = owed(desk)
        waiting = Message.objects.count()
        client = signed_in(client, desk.other_agent.user)
        address = reverse("admin:complaints_callback_send_call_back_link", args=[call_back.pk])
        text = client.post(address, follow=True).content.decode()
        assert "评价链接的短信将在一分钟内发给用户本人" in text
        assert "/rate/" not in text
        assert Message.objects.count() == waiting + 1
        assert links_of(call_back, "answer_call_back")[0].revoked_at is None

    def test_not_to_who_worked_on_the_ticket(self, desk: Desk, client: Client) -> None:
        call_back = owed(desk)
        before = list(links_of(call_back, "answer_call_back").values())
        with pytest.raises(NotAllowed, match="经办过这张工单"):
            issue_call_back_link(call_back, by=desk.agent, at=MONDAY + DAY)
        assert list(links_of(call_back, "answer_call_back").values()) == before

    def test_refused_when_it_is_over(self, desk: Desk, client: Client) -> None:
        call_back = owed(desk)
        CallBack.objects.filter(pk=call_back.pk).update(state="dropped")
        client = signed_in(client, desk.other_agent.user)
        address = reverse("admin:complaints_callback_send_call_back_link", args=[call_back.pk])
        answer = client.post(address, follow=True)
        assert "不用再发链接" in answer.content.decode()


def test_the_list_says_who_a_bad_answer_sent_out_again(desk: Desk, client: Client) -> None:
    call_back = owed(desk)
    later = present()
    record_call_back(call_back, CallOutcome.CALL_LATER, by=desk.other_agent, at=later)
    client = signed_in(client, desk.other_agent.user)
    address = reverse("admin:complaints_callback_record_call_back", args=[call_back.pk])
    form = {"outcome": "answered", "satisfaction": "dissatisfied", "remark": "冷"}
    client.post(address, {"seen_attempts": "1", **form})
    assert Ticket.objects.get(pk=call_back.ticket_id).redo_count == 1
    assert a_company().pk == desk.company.pk
