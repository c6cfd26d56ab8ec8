"""From every combination of kind, state and attachments that can be reached, something leads on.

A walk carries out the real operations, each in a savepoint that is undone afterwards, and begins
anew from every combination it has not seen. A ticket must reach its end without being reclassified
once more: a wrong class may not be the only way out. One walk goes through all that happens to the
ticket itself, the other through all that hangs on it; together they would take minutes.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import pytest
from django.db import transaction

from complaints.classes import Department, PauseReason, Severity, Subject, TicketKind
from complaints.dispatch.operations import accept_assignment, arrive, assign_ticket, depart
from complaints.hand_overs.operations import hand_over_enquiry, reply_to_hand_over
from complaints.incidents.operations import (
    Reach,
    attach_tickets,
    begin_incident,
    register_incident,
    restore_incident,
)
from complaints.knowledge.operations import draft_article, publish_article
from complaints.models import Article, Incident, Ticket, VisitOutcome
from complaints.promises.pauses import pause_ticket, resume_ticket
from complaints.states import LIVE_VISITS, PROMISED_TICKETS, TicketState
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
# An incident explains a repair of this subject.
SUBJECTS = dict.fromkeys(KINDS, Subject.OTHER) | {TicketKind.REPAIR: Subject.NO_HEAT}
Step = Callable[[Ticket, datetime], object]


RECLASSIFYING = {f"reclassify to {kind.value}" for kind in KINDS}
OWN_WORK = {
    *("assign", "accept", "fix", "fail", "hand_over", "reply", "answer", "resolve"),
    *("join", "separate", "pause", "resume", "reopen", "close", *RECLASSIFYING),
}
ENDED = ("resolved", "closed")


class Combination(NamedTuple):
    """Kind, state and attachments of a ticket, as far as its next steps depend on them."""

    kind: str
    state: str
    paused: bool = False
    # The state of the visit that is under way.
    visit: str = ""
    repaired: bool = False
    # The state of the incident that it is attached to.
    incident: str = ""
    # A department has not replied yet.
    reply_owed: bool = False
    # The kind of the ticket that is joined to this one.
    joined: str = ""


# What can be done with what hangs on a ticket, and where: elsewhere it is refused, which the other
# walk asks of every step everywhere.
ATTACHMENTS: dict[str, Callable[[Combination], bool]] = {
    "mend": lambda here: here.kind != "enquiry" and here.state == "open" and not here.repaired,
    "answer": lambda here: here.kind == "enquiry",
    "resolve": lambda here: here.kind != "enquiry",
    "join": lambda here: here.state == "open" and not here.joined,
    "separate": lambda here: here.state == "joined",
    "be joined": lambda here: here.state == "open" and not here.joined,
    "separate the joined": lambda here: bool(here.joined),
    "attach": lambda here: here.kind == "repair" and not here.incident,
    "restore": lambda here: here.incident == "ongoing",
    **dict.fromkeys(RECLASSIFYING, lambda here: here.state == "open"),
}


class _Undone(Exception):
    """Ends a savepoint after a step was looked at."""


def combination(ticket: Ticket) -> Combination:
    live = ticket.visits.filter(state__in=LIVE_VISITS).first()
    joined = ticket.joined.filter(state=TicketState.JOINED).first()
    return Combination(
        kind=ticket.kind,
        state=ticket.state,
        paused=ticket.clock_state == "paused",
        visit=live.state if live else "",
        repaired=is_repaired(ticket),
        incident=ticket.incident.state if ticket.incident else "",
        reply_owed=ticket.hand_overs.filter(reply__isnull=True).exists(),
        joined=joined.kind if joined else "",
    )


class Walk:
    """What people can do with one ticket by these steps; `leads` keeps where each step led."""

    def __init__(self, desk: Desk, allowed: Callable[[str, Combination], bool]) -> None:
        self.desk, self.allowed = desk, allowed
        self.leads: dict[Combination, set[tuple[str, Combination]]] = defaultdict(set)
        self.ticket = self._reported(TicketKind.REPAIR)
        self.paper = a_paper(self.ticket, desk.company, by=desk.agent, at=MONDAY)
        self.mains = {kind: self._reported(kind) for kind in KINDS}
        self.others = {kind: self._reported(kind) for kind in KINDS}
        self.incident = self._outage()
        draft = draft_article(
            Article.objects.create(code="ZS-1", topic="热费"), "面积", by=SYSTEM, at=MONDAY
        )
        self.article = publish_article(draft, by=desk.manager, at=MONDAY)

    def _reported(self, kind: TicketKind) -> Ticket:
        severity = Severity.MINOR if kind is TicketKind.REPAIR else None
        report = a_repair(
            severity, kind=kind, subject=SUBJECTS[kind], account=an_account(self.desk.company)
        )
        return a_ticket(self.desk, "2026-01-12 09:00", report)

    def _outage(self) -> Incident:
        assert self.ticket.building is not None
        reach, by = Reach(buildings=[self.ticket.building]), self.desk.dispatcher
        outage = register_incident(
            self.desk.company, "爆管", reach, starts_at=MONDAY, by=by, at=MONDAY
        )
        return begin_incident(outage, by=by, at=MONDAY)

    def steps(self) -> dict[str, Step]:
        desk = self.desk
        steps: dict[str, Step] = {
            "assign": lambda ticket, at: assign_ticket(
                ticket, desk.crew, seen_version=ticket.version, by=desk.dispatcher, at=at
            ),
            "accept": self._accept,
            "mend": self._mend,
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
            "attach": lambda ticket, at: attach_tickets(
                self.incident, [ticket], by=desk.dispatcher, at=at
            ),
            "restore": lambda ticket, at: (
                restore_incident(ticket.incident, by=desk.dispatcher, at=at)
                if ticket.incident
                else None
            ),
            "be joined": lambda ticket, at: join_duplicate(
                self.others[TicketKind(ticket.kind)], ticket, by=desk.agent, at=at
            ),
            "separate the joined": lambda ticket, at: [
                separate_duplicate(joined, reason="另一处", by=desk.agent, at=at)
                for joined in ticket.joined.filter(state=TicketState.JOINED)
            ],
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

    def _mend(self, ticket: Ticket, at: datetime) -> None:
        """The whole visit of a crew, from the assignment to the mended fault."""
        assign_ticket(
            ticket, self.desk.crew, seen_version=ticket.version, by=self.desk.dispatcher, at=at
        )
        self._accept(ticket, at)
        self._work(ticket, VisitOutcome.FIXED, at)

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
            subject=SUBJECTS[kind],
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
            if not self.allowed(name, here):
                continue
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
    ended = {here for here in leads if here.state in ENDED}
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


def walked(desk: Desk, allowed: Callable[[str, Combination], bool]) -> set[Combination]:
    """Walks by these steps from the report on; returns the combinations when none is a dead end."""
    walk = Walk(desk, allowed)
    walk.explore(MONDAY + MINUTE)
    waiting = {here for here in walk.leads if here.state in PROMISED_TICKETS}
    assert waiting - ends(walk.leads) == set()
    # No ticket is left joined to one that has ended.
    assert {here for here in walk.leads.keys() - waiting if here.joined} == set()
    return set(walk.leads)


def test_something_leads_on_from_whatever_was_done_to_a_ticket(desk: Desk) -> None:
    reached = walked(desk, lambda name, here: name in OWN_WORK)
    # The walk has been where the dead ends were.
    places = {(here.kind, here.state) for here in reached}
    assert {
        *(("enquiry", state) for state in ("open", "handed_over", "joined", "resolved")),
        *(("repair", state) for state in ("open", "assigned", "working", "joined", "resolved")),
        *(("complaint", state) for state in ("open", "assigned", "working", "joined", "resolved")),
    } <= places
    assert places.isdisjoint(
        {
            ("enquiry", "assigned"),
            ("enquiry", "working"),
            ("repair", "handed_over"),
            ("complaint", "handed_over"),
        }
    )
    # A department still owes its reply to an enquiry that became a repair, or was answered.
    owing = {(here.kind, here.state) for here in reached if here.reply_owed}
    assert {("repair", "open"), ("enquiry", "handed_over"), ("enquiry", "resolved")} <= owing


def test_something_leads_on_from_whatever_hangs_on_a_ticket(desk: Desk) -> None:
    reached = walked(
        desk,
        lambda name, here: (
            here.state not in ENDED and name in ATTACHMENTS and ATTACHMENTS[name](here)
        ),
    )
    hanging = {(here.kind, here.incident, here.joined) for here in reached if here.state == "open"}
    assert {
        # A repair of an outage with another one joined to it, also when it was no repair after all.
        *(("repair", incident, "repair") for incident in ("ongoing", "restored")),
        *((kind, "restored", "repair") for kind in ("enquiry", "complaint")),
        ("repair", "ongoing", "enquiry"),
    } <= hanging
    assert {here.incident for here in reached if here.state == "joined"} == {
        *("", "ongoing", "restored"),
    }


def test_a_dead_end_is_seen() -> None:
    here = Combination("repair", "handed_over")
    there = Combination("enquiry", "handed_over")
    done = Combination("enquiry", "resolved")
    leads = {here: {("reclassify to enquiry", there)}, there: {("answer", done)}, done: set()}
    assert ends(leads) == {there, done}
