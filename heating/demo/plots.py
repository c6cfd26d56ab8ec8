"""What becomes of a ticket, step by step; each plot is a story for the stage."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from complaints.call_backs.operations import (
    Opinion,
    answer_call_back,
    issue_call_back_link,
    record_call_back,
)
from complaints.classes import Department, PauseReason, Severity, Subject, TicketKind
from complaints.dispatch.operations import accept_assignment, arrive, assign_ticket, depart
from complaints.hand_overs.operations import hand_over_enquiry, reply_to_hand_over
from complaints.models import (
    ArticleVersion,
    CallBack,
    CallOutcome,
    ItemKind,
    Satisfaction,
    Ticket,
    Visit,
    VisitOutcome,
)
from complaints.promises.pauses import pause_ticket, resume_ticket
from complaints.states import LIVE_CALL_BACKS
from complaints.tickets.classification import join_duplicate, reclassify_ticket
from complaints.tickets.enquiries import answer_enquiry
from complaints.tickets.intake import Report, open_ticket
from complaints.tickets.resolution import close_ticket, reopen_ticket, resolve_ticket
from complaints.visits.operations import Confirmation, Work, complete_visit, record_finding
from heating.demo.crews import ServiceDesk
from heating.demo.photos import keep_photo
from heating.demo.stage import Stage, Story
from office.actors import Actor
from office.identity import mask_phone

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
GOOD = Opinion(Satisfaction.SATISFIED, "上门快，态度好")
FAIR = Opinion(Satisfaction.FAIR)
BAD = Opinion(Satisfaction.DISSATISFIED, "修完当晚又不热了")


@dataclass(frozen=True)
class Plot:
    """The people and the stage; each method tells what becomes of one report."""

    stage: Stage
    desk: ServiceDesk
    articles: Sequence[ArticleVersion]

    def left_open(self, report: Report) -> Story:
        """Nobody has looked at it yet."""
        self._open(report)
        yield DAY

    def assigned(self, report: Report) -> Story:
        ticket = self._open(report)
        yield 12 * MINUTE
        self._send(ticket)

    def on_the_way(self, report: Report) -> Story:
        ticket = self._open(report)
        yield 8 * MINUTE
        visit = self._send(ticket)
        yield 5 * MINUTE
        accept_assignment(visit, by=self._repairer(visit), at=self.stage.at)
        yield 6 * MINUTE
        depart(visit, by=self._repairer(visit), at=self.stage.at)

    def at_the_door(self, report: Report) -> Story:
        ticket = self._open(report)
        yield 9 * MINUTE
        visit = yield from self._go(self._send(ticket))
        record_finding(
            visit, "分户阀堵塞，进回水温差大", by=self._repairer(visit), at=self.stage.at
        )

    def nobody_home(self, report: Report) -> Story:
        """The crew stood at a closed door: the clock is stopped with a photo of it."""
        ticket = self._open(report)
        yield 20 * MINUTE
        visit = yield from self._go(self._send(ticket))
        by = self._repairer(visit)
        complete_visit(
            visit, VisitOutcome.NOBODY_HOME, work_done="敲门无人应答", by=by, at=self.stage.at
        )
        photo = keep_photo(ticket, self.desk.company, "门口留条", by=by, at=self.stage.at)
        pause_ticket(ticket, PauseReason.NOBODY_HOME, photo, by=by, at=self.stage.at)

    def mended(self, report: Report, opinion: Opinion | None = GOOD, gang: int = 0) -> Story:
        """Repaired at once, called back, closed; without an opinion the call-back is still owed."""
        ticket = self._open(report)
        yield 25 * MINUTE
        yield from self._mend(ticket, "清洗过滤器，排气后恢复供热", gang)
        if opinion is not None:
            yield 20 * HOUR
            yield from self._call_back(ticket, opinion, by=self.desk.agent)

    def mended_late(self, report: Report) -> Story:
        """After the promise: the ladder has told of it."""
        ticket = self._open(report)
        yield 2 * DAY
        yield from self._mend(ticket, "更换循环泵电容")
        yield DAY
        yield from self._call_back(ticket, FAIR, by=self.desk.agent)

    def mended_for_money(self, report: Report) -> Story:
        """A fitting the customer agreed to and pays for, with the paper."""
        ticket = self._open(report)
        yield HOUR
        visit = yield from self._go(self._send(ticket))
        by, at = self._repairer(visit), self.stage.at
        record_finding(visit, "阀芯锈死，无法关断", by=by, at=at)
        consent = keep_photo(ticket, self.desk.company, "更换同意书", by=by, at=at)
        valve = Work(
            ItemKind.PART,
            "DN20 锁闭阀",
            report.caller_name,
            at,
            amount_fen=86_00,
            consent=consent,
        )
        yield 40 * MINUTE
        complete_visit(
            visit,
            VisitOutcome.FIXED,
            work_done="更换锁闭阀并试压",
            works=[valve],
            confirmation=Confirmation(report.caller_name),
            by=by,
            at=self.stage.at,
        )
        resolve_ticket(ticket, "更换锁闭阀，用户确认", by=self.desk.dispatcher, at=self.stage.at)
        yield 5 * HOUR
        yield from self._answer_by_link(ticket, GOOD)

    def unanswered(self, report: Report) -> Story:
        """Called back three times, and nobody picks up."""
        ticket = self._open(report)
        yield 2 * HOUR
        resolve_ticket(
            ticket, "已向用户当面致歉并约谈当班人员", by=self.desk.manager, at=self.stage.at
        )
        for outcome in (CallOutcome.NO_ANSWER, CallOutcome.UNREACHABLE, CallOutcome.NO_ANSWER):
            yield 6 * HOUR
            for call_back in self._owed(ticket):
                record_call_back(call_back, outcome, by=self.desk.agent, at=self.stage.at)

    def fails_twice(self, report: Report) -> Story:
        """Mended, cold again, mended by others, cold again, mended at last: one clock."""
        ticket = self._open(report)
        yield 30 * MINUTE
        yield from self._mend(ticket, "清洗过滤器")
        yield 8 * HOUR
        yield from self._answer_by_link(ticket, BAD)
        reclassify_ticket(
            ticket,
            kind=TicketKind.REPAIR,
            subject=Subject.NO_HEAT,
            severity=Severity.MEDIUM,
            reason="立管堵塞，须停水更换",
            by=self.desk.dispatcher,
            at=self.stage.at,
        )
        yield 10 * HOUR
        yield from self._mend(ticket, "更换立管阀门", gang=1)
        yield 5 * HOUR
        yield from self._answer_by_link(ticket, Opinion(Satisfaction.DISSATISFIED, "还是不热"))
        yield 14 * HOUR
        yield from self._mend(ticket, "纠正反装的止回阀，三个房间复测均在 20 °C 以上")
        yield 20 * HOUR
        yield from self._call_back(
            ticket, Opinion(Satisfaction.FAIR, "终于好了"), by=self.desk.agent
        )

    def answered(self, report: Report, article: int = 0) -> Story:
        """An enquiry answered by an article, at once."""
        ticket = self._open(report)
        yield 6 * MINUTE
        cites = self.articles[article]
        answer_enquiry(ticket, cites.text, cites, by=self.desk.agent, at=self.stage.at)
        yield 26 * HOUR
        yield from self._call_back(ticket, GOOD, by=self.desk.manager)

    def handed_over(self, report: Report, reply: str = "") -> Story:
        """Another department has to answer; it has replied where `reply` says what."""
        ticket = self._open(report)
        yield 15 * MINUTE
        hand_over = hand_over_enquiry(
            ticket,
            Department.FINANCE,
            "请核对该户往年缴费记录并答复",
            by=self.desk.agent,
            at=self.stage.at,
        )
        if reply:
            yield 2 * HOUR
            reply_to_hand_over(hand_over, reply, by=self.desk.accountant, at=self.stage.at)

    def settled(self, report: Report, opinion: Opinion | None = GOOD) -> Story:
        """A complaint or a request that needs no visit."""
        ticket = self._open(report)
        yield 4 * HOUR
        resolve_ticket(
            ticket, "已核实并答复用户，当班人员已谈话", by=self.desk.manager, at=self.stage.at
        )
        if opinion is not None:
            yield 20 * HOUR
            yield from self._call_back(ticket, opinion, by=self.desk.agent)

    def waits_for_papers(self, report: Report) -> Story:
        """Stopped while the customer brings what is missing, and resumed."""
        ticket = self._open(report)
        yield 2 * HOUR
        by = self.desk.agent
        paper = keep_photo(ticket, self.desk.company, "材料清单", by=by, at=self.stage.at)
        pause_ticket(ticket, PauseReason.PAPERS, paper, by=by, at=self.stage.at)
        yield 30 * HOUR
        resume_ticket(ticket, by=by, at=self.stage.at)

    def joined(self, report: Report, also: Report) -> Story:
        """A neighbour reports the same: one visit for both."""
        main = self._open(report)
        yield 18 * MINUTE
        second = self._open(also)
        yield 4 * MINUTE
        join_duplicate(second, main, by=self.desk.agent, at=self.stage.at)
        yield 10 * MINUTE
        self._send(main)

    def _open(self, report: Report) -> Ticket:
        return open_ticket(self.desk.company, report, by=self.desk.agent, at=self.stage.at)

    def _send(self, ticket: Ticket, gang: int = 0) -> Visit:
        ticket.refresh_from_db()
        crew, _ = self.desk.gangs[gang % len(self.desk.gangs)]
        return assign_ticket(
            ticket, crew, seen_version=ticket.version, by=self.desk.dispatcher, at=self.stage.at
        )

    def _repairer(self, visit: Visit) -> Actor:
        return next(repairer for crew, repairer in self.desk.gangs if crew.pk == visit.crew_id)

    def _go(self, visit: Visit) -> Generator[timedelta, None, Visit]:
        by = self._repairer(visit)
        yield 7 * MINUTE
        accept_assignment(visit, by=by, at=self.stage.at)
        yield 10 * MINUTE
        depart(visit, by=by, at=self.stage.at)
        yield 22 * MINUTE
        return arrive(visit, by=by, at=self.stage.at)

    def _mend(self, ticket: Ticket, work: str, gang: int = 0) -> Story:
        visit = yield from self._go(self._send(ticket, gang))
        by = self._repairer(visit)
        record_finding(visit, "末端不热，过滤器有堵塞", by=by, at=self.stage.at)
        yield 35 * MINUTE
        complete_visit(
            visit,
            VisitOutcome.FIXED,
            work_done=work,
            confirmation=Confirmation(ticket.caller_name),
            by=by,
            at=self.stage.at,
        )
        yield 10 * MINUTE
        resolve_ticket(ticket, work, by=self._verifier(ticket), at=self.stage.at)

    def _verifier(self, ticket: Ticket) -> Actor:
        """Somebody else than who passed the work before."""
        passed = Ticket.objects.get(pk=ticket.pk).resolved_by
        desk = self.desk
        return desk.manager if passed == desk.dispatcher.user else desk.dispatcher

    def _owed(self, ticket: Ticket) -> list[CallBack]:
        """The call-back, where the ticket is in the sample."""
        return list(ticket.call_backs.filter(state__in=LIVE_CALL_BACKS).select_related("ticket"))

    def _call_back(self, ticket: Ticket, opinion: Opinion, *, by: Actor) -> Story:
        for call_back in self._owed(ticket):
            record_call_back(
                call_back, CallOutcome.ANSWERED, opinion=opinion, by=by, at=self.stage.at
            )
        if opinion.satisfaction is Satisfaction.DISSATISFIED:
            return
        yield 3 * MINUTE
        close_ticket(ticket, by=by, at=self.stage.at)

    def _answer_by_link(self, ticket: Ticket, opinion: Opinion) -> Story:
        """The customer answers by the link; where no call-back was owed, the desk hears of it."""
        owed = self._owed(ticket)
        for call_back in owed:
            token = issue_call_back_link(call_back, by=self.desk.agent, at=self.stage.at)
            customer = Actor.customer(mask_phone(ticket.caller_phone))
            yield 30 * MINUTE
            answer_call_back(token, opinion, by=customer, at=self.stage.at)
        if not owed and opinion.satisfaction is Satisfaction.DISSATISFIED:
            reopen_ticket(ticket, opinion.remark, by=self.desk.dispatcher, at=self.stage.at)
