"""A call-back that is over is over: its link opens nothing and nobody asks the customer again."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from complaints.call_backs.links import send_call_back_link
from complaints.call_backs.operations import (
    Opinion,
    answer_call_back,
    answer_own_call_back,
    issue_call_back_link,
    record_call_back,
)
from complaints.call_backs.owed import call_back_of_link
from complaints.models import CallBack, CallOutcome, Satisfaction, Ticket
from complaints.portal.own_steps import follow
from complaints.tickets.resolution import reopen_ticket, resolve_ticket
from customers.models import Message
from office.actors import Actor
from office.models import JournalEntry, OneTimeLink
from office.refusals import NotFound, Refused
from office.tokens.one_time_links import find_link, links_of, use_link
from tests.service_desk import DAY, HOUR, MINUTE, Desk, a_ticket, repaired, t

pytestmark = pytest.mark.django_db

NOON = t("2026-01-12 12:00")
CUSTOMER = Actor.customer("139****0001")
GOOD = Opinion(Satisfaction.SATISFIED)
BAD = Opinion(Satisfaction.DISSATISFIED, "还是不热")


@dataclass(frozen=True)
class OpenCallBack:
    """A call-back with its link, sent at noon."""

    desk: Desk
    call_back: CallBack
    token: str

    @property
    def ticket(self) -> Ticket:
        return Ticket.objects.get(pk=self.call_back.ticket_id)


@pytest.fixture
def open_call_back(desk: Desk) -> OpenCallBack:
    ticket = a_ticket(desk, "2026-01-12 09:00")
    repaired(ticket, desk, t("2026-01-12 10:00"))
    resolve_ticket(ticket, "已通", by=desk.dispatcher, at=t("2026-01-12 11:00"))
    call_back = ticket.call_backs.get()
    return OpenCallBack(desk, call_back, issue_call_back_link(call_back, by=desk.agent, at=NOON))


def give_up(open_call_back: OpenCallBack) -> None:
    for n in range(3):
        at = NOON + 2 * n * HOUR
        record_call_back(
            open_call_back.call_back, CallOutcome.NO_ANSWER, by=open_call_back.desk.agent, at=at
        )


def answer_by_telephone(open_call_back: OpenCallBack) -> None:
    record_call_back(
        open_call_back.call_back,
        CallOutcome.ANSWERED,
        opinion=GOOD,
        by=open_call_back.desk.agent,
        at=NOON + HOUR,
    )


def answer_on_own_page(open_call_back: OpenCallBack) -> None:
    answer_own_call_back(open_call_back.ticket, GOOD, by=CUSTOMER, at=NOON + HOUR)


def answer_by_link(open_call_back: OpenCallBack) -> None:
    answer_call_back(open_call_back.token, GOOD, by=CUSTOMER, at=NOON + HOUR)


def begin_again(open_call_back: OpenCallBack) -> None:
    reopen_ticket(open_call_back.ticket, "又不热", by=open_call_back.desk.agent, at=NOON + HOUR)


ENDS = [
    (give_up, "unanswered"),
    (answer_by_telephone, "answered"),
    (answer_on_own_page, "answered"),
    (answer_by_link, "answered"),
    (begin_again, "dropped"),
]


@pytest.mark.parametrize(("end", "state"), ENDS, ids=lambda value: getattr(value, "__name__", ""))
class TestEveryEnd:
    def test_the_link_opens_nothing_and_begins_no_redo(
        self, open_call_back: OpenCallBack, end: Callable[[OpenCallBack], None], state: str
    ) -> None:
        end(open_call_back)
        redo_count, at = open_call_back.ticket.redo_count, NOON + 6 * HOUR
        assert call_back_of_link(open_call_back.token, at) is None
        with pytest.raises(NotFound, match="链接无效或已使用"):
            answer_call_back(open_call_back.token, BAD, by=CUSTOMER, at=at)
        open_call_back.call_back.refresh_from_db()
        assert (open_call_back.call_back.state, open_call_back.ticket.redo_count) == (
            state,
            redo_count,
        )

    def test_the_page_is_404(
        self,
        open_call_back: OpenCallBack,
        end: Callable[[OpenCallBack], None],
        state: str,
        client: Client,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(timezone, "now", lambda: NOON + 6 * HOUR)
        assert client.get(f"/rate/{open_call_back.token}").status_code == 200
        end(open_call_back)
        pages = [client.get(f"/rate/{token}") for token in (open_call_back.token, "made-up")]
        assert [page.status_code for page in pages] == [404, 404]
        # Beside the form token, a page only repeats its own address.
        texts = [re.sub(r'"[A-Za-z0-9]{64}"|/rate/[\w-]+', "", page.text) for page in pages]
        assert texts[0] == texts[1]
        answer = client.post(f"/rate/{open_call_back.token}", {"satisfaction": "dissatisfied"})
        assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")

    def test_nobody_is_asked_again(
        self, open_call_back: OpenCallBack, end: Callable[[OpenCallBack], None], state: str
    ) -> None:
        end(open_call_back)
        at = NOON + 6 * HOUR
        assert follow(open_call_back.ticket, at=at).asks_opinion is False
        links = list(OneTimeLink.objects.order_by("pk").values())
        with pytest.raises(Refused, match="不用再发链接"):
            send_call_back_link(open_call_back.call_back, by=open_call_back.desk.manager, at=at)
        with pytest.raises(Refused, match="没有待您评价的回访"):
            answer_own_call_back(open_call_back.ticket, BAD, by=CUSTOMER, at=at)
        assert list(OneTimeLink.objects.order_by("pk").values()) == links
        waiting = Message.objects.filter(template="ticket_resolved_rate", state="waiting")
        assert waiting.count() == 0


class TestSatisfied:
    def test_after_an_earlier_round_that_nobody_answered(
        self, open_call_back: OpenCallBack
    ) -> None:
        give_up(open_call_back)
        begin_again(
            OpenCallBack(open_call_back.desk, open_call_back.call_back, open_call_back.token)
        )
        repaired(open_call_back.ticket, open_call_back.desk, NOON + 7 * HOUR, other=True)
        resolve_ticket(
            open_call_back.ticket, "已修复", by=open_call_back.desk.manager, at=NOON + 9 * HOUR
        )
        assert follow(open_call_back.ticket, at=NOON + 9 * HOUR).asks_opinion is True
        answer_own_call_back(open_call_back.ticket, GOOD, by=CUSTOMER, at=NOON + DAY)
        states = list(
            open_call_back.ticket.call_backs.order_by("ordinal").values_list("state", flat=True)
        )
        assert states == ["unanswered", "answered"]
        assert follow(open_call_back.ticket, at=NOON + DAY).asks_opinion is False


class TestItsLinks:
    """The shared links of `office/tokens/one_time_links.py`, by their first user."""

    def test_one_is_open_and_each_end_has_its_time_and_its_line(
        self, open_call_back: OpenCallBack
    ) -> None:
        answer_by_link(open_call_back)
        rows = links_of(open_call_back.call_back, "answer_call_back").reverse()
        assert list(rows.values_list("issued_at", "valid_until", "used_at", "revoked_at")) == [
            (t("2026-01-12 11:00"), t("2026-01-19 11:00"), None, NOON),
            (NOON, NOON + 7 * DAY, NOON + HOUR, None),
        ]
        assert set(rows.values_list("recipient", "company")) == {
            ("139****0001", open_call_back.desk.company.pk)
        }
        lines = JournalEntry.objects.filter(action__endswith="_link").order_by("pk")
        assert list(lines.values_list("action", "actor", "at")) == [
            ("issue_link", open_call_back.desk.dispatcher.label, t("2026-01-12 11:00")),
            ("revoke_link", open_call_back.desk.agent.label, NOON),
            ("issue_link", open_call_back.desk.agent.label, NOON),
            ("issue_call_back_link", open_call_back.desk.agent.label, NOON),
            ("use_link", "139****0001", NOON + HOUR),
        ]
        assert open_call_back.token not in str(list(lines.values("facts")))

    def test_another_purpose_cannot_use_it(self, open_call_back: OpenCallBack) -> None:
        assert find_link(open_call_back.token, "sign_opinion") is None
        with pytest.raises(NotFound, match="链接无效或已使用"):
            use_link(open_call_back.token, "sign_opinion", by=CUSTOMER, at=NOON)
        assert links_of(open_call_back.call_back, "answer_call_back")[0].used_at is None

    def test_valid_until_is_too_late(self, open_call_back: OpenCallBack) -> None:
        end = NOON + 7 * DAY
        assert call_back_of_link(open_call_back.token, end - MINUTE) == open_call_back.call_back
        assert call_back_of_link(open_call_back.token, end) is None

    @pytest.mark.parametrize(
        ("change", "message"),
        [({"used_at": None}, "is over"), ({"recipient": "别人"}, "is over")],
    )
    def test_the_database_opens_none_again(
        self, open_call_back: OpenCallBack, change: dict[str, object], message: str
    ) -> None:
        answer_by_link(open_call_back)
        link = links_of(open_call_back.call_back, "answer_call_back")[:1]
        with pytest.raises(DatabaseError, match=message), transaction.atomic():
            OneTimeLink.objects.filter(pk=link[0].pk).update(**change)
        assert links_of(open_call_back.call_back, "answer_call_back")[0].used_at == NOON + HOUR

    def test_the_database_lets_none_live_longer(self, open_call_back: OpenCallBack) -> None:
        open_link = links_of(open_call_back.call_back, "answer_call_back")[0]
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            OneTimeLink.objects.filter(pk=open_link.pk).update(valid_until=NOON + 70 * DAY)
        assert (
            links_of(open_call_back.call_back, "answer_call_back")[0].valid_until == NOON + 7 * DAY
        )
