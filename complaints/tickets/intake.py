"""Intake: a report becomes a ticket with a number, a running clock and a promise."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.classes import Channel, Severity, Subject, TicketKind
from complaints.incidents.operations import attach_tickets
from complaints.locking import lock_incident, lock_ticket
from complaints.models import Incident, PromiseCause, Ticket
from complaints.promises.clock_entries import make_promise, receipt
from complaints.states import TicketState
from complaints.tickets.classification import check_class, join_duplicate
from complaints.time_bounds import true_time
from customers.models import (
    Account,
    Building,
    Community,
    HeatStation,
    Premise,
    SupplyContract,
)
from office import journal
from office.actors import Actor, ActorKind
from office.calendar import business_date
from office.documents.operations import StoredFile, Upload, attach_document, store_file
from office.forms.form_keys import form_used_elsewhere
from office.locks.advisory_locks import AdvisoryLock, lock_until_commit
from office.models import Company
from office.numbering import draw_numbers
from office.permissions import authorise
from office.refusals import Invalid, Refused

_CUSTOMERS_OWN = (Channel.WECHAT, Channel.WEB)


@dataclass(frozen=True)
class Place:
    """The place of a fault, as far as it is known; an account brings its own place."""

    account: Account | None = None
    premise: Premise | None = None
    building: Building | None = None
    community: Community | None = None
    heat_station: HeatStation | None = None


@dataclass(frozen=True)
class OutsideOrder:
    """The order of the government line 12345, which has a deadline of its own."""

    reference: str
    due_at: datetime


@dataclass(frozen=True)
class Report:
    """The content of a report. `reported_at` is the true time; None means now."""

    kind: TicketKind
    subject: Subject
    channel: Channel
    summary: str
    severity: Severity | None = None
    caller_name: str = ""
    caller_phone: str = ""
    reported_at: datetime | None = None
    place: Place = field(default_factory=Place)
    outside: OutsideOrder | None = None


@dataclass(frozen=True)
class Links:
    """Records linked to a report at once: a neighbour's ticket to join, an incident, files."""

    main: Ticket | None = None
    incident: Incident | None = None
    papers: Sequence[Upload] = ()


PAPER_KIND = "report"
_REPORT_AHEAD = _("报告时间不能晚于现在，请核对日期和时间。")
_NO_LINKS = Links()


def open_ticket(
    company: Company,
    report: Report,
    *,
    links: Links = _NO_LINKS,
    form_key: str = "",
    by: Actor,
    at: datetime,
) -> Ticket:
    """Opens a ticket: number, clock from the true time of the report, promise.

    The links are made in the same transaction: a refusal of any part undoes all. The
    same `form_key` sent again returns the first ticket, and with another content is refused: nobody
    takes the second report for entered. A customer may report about accounts that
    the caller has made sure are theirs.
    """
    try:
        with transaction.atomic():
            if by.kind is ActorKind.CUSTOMER:
                _check_customers_own(report)
            else:
                authorise(by, "complaints.open_ticket", company)
            _check(company, report, at)
            if report.outside is not None:
                _check_new_outside(company, report.outside, form_key)
            papers = [store_file(paper) for paper in links.papers]
            _lock_linked(links)
            ticket = _open(company, report, form_key, by, at)
            _add_links(ticket, links, papers, by=by, at=at)
            return ticket
    except IntegrityError:
        # The form key is unique: the same form was sent twice, and the first one won. What this one
        # had written is rolled back by now, so that the ticket of the first can be read.
        first = Ticket.objects.filter(form_key=form_key or None).first()
        if not form_key or first is None:
            raise
        if first.company_id != company.pk or not _is_of(first, report):
            raise form_used_elsewhere() from None
        return first


def _is_of(ticket: Ticket, report: Report) -> bool:
    """Returns whether the ticket has the content of the report.

    Kind, subject and severity are not compared: somebody may have reclassified it meanwhile.
    """
    content = (
        *(ticket.channel, ticket.summary),
        *(ticket.caller_name, ticket.caller_phone, ticket.account, ticket.reported_at),
        ticket.outside_reference,
    )
    outside = report.outside.reference if report.outside else ""
    return content == (
        *(report.channel, report.summary.strip()),
        *(report.caller_name.strip(), report.caller_phone.strip()),
        *(report.place.account, report.reported_at or ticket.entered_at, outside.strip()),
    )


def _open(company: Company, report: Report, form_key: str, by: Actor, at: datetime) -> Ticket:
    """Creates ticket, first clock event and promise; draws the number last."""
    place = _whole(report.place)
    outside = report.outside
    ticket = Ticket(
        company=company,
        kind=report.kind,
        subject=report.subject,
        severity=report.severity or "",
        channel=report.channel,
        caller_name=report.caller_name.strip(),
        caller_phone=report.caller_phone.strip(),
        summary=report.summary.strip(),
        account=place.account,
        contract=_contract_on_file(place.account, business_date(report.reported_at or at)),
        premise=place.premise,
        building=place.building,
        community=place.community,
        heat_station=place.heat_station,
        reported_at=report.reported_at or at,
        entered_at=at,
        entered_by=by.user,
        form_key=form_key or None,
        outside_reference=outside.reference.strip() if outside else "",
        outside_due_at=outside.due_at if outside else None,
        # Our own inspectors need no confirmation.
        confirmation_owed=report.channel is not Channel.INSPECTION,
    )
    received = receipt(ticket, by=by, at=at)
    promise = make_promise(ticket, PromiseCause.OPENED, [received], by=by, at=at)
    # The series is locked from here to the commit, and every other intake of the company waits:
    # files are written and other rows are locked before.
    year = business_date(at).year
    number = draw_numbers(f"ticket:{company.code}:{year}")
    ticket.number = f"GD{company.code}{year}{number:08d}"
    for row in (ticket, received, promise):
        row.save(force_insert=True)
    journal.record(
        "open_ticket",
        ticket,
        by=by,
        at=at,
        number=ticket.number,
        reported_at=ticket.reported_at.isoformat(),
        promised=promise.due_at.isoformat(),
    )
    return ticket


