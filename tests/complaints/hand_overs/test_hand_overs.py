"""Enquiries handed over to departments, and the one reply that each of them gives."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from complaints.call_backs.owed import worked_on
from complaints.classes import Department
from complaints.departments import ANSWERING
from complaints.hand_overs.open_hand_overs import REPLIED, waiting_hand_overs
from complaints.hand_overs.operations import hand_over_enquiry, reply_to_hand_over
from complaints.models import HandOver, HandOverReply, Ticket
from complaints.tickets.resolution import reopen_ticket
from heating.roles import AUDITOR, CASHIER, CLERK, ENGINEER, MANAGER, PROCUREMENT
from office.actors import Actor
from office.documents.operations import Upload
from office.journal import timeline
from office.models import Document
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import a_company, a_member_of_staff
from tests.service_desk import HOUR, MINUTE, SYSTEM, Desk, a_ticket, an_enquiry, answered, t

pytestmark = pytest.mark.django_db

MONDAY = t("2026-01-12 09:00")
DUE = t("2026-01-15 18:00")
Asking = Callable[..., HandOver]


@pytest.fixture
def accountant(desk: Desk) -> Actor:
    return Actor.staff(a_member_of_staff("计费甲", CLERK, desk.company))


@pytest.fixture
def ask(desk: Desk) -> Asking:
    """Hand an enquiry over; a new one to the finance department unless told otherwise."""

    def go(
        ticket: Ticket | None = None,
        department: Department = Department.FINANCE,
        at: datetime = MONDAY + HOUR,
    ) -> HandOver:
        ticket = ticket or a_ticket(desk, "2026-01-12 09:00", an_enquiry())
        return hand_over_enquiry(ticket, department, "差价如何补交", by=desk.agent, at=at)

    return go


def nothing_changed(hand_over: HandOver) -> bool:
    ticket = Ticket.objects.get(pk=hand_over.ticket_id)
    seen = hand_over.ticket
    seen.refresh_from_db()
    return (ticket.state, ticket.version, HandOverReply.objects.count()) == (
        seen.state,
        seen.version,
        0,
    ) and not timeline(ticket).filter(action="reply_to_hand_over").exists()


class TestHandOverEnquiry:
    @pytest.mark.parametrize("department", [Department.AUDIT, Department.INFORMATION])
    def test_a_department_that_nobody_stands_for_is_handed_nothing(
        self, desk: Desk, ask: Asking, department: Department
    ) -> None:
        assert department not in ANSWERING
        ticket = a_ticket(desk, "2026-01-12 09:00", an_enquiry())
        with pytest.raises(Invalid, match=f"{department.label}在系统中没有可答复的人员"):
            ask(ticket, department)
        ticket.refresh_from_db()
        assert (ticket.state, ticket.version, HandOver.objects.count()) == ("open", 1, 0)

    def test_another_department_may_be_asked_while_the_first_has_not_replied(
        self, desk: Desk, ask: Asking, accountant: Actor
    ) -> None:
        buyer = Actor.staff(a_member_of_staff("采购甲", PROCUREMENT, desk.company))
        first = ask()
        second = ask(first.ticket, Department.PROCUREMENT, MONDAY + 2 * HOUR)
        reply_to_hand_over(second, "阀门由采购部统一供应", by=buyer, at=MONDAY + 3 * HOUR)
        assert accountant.user is not None
        assert list(waiting_hand_overs(accountant.user)) == [first]
        reply_to_hand_over(first, "按文件补交", by=accountant, at=MONDAY + 4 * HOUR)
        assert HandOverReply.objects.count() == 2


class TestReplyToHandOver:
    def test_the_ticket_stays_with_customer_service_and_the_journal_knows(
        self, ask: Asking, accountant: Actor
    ) -> None:
        hand_over = ask()
        reply = reply_to_hand_over(hand_over, " 按文件补交 ", by=accountant, at=MONDAY + 2 * HOUR)
        ticket = Ticket.objects.get()
        assert (reply.text, reply.replied_by, reply.replied_at, reply.late, reply.document) == (
            "按文件补交",
            accountant.user,
            MONDAY + 2 * HOUR,
            False,
            None,
        )
        assert (ticket.state, ticket.clock_state, ticket.due_at) == ("handed_over", "running", DUE)
        assert ticket.version == 3
        entry = timeline(ticket).get(action="reply_to_hand_over")
        assert (entry.by, entry.facts) == (
            accountant.user,
            {"department": "finance", "late": False},
        )

    def test_a_document_is_kept_with_the_ticket(self, ask: Asking, accountant: Actor) -> None:
        paper = Upload("依据.pdf", BytesIO(b"%PDF-1.7 x"))
        reply = reply_to_hand_over(ask(), "见附件", paper, by=accountant, at=MONDAY + HOUR)
        document = Document.objects.get()
        assert (reply.document, document.record_id, document.kind) == (
            document,
            reply.hand_over.ticket_id,
            "paper",
        )

    def test_a_disguised_document_is_refused_and_nothing_is_replied(
        self, ask: Asking, accountant: Actor
    ) -> None:
        hand_over = ask()
        paper = Upload("依据.pdf", BytesIO(b"MZ program"))
        with pytest.raises(Invalid, match="文件内容不是PDF"):
            reply_to_hand_over(hand_over, "见附件", paper, by=accountant, at=MONDAY + HOUR)
        assert nothing_changed(hand_over)
        assert not Document.objects.exists()

    @pytest.mark.parametrize(("after", "late"), [(0 * MINUTE, False), (MINUTE, True)])
    def test_after_the_due_time_it_is_late_and_taken_all_the_same(
        self, ask: Asking, accountant: Actor, after: object, late: bool
    ) -> None:
        reply = reply_to_hand_over(ask(), "补交", by=accountant, at=DUE + after)  # type: ignore[operator]
        assert reply.late is late

    def test_replied_to_once(self, desk: Desk, ask: Asking, accountant: Actor) -> None:
        hand_over = ask()
        reply_to_hand_over(hand_over, "按文件补交", by=accountant, at=MONDAY + 2 * HOUR)
        other = Actor.staff(a_member_of_staff("计费主管甲", MANAGER, desk.company))
        for by in (accountant, other):
            with pytest.raises(Refused, match="计费甲已于 2026-01-12 11:00 答复过，每次转办只答"):
                reply_to_hand_over(hand_over, "不用补交", by=by, at=MONDAY + 3 * HOUR)
        assert (HandOverReply.objects.get().text, Ticket.objects.get().version) == ("按文件补交", 3)
        with pytest.raises(IntegrityError), transaction.atomic():
            HandOverReply.objects.create(
                hand_over=hand_over,
                text="又一次",
                replied_by_id=accountant.user.pk if accountant.user else 0,
                replied_at=MONDAY,
            )

    def test_never_changes(self, ask: Asking, accountant: Actor) -> None:
        reply = reply_to_hand_over(ask(), "按文件补交", by=accountant, at=MONDAY + 2 * HOUR)
        for change in (
            lambda: HandOverReply.objects.filter(pk=reply.pk).update(text="不用补交"),
            reply.delete,
        ):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                change()

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [(" \n", "请填写答复内容"), ("长" * 1001, "不能超过 1000 字")],
        ids=["nothing", "too much"],
    )
    def test_refused_when_it_says_nothing_or_too_much(
        self, ask: Asking, accountant: Actor, text: str, sentence: str
    ) -> None:
        hand_over = ask()
        with pytest.raises(Invalid, match=sentence):
            reply_to_hand_over(hand_over, text, by=accountant, at=MONDAY + 2 * HOUR)
        assert nothing_changed(hand_over)

    def test_refused_when_customer_service_no_longer_waits(
        self, desk: Desk, ask: Asking, accountant: Actor
    ) -> None:
        hand_over = ask()
        answered(hand_over.ticket, desk, MONDAY + 2 * HOUR)
        with pytest.raises(Refused, match="现在是“已办结”，客服不再等待这次答复"):
            reply_to_hand_over(hand_over, "补交", by=accountant, at=MONDAY + 3 * HOUR)
        reopen_ticket(hand_over.ticket, "仍不明白", by=desk.agent, at=MONDAY + 4 * HOUR)
        with pytest.raises(Refused, match="现在是“待处理”，客服不再等待这次答复"):
            reply_to_hand_over(hand_over, "补交", by=accountant, at=MONDAY + 5 * HOUR)
        assert nothing_changed(hand_over)

    def test_refused_to_everybody_but_the_department_in_the_company(
        self, desk: Desk, ask: Asking
    ) -> None:
        hand_over = ask()
        strangers = [
            Actor.staff(a_member_of_staff("兰州计费", CLERK, a_company("21"))),
            Actor.staff(a_member_of_staff("采购甲", PROCUREMENT, desk.company)),
            Actor.staff(a_member_of_staff("工程甲", ENGINEER, desk.company)),
            Actor.staff(a_member_of_staff("收费甲", CASHIER, desk.company)),
            Actor.staff(a_member_of_staff("审计甲", AUDITOR, desk.company)),
            *(desk.agent, desk.manager, SYSTEM),
        ]
        for by in strangers:
            with pytest.raises(NotAllowed):
                reply_to_hand_over(hand_over, "补交", by=by, at=MONDAY + 2 * HOUR)
        assert nothing_changed(hand_over)

    def test_who_replied_asks_no_customer_about_the_ticket(self, desk: Desk, ask: Asking) -> None:
        hand_over = ask(department=Department.CUSTOMER_SERVICE)
        assert desk.manager.user is not None
        assert not worked_on(hand_over.ticket, desk.manager.user)
        reply_to_hand_over(hand_over, "可以", by=desk.manager, at=MONDAY + 2 * HOUR)
        assert worked_on(hand_over.ticket, desk.manager.user)


class TestReplied:
    def test_it_is_the_agents_turn_until_something_else_is_asked(
        self, desk: Desk, ask: Asking, accountant: Actor
    ) -> None:
        turns = Ticket.objects.filter(REPLIED)
        # The department that was asked by mistake and never replies keeps nothing back.
        ticket = ask(department=Department.PROCUREMENT).ticket
        first = ask(ticket, at=MONDAY + 2 * HOUR)
        assert not turns.exists()
        reply_to_hand_over(first, "请补充合同号", by=accountant, at=MONDAY + 3 * HOUR)
        assert turns.get() == ticket
        second = ask(ticket, at=MONDAY + 4 * HOUR)
        assert not turns.exists()
        reply_to_hand_over(second, "按文件补交", by=accountant, at=MONDAY + 5 * HOUR)
        assert turns.get() == ticket
        answered(ticket, desk, MONDAY + 6 * HOUR)
        assert not turns.exists()
