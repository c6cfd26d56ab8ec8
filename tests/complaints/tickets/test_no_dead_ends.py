"""From every combination of kind, state and attachments that can be reached, something leads on.

The walk carries out the real operations, each in a savepoint that is undone afterwards, and begins
anew from every combination it has not seen. A ticket must reach its end without being reclassified
once more: a wrong class may not be the only way out.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import transaction

from complaints.classes import Department, PauseReason, Severity, Subject, TicketKind
from complaints.dispatch.operations import accept_assignment, arrive, assign_ticket, depart
from complaints.hand_overs.operations import hand_over_enquiry, reply_to_hand_over
from complaints.knowledge.operations import draft_article, publish_article
from complaints.models import Article, Ticket, VisitOutcome
from complaints.promises.pauses import pause_ticket, resume_ticket
from complaints.states import LIVE_VISITS, PROMISED_TICKETS
from complaints.tickets.classification import (
    join_duplicate,
    reclassify_ticket,
    separate_duplicate,
)
from complaints.tickets.enquiries import answer_enquiry
from complaints.tickets.joined import is_repaired
from complaints.tickets.resolution import close_ticket, reopen_ticket, resolve_ticket
from complaints.visits.operations import Confirmation, complete_visit, record_finding
from office.refusals import NotAllowed, Refused
from tests.builders import an_account
from tests.service_desk import MINUTE, SYSTEM, Desk, a_paper, a_repair, a_ticket, t

pytestmark = pytest.mark.django_db

MONDAY = t("2026-01-12 09:00")
KINDS = (TicketKind.ENQUIRY, TicketKind.REPAIR, TicketKind.COMPLAINT)
Step = Callable[[Ticket, datetime], object]
# Kind, state, paused or not, the live visit, and whether it is repaired.
Combination = tuple[str, str, bool, str, bool]


class _Undone(Exception):
    """Ends a savepoint after a step was looked at."""


def combination(ticket: Ticket) -> Combination:
    live = ticket.visits.filter(state__in=LIVE_VISITS).first()
    return (
        ticket.kind,
        ticket.state,
        ticket.clock_state == "paused",
        live.state if live else "",
        is_repaired(ticket),
    )


class Walk:
    """Everything that people can do with one ticket; `leads` keeps where each step led."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.leads: dict[Combination, set[tuple[str, Combination]]] = defaultdict(set)
        self.ticket = self._reported(TicketKind.REPAIR)
        self.paper = a_paper(self.ticket, desk.company, by=desk.agent, at=MONDAY)
        self.mains = {kind: self._reported(kind) for kind in KINDS}
        draft = draft_article(
            Article.objects.create(code="ZS-1", topic="热费"), "面积", by=SYSTEM, at=MONDAY
        )
        self.article = publish_article(draft, by=desk.manager, at=MONDAY)

    def _reported(self, kind: TicketKind) -> Ticket:
        severity = Severity.MINOR if kind is TicketKind.REPAIR else None
        report = a_repair(
            severity, kind=kind, subject=Subject.OTHER, account=an_account(self.desk.company)
        )
        return a_ticket(self.desk, "2026-01-12 09:00", report)

    def steps(self) -> dict[str, Step]:
        desk = self.desk
        steps: dict[str, Step] = {
            "assign": lambda ticket, at: assign_ticket(
                ticket, desk.crew, seen_version=ticket.version, by=desk.dispatcher, at=at
            ),
            "accept": self._accept,
            "fix": lambda ticket, at: self._work(ticket, VisitOutcome.FIXED, at),
            "fail": lambda ticket, at: self._work(ticket, VisitOutcome.NOT_FIXED, at),
            "hand_over": lambda ticket, at: hand_over_enquiry(
                ticket, Department.ENGINEERING, "多收？", by=desk.agent, at=at
            ),
            "reply": lambda ticket, at: (
                reply_to_hand_over(ticket.hand_overs.latest("pk"), "没有", by=desk.repairer, at=at)
                if ticket.hand_overs.exists()
                else None
            ),
            "answer": lambda ticket, at: answer_enquiry(
                ticket, "按面积", self.article, by=desk.agent, at=at
            ),
            "resolve": self._resolve,
            "join": lambda ticket, at: join_duplicate(
                ticket, self.mains[TicketKind(ticket.kind)], by=desk.agent, at=at
            ),
            "separate": lambda ticket, at: separate_duplicate(
                ticket, reason="另一处", by=desk.agent, at=at
            ),
            "pause": lambda ticket, at: pause_ticket(
                ticket, PauseReason.PAPERS, self.paper, by=desk.agent, at=at
            ),
            "resume": lambda ticket, at: resume_ticket(ticket, by=desk.agent, at=at),
            "reopen": lambda ticket, at: reopen_ticket(ticket, "又坏了", by=desk.agent, at=at),
            "close": lambda ticket, at: close_ticket(ticket, by=desk.agent, at=at),
        }
        for kind in KINDS:
            steps[f"reclassify to {kind.value}"] = self._reclassify_to(kind)
        return steps

    def _accept(self, ticket: Ticket, at: datetime) -> None:
        if visit := ticket.visits.filter(state="assigned").first():
            accept_assignment(visit, by=self.desk.repairer, at=at)

    def _work(self, ticket: Ticket, outcome: VisitOutcome, at: datetime) -> None:
        by = self.desk.repairer
        if visit := ticket.visits.filter(state="accepted").first():
            depart(visit, by=by, at=at)
            arrive(visit, by=by, at=at)
            record_finding(visit, "阀门锈死", by=by, at=at)
            paper = Confirmation("王秀英")
            complete_visit(visit, outcome, work_done="修", confirmation=paper, by=by, at=at)

    def _resolve(self, ticket: Ticket, at: datetime) -> None:
        try:
            resolve_ticket(ticket, "已办", by=self.desk.dispatcher, at=at)
        except NotAllowed:
            resolve_ticket(ticket, "已办", by=self.desk.other_dispatcher, at=at)

    def _reclassify_to(self, kind: TicketKind) -> Step:
        severity = Severity.MINOR if kind is TicketKind.REPAIR else None
        return lambda ticket, at: reclassify_ticket(
            ticket,
            kind=kind,
            subject=Subject.OTHER,
            severity=severity,
            reason="问明情况",
            by=self.desk.dispatcher,
            at=at,
        )

    def explore(self, at: datetime) -> None:
        """Carries out every step from here, and explores every combination not seen before."""
        ticket = Ticket.objects.get(pk=self.ticket.pk)
        here = combination(ticket)
        self.leads[here] = set()
        for name, step in self.steps().items():
            try:
                with transaction.atomic():
                    step(Ticket.objects.get(pk=ticket.pk), at)
                    there = combination(Ticket.objects.get(pk=ticket.pk))
                    if there != here:
                        self.leads[here].add((name, there))
                        if there not in self.leads:
                            self.explore(at + MINUTE)
                    raise _Undone
            except (_Undone, Refused):
                continue