def _contract_on_file(account: Account | None, day: date) -> SupplyContract | None:
    """Returns the account's contract in force on that day; of two, the one that began later."""
    if account is None:
        return None
    contracts = SupplyContract.objects.filter(
        Q(ends__isnull=True) | Q(ends__gt=day), account=account, starts__lte=day
    )
    return contracts.order_by("-starts", "-pk").first()


def _lock_linked(links: Links) -> None:
    """Locks incident and main ticket, in the order in which `attach_tickets` locks them."""
    if links.incident is not None:
        lock_incident(links.incident)
    if links.main is not None:
        lock_ticket(links.main)


def _add_links(
    ticket: Ticket, links: Links, papers: Sequence[StoredFile], *, by: Actor, at: datetime
) -> None:
    """Attaches the ticket to the incident, joins it to the main ticket and attaches the files."""
    if links.incident is not None:
        attach_tickets(links.incident, [ticket], by=by, at=at)
    if links.main is not None:
        join_duplicate(ticket, links.main, by=by, at=at)
    for paper in papers:
        attach_document(ticket, paper, company=ticket.company, kind=PAPER_KIND, by=by, at=at)
    if links.incident is not None or links.main is not None:
        ticket.refresh_from_db()


def _whole(place: Place) -> Place:
    """Returns the place completed with the building, community and station above it."""
    premise = place.account.premise if place.account else place.premise
    building = premise.building if premise else place.building
    return Place(
        account=place.account,
        premise=premise,
        building=building,
        community=building.community if building else place.community,
        heat_station=(premise.heat_station if premise else None) or place.heat_station,
    )


def _check(company: Company, report: Report, at: datetime) -> None:
    """Refuses a report with a gap or a contradiction, before anything is locked."""
    check_class(report.kind, report.subject, report.severity)
    if not report.summary.strip():
        raise Invalid("summary_missing", _("请填写用户反映的内容。"))
    true_time("open_ticket", report, report.reported_at, at=at, ahead=_REPORT_AHEAD)
    _check_outside(report, at)
    _check_place(company, report.place)


def _check_outside(report: Report, at: datetime) -> None:
    """Refuses an order of 12345 without number or deadline, and one from another channel."""
    outside = report.outside
    if (report.channel is Channel.GOVERNMENT) != (outside is not None):
        raise Invalid(
            "outside_order", _("12345 转办的工单须填写其工单号和限办时间，其他渠道不填。")
        )
    if outside is None:
        return
    if not outside.reference.strip():
        raise Invalid("outside_order", _("请填写 12345 的工单号。"))
    if outside.due_at <= (report.reported_at or at):
        raise Invalid("outside_due", _("12345 的限办时间应晚于报告时间，请核对。"))


def _check_new_outside(company: Company, outside: OutsideOrder, form_key: str) -> None:
    """Refuses an order of 12345 that has a ticket already; a second agent waits for the first.

    An advisory lock does this and no unique constraint, since old rows may have doubles.
    """
    reference = outside.reference.strip()
    lock_until_commit(AdvisoryLock.OUTSIDE_ORDER, f"{company.code}:{reference}")
    tickets = Ticket.objects.filter(company=company, outside_reference=reference).order_by("pk")
    first = tickets.first()
    # The same form sent again is answered with its ticket.
    if first is not None and not (form_key and first.form_key == form_key):
        raise Refused(
            "outside_order_known",
            _(
                "12345 工单号 %(reference)s 已受理为工单 %(number)s（现为“%(here)s”），"
                "没有重复受理；有新情况请在该工单上补充说明，12345 退回重办的请对该工单返工。"
            ),
            reference=reference,
            number=first.number,
            here=TicketState(first.state).label,
        )


def _check_place(company: Company, place: Place) -> None:
    """Refuses a place any part of which belongs to another company."""
    owners = {
        record.company_id
        for record in (place.account, place.premise, place.community, place.heat_station)
        if record is not None
    }
    if place.building is not None:
        owners.add(place.building.community.company_id)
    if owners - {company.pk}:
        raise Invalid("foreign_place", _("所选户号或地点不属于该公司。"))


def _check_customers_own(report: Report) -> None:
    """Refuses a customer's report through the staff's channels, or with a time of its own."""
    if report.channel not in _CUSTOMERS_OWN or report.reported_at is not None:
        raise Invalid("customers_report", _("用户只能通过微信或网站即时报告。"))
