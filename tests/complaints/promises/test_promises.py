"""The clock of a ticket: what stops it, what never does, and how every due time is explained."""

from datetime import datetime

import pytest
from django.contrib.auth.models import Permission

from complaints.classes import PauseReason, Severity, Subject, TicketKind
from complaints.models import Ticket
from complaints.promises.explain import explain_promise
from complaints.promises.pauses import pause_ticket, resume_ticket
from complaints.tickets.classification import reclassify_ticket
from complaints.tickets.resolution import reopen_ticket, resolve_ticket
from office.actors import Actor
from office.journal import timeline
from office.models import JournalEntry, User
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import an_account
from tests.complaints.promises.clocked_tickets import MONDAY, facts, pause
from tests.service_desk import (
    DAY,
    HOUR,
    MINUTE,
    Desk,
    a_complaint,
    a_paper,
    a_repair,
    a_ticket,
    an_enquiry,
    repaired,
    t,
)

pytestmark = pytest.mark.django_db


class TestPauseTicket:
    def test_waiting_for_the_customer_moves_the_due_time(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        ticket = pause(ticket, desk, MONDAY + HOUR)
        assert (ticket.due_at, ticket.clock_state) == (None, "paused")
        ticket = resume_ticket(ticket, by=desk.agent, at=MONDAY + 4 * HOUR)
        assert (ticket.due_at, ticket.clock_state) == (t("2026-01-13 03:00"), "running")
        explanation = explain_promise(ticket, at=MONDAY + 5 * HOUR)
        assert [(i.starts, i.ends, i.counted, i.reason) for i in explanation.intervals] == [
            (MONDAY, MONDAY + HOUR, True, "连续计时"),
            (MONDAY + HOUR, MONDAY + 4 * HOUR, False, "等待用户：用户不在家"),
            (MONDAY + 4 * HOUR, MONDAY + 5 * HOUR, True, "连续计时"),
        ]
        assert "小修，依据 客户服务手册（2025-10-01 起执行）" in explanation.explain()

    def test_refused_inside_a_pause_and_without_one(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        before = facts(ticket)
        with pytest.raises(Refused, match="时钟没有暂停，无需恢复"):
            resume_ticket(ticket, by=desk.agent, at=MONDAY + HOUR)
        assert facts(ticket) == before
        pause(ticket, desk, MONDAY + HOUR)
        before = facts(ticket)
        with pytest.raises(Refused, match="已暂停的请先恢复"):
            pause(ticket, desk, MONDAY + 2 * HOUR)
        assert facts(ticket) == before

    def test_refused_before_the_last_event_or_after_now(self, desk: Desk) -> None:
        ticket = pause(a_ticket(desk, "2026-01-12 09:00"), desk, MONDAY + HOUR)
        before = facts(ticket)
        with pytest.raises(Refused, match="恢复时间 2026-01-12 09:59 早于暂停（2026-01-12 10:00）"):
            resume_ticket(
                ticket,
                happened_at=MONDAY + 59 * MINUTE,
                by=desk.agent,
                at=MONDAY + 2 * HOUR,
            )
        with pytest.raises(Invalid, match="不能晚于现在"):
            resume_ticket(
                ticket, happened_at=MONDAY + 3 * HOUR, by=desk.agent, at=MONDAY + 2 * HOUR
            )
        assert facts(ticket) == before

    def test_refused_when_the_servers_clock_was_moved_back(self, desk: Desk) -> None:
        ticket = pause(a_ticket(desk, "2026-01-12 09:00"), desk, MONDAY + HOUR)
        before = facts(ticket)
        with pytest.raises(Refused, match="服务器时钟可能被调慢"):
            resume_ticket(ticket, by=desk.agent, at=MONDAY + 30 * MINUTE)
        assert facts(ticket) == before

    def test_a_note_after_the_old_deadline_while_paused_breaches_nothing(self, desk: Desk) -> None:
        ticket = pause(a_ticket(desk, "2026-01-12 09:00"), desk, MONDAY + HOUR)
        later = MONDAY + 3 * DAY
        explanation = explain_promise(ticket, at=later)
        assert (explanation.breached, explanation.due) == (False, None)
        ticket = resume_ticket(ticket, note="用户回家", by=desk.agent, at=later)
        assert ticket.due_at == later + 14 * HOUR

    def test_a_pause_after_the_breach_hides_nothing(self, desk: Desk) -> None:
        ticket = pause(a_ticket(desk, "2026-01-12 09:00"), desk, t("2026-01-13 01:00"))
        assert ticket.due_at == t("2026-01-13 00:00")
        assert explain_promise(ticket, at=t("2026-01-14 00:00")).breached

    def test_refused_with_another_tickets_evidence(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        elsewhere = a_paper(
            a_ticket(desk, "2026-01-12 09:00"), desk.company, by=desk.agent, at=MONDAY
        )
        before = facts(ticket)
        with pytest.raises(Invalid, match="凭证不是这张工单的档案"):
            pause_ticket(ticket, PauseReason.PAPERS, elsewhere, by=desk.agent, at=MONDAY + HOUR)
        assert facts(ticket) == before


class TestReclassifyTicket:
    def reclassify(self, ticket: Ticket, desk: Desk, at: datetime) -> object:
        return reclassify_ticket(
            ticket,
            kind=TicketKind.REPAIR,
            subject=Subject.NO_HEAT,
            severity=Severity.MEDIUM,
            reason="须更换立管",
            by=desk.dispatcher,
            at=at,
        )

    def test_counts_from_the_first_receipt_and_keeps_both_promises(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        self.reclassify(ticket, desk, t("2026-01-12 22:00"))
        ticket.refresh_from_db()
        assert (ticket.severity, ticket.due_at) == ("medium", t("2026-01-16 00:00"))
        assert list(ticket.promises.values_list("ticket_class", "cause", "received_at")) == [
            ("repair_minor", "opened", MONDAY),
            ("repair_medium", "reclassified", MONDAY),
        ]
        assert list(ticket.promises.values_list("due_at", flat=True)) == [
            t("2026-01-13 00:00"),
            t("2026-01-16 00:00"),
        ]

    def test_pauses_before_it_count_for_the_new_promise(self, desk: Desk) -> None:
        ticket = pause(a_ticket(desk, "2026-01-12 09:00"), desk, MONDAY + HOUR)
        resume_ticket(ticket, by=desk.agent, at=MONDAY + 3 * HOUR)
        self.reclassify(ticket, desk, MONDAY + 4 * HOUR)
        ticket.refresh_from_db()
        assert ticket.due_at == t("2026-01-16 02:00")

    def test_into_a_shorter_class_it_may_be_breached_at_once(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00", a_repair(Severity.MAJOR))
        at = t("2026-01-13 08:00")
        reclassify_ticket(
            ticket,
            kind=TicketKind.REPAIR,
            subject=Subject.NO_HEAT,
            severity=Severity.MINOR,
            reason="只是阀门未开",
            by=desk.dispatcher,
            at=at,
        )
        assert explain_promise(ticket, at=at).breached

    def test_another_subject_of_the_same_class_keeps_the_promise(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00", a_repair(subject=Subject.LEAK))
        reclassify_ticket(
            ticket,
            kind=TicketKind.REPAIR,
            subject=Subject.NO_HEAT,
            severity=Severity.MINOR,
            reason="没有漏水，是不热",
            by=desk.dispatcher,
            at=t("2026-01-12 22:00"),
        )
        promise = ticket.promises.get()
        ticket.refresh_from_db()
        assert (ticket.subject, ticket.version) == ("no_heat", 2)
        assert (ticket.due_at, promise.due_at) == (t("2026-01-13 00:00"),) * 2
        assert timeline(ticket)[0].facts == {
            "before": "repair_minor leak",
            "after": "repair_minor no_heat",
            "reason": "没有漏水，是不热",
            "promised": promise.due_at.isoformat(),
        }

    def test_refused_without_change_or_when_it_is_over(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00", a_repair(Severity.MEDIUM))
        before = facts(ticket)
        with pytest.raises(Refused, match="已经是“中修 不热”，无需改判"):
            self.reclassify(ticket, desk, MONDAY + HOUR)
        assert facts(ticket) == before
        done = a_ticket(desk, "2026-01-12 09:00", a_complaint())
        resolve_ticket(done, "已致歉", by=desk.agent, at=MONDAY + HOUR)
        before = facts(done)
        with pytest.raises(Refused, match="工单现在是“已办结”，不能改判类别"):
            self.reclassify(done, desk, MONDAY + 2 * HOUR)
        assert facts(done) == before


class TestResolveTicket:
    def test_late_entry_of_a_repair_done_in_time(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        repaired(ticket, desk, t("2026-01-12 23:30"))
        resolve_ticket(
            ticket,
            "清洗过滤器后恢复",
            happened_at=t("2026-01-12 23:40"),
            by=desk.dispatcher,
            at=t("2026-01-13 08:00"),
        )
        explanation = explain_promise(ticket, at=t("2026-02-01 00:00"))
        assert (explanation.reading.elapsed_minutes, explanation.breached) == (880, False)
        assert JournalEntry.objects.get(action="resolve_ticket").facts["breached"] is False

    def test_refused_before_it_was_received(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00", a_complaint())
        before = facts(ticket)
        with pytest.raises(Refused, match="办结时间 2026-01-12 08:00 早于受理（2026-01-12 09:00）"):
            resolve_ticket(
                ticket,
                "已致歉",
                happened_at=t("2026-01-12 08:00"),
                by=desk.agent,
                at=MONDAY + HOUR,
            )
        assert facts(ticket) == before

    def test_refused_without_a_visit_that_mended_it(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        before = facts(ticket)
        with pytest.raises(Refused, match="须有一次“已修复”"):
            resolve_ticket(ticket, "应该好了", by=desk.dispatcher, at=MONDAY + HOUR)
        assert facts(ticket) == before

    def test_enquiries_are_answered_not_resolved(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00", an_enquiry())
        before = facts(ticket)
        with pytest.raises(Refused, match="请用“答复”办结"):
            resolve_ticket(ticket, "已答复", by=desk.agent, at=MONDAY + HOUR)
        assert facts(ticket) == before


class TestReopenTicket:
    def test_the_first_clock_goes_on_as_if_never_stopped(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        repaired(ticket, desk, MONDAY + HOUR)
        resolve_ticket(ticket, "已通", by=desk.dispatcher, at=MONDAY + 2 * HOUR)
        redone = reopen_ticket(ticket, "又不热了", by=desk.agent, at=MONDAY + 20 * HOUR)
        assert (redone.state, redone.redo_count, redone.due_at) == (
            "open",
            1,
            t("2026-01-13 00:00"),
        )
        explanation = explain_promise(redone, at=MONDAY + 20 * HOUR)
        assert (explanation.breached, explanation.reading.elapsed_minutes) == (True, 1200)
        assert [call.state for call in redone.call_backs.all()] == ["dropped"]

    def test_who_did_it_does_not_verify_it(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00", a_complaint())
        resolve_ticket(ticket, "已致歉", by=desk.agent, at=MONDAY + HOUR)
        reopen_ticket(ticket, "用户不认可", by=desk.agent, at=MONDAY + 2 * HOUR)
        repaired(ticket, desk, MONDAY + 3 * HOUR)
        assert desk.repairer.user is not None
        desk.repairer.user.user_permissions.add(Permission.objects.get(codename="resolve_ticket"))
        doer = Actor.staff(User.objects.get(pk=desk.repairer.user.pk))
        before = facts(ticket)
        with pytest.raises(NotAllowed, match="未参与维修的人员验收"):
            resolve_ticket(ticket, "修好了", by=doer, at=MONDAY + 4 * HOUR)
        assert facts(ticket) == before
        with pytest.raises(NotAllowed, match="上次是您办结的，返工须由另一人验收"):
            resolve_ticket(ticket, "已验收", by=desk.agent, at=MONDAY + 4 * HOUR)
        assert facts(ticket) == before
        done = resolve_ticket(ticket, "已验收", by=desk.dispatcher, at=MONDAY + 4 * HOUR)
        assert (done.verified_by, done.repaired_by) == (desk.dispatcher.user, desk.repairer.user)


def test_an_account_is_not_needed_to_be_promised_something(desk: Desk) -> None:
    ticket = a_ticket(desk, "2026-01-12 09:00", a_repair())
    assert (ticket.account, ticket.due_at) == (None, t("2026-01-13 00:00"))
    assert an_account(desk.company).tickets.count() == 0