def ends(leads: dict[Combination, set[tuple[str, Combination]]]) -> set[Combination]:
    """Returns the combinations from which an end is reached without reclassifying."""
    ended = {here for here in leads if here[1] in ("resolved", "closed")}
    grown = True
    while grown:
        more = {
            here
            for here, steps in leads.items()
            if any(there in ended and not name.startswith("reclassify") for name, there in steps)
        }
        grown = not more <= ended
        ended |= more
    return ended


def test_something_leads_on_from_every_combination(desk: Desk) -> None:
    walk = Walk(desk)
    walk.explore(MONDAY + MINUTE)
    waiting = {here for here in walk.leads if here[1] in PROMISED_TICKETS}
    assert waiting - ends(walk.leads) == set()
    # The walk has been where the dead ends were.
    reached = {(kind, state) for kind, state, *_ in walk.leads}
    assert {
        *(("enquiry", state) for state in ("open", "handed_over", "joined", "resolved")),
        *(("repair", state) for state in ("open", "assigned", "working", "joined", "resolved")),
        *(("complaint", state) for state in ("open", "assigned", "working", "joined", "resolved")),
    } <= reached
    assert reached.isdisjoint(
        {
            ("enquiry", "assigned"),
            ("enquiry", "working"),
            ("repair", "handed_over"),
            ("complaint", "handed_over"),
        }
    )


def test_a_dead_end_is_seen() -> None:
    here: Combination = ("repair", "handed_over", False, "", False)
    there: Combination = ("enquiry", "handed_over", False, "", False)
    done: Combination = ("enquiry", "resolved", False, "", False)
    leads = {here: {("reclassify to enquiry", there)}, there: {("answer", done)}, done: set()}
    assert ends(leads) == {there, done}
