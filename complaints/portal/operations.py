"""What customers do about their own tickets: report, add, show, and say whether it is solved.

Each asks by the sign-in whose the account or the ticket is; unknown and not theirs answer alike.
A customer does not judge how grave a fault is: every repair begins as a minor one, whose promise
is the shortest, until staff classify it anew.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.classes import Channel, Severity, Subject, TicketKind
from complaints.locking import lock_ticket
from complaints.models import NoteSource, SolutionVerdict, Ticket, TicketNote
from complaints.portal.own_steps import CUSTOMERS_PHOTO, may_judge
from complaints.portal.own_tickets import (
    CUSTOMERS_CHANNELS,
    own_contract_to_report,
    own_ticket,
)
from complaints.tickets.intake import Place, Report, open_ticket
from complaints.tickets.notes import add_note
from complaints.tickets.resolution import redo
from customers.models import CustomerToken, SupplyContract
from office import journal
from office.actors import Actor
from office.advisory_locks import AdvisoryLock, lock_until_commit
from office.models import Company, Document
from office.operations.documents import Upload, attach_customers_photo, check_photo
from office.refusals import Invalid, Refused
from office.sealing import digest

# At most so many reports from one phone within so long; in need there is the hotline.
REPORT_LIMITS = ((timedelta(hours=1), 10), (timedelta(days=1), 30))
MOST_PHOTOS = 9
MOST_NOTES_A_DAY = 20
_KEYS = "complaints.own_tickets"


@dataclass(frozen=True)
class OwnReport:
    """What a customer says is wrong."""

    account_id: int
    kind: TicketKind
    subject: Subject
    summary: str
    channel: Channel = Channel.WEB


@transaction.atomic
def open_own_ticket(
    token: CustomerToken,
    report: OwnReport,
    *,
    key: str,
    photos: tuple[Upload, ...] = (),
    by: Actor,
    at: datetime,
) -> Ticket:
    """Open a ticket about an account of one's own, with photos.

    The same key with the same words answers with the first ticket; with other words it is refused.
    """
    mine = digest(f"{token.phone}:{key}", _KEYS)
    _take_turns(mine)
    form_key = f"{mine}:{_fingerprint(report)}"
    known = Ticket.objects.filter(form_key__startswith=f"{mine}:").first()
    if known is not None:
        if known.form_key != form_key:
            raise _key_reused()
        return own_ticket(token, known.number)
    contract = own_contract_to_report(token, report.account_id, at)
    company = contract.company
    _take_turns(digest(token.phone, _KEYS))
    _check_limits(token.phone, company, at)
    if len(photos) > MOST_PHOTOS:
        raise Refused("too_many_photos", _("最多上传 %(most)s 张照片。"), most=MOST_PHOTOS)
    for photo in photos:
        check_photo(photo)
    ticket = open_ticket(
        company,
        Report(
            kind=report.kind,
            subject=report.subject,
            channel=report.channel,
            summary=report.summary,
            severity=Severity.MINOR if report.kind is TicketKind.REPAIR else None,
            caller_name=_who(token, contract),
            caller_phone=token.phone,
            place=Place(account=contract.account),
        ),
        form_key=form_key,
        by=by,
        at=at,
    )
    for photo in photos:
        _attach(ticket, photo, by=by, at=at)
    return ticket


@transaction.atomic
def add_own_note(
    token: CustomerToken, number: str, text: str, *, key: str, by: Actor, at: datetime
) -> TicketNote:
    """Add something to one's own ticket; the same key sent again adds nothing."""
    ticket = own_ticket(token, number)
    mine = digest(f"{token.phone}:{number}:{key}", _KEYS)
    _take_turns(mine)
    _check_notes(ticket, mine, at)
    note = add_note(ticket, text, form_key=mine, by=by, at=at)
    if note.text != text.strip():
        raise _key_reused()
    return note


@transaction.atomic
def add_own_photo(
    token: CustomerToken, number: str, photo: Upload, *, by: Actor, at: datetime
) -> Document:
    """Keep a photo with one's own ticket; the same photo sent twice is kept once."""
    return _attach(lock_ticket(own_ticket(token, number)), photo, by=by, at=at)


@transaction.atomic
def judge_solution(
    token: CustomerToken,
    number: str,
    *,
    solved: bool,
    remark: str = "",
    by: Actor,
    at: datetime,
) -> Ticket:
    """The customer says that it is solved, or that it is not: then it is done again.

    Once after every resolution; the same said again answers alike.
    """
    ticket = lock_ticket(own_ticket(token, number))
    known = ticket.verdicts.order_by("-redo_round").first()
    if known is not None and known.solved is solved and _still_holds(known, ticket):
        return ticket
    if not may_judge(ticket, ticket.clock_events.latest("ordinal"), at):
        raise Refused(
            "cannot_judge",
            _("只有刚办结、您还没有确认过的工单可以确认；问题仍在的，请重新报修。"),
        )
    SolutionVerdict.objects.create(
        ticket=ticket,
        redo_round=ticket.redo_count,
        solved=solved,
        remark=remark.strip(),
        said_by=by.label,
        said_at=at,
    )
    journal.record("judge_solution", ticket, by=by, at=at, solved=solved)
    if not solved:
        redo(ticket, f"用户反映未解决：{remark.strip() or '未说明'}", by=by, at=at)
    return ticket


def _still_holds(known: SolutionVerdict, ticket: Ticket) -> bool:
    """Whether nothing was done since but what the verdict itself brought about."""
    return known.redo_round + (0 if known.solved else 1) == ticket.redo_count


def _attach(ticket: Ticket, photo: Upload, *, by: Actor, at: datetime) -> Document:
    return attach_customers_photo(
        ticket,
        photo,
        company=ticket.company,
        kind=CUSTOMERS_PHOTO,
        most=MOST_PHOTOS,
        by=by,
        at=at,
    )


def _fingerprint(report: OwnReport) -> str:
    said = (report.account_id, report.kind, report.subject, report.summary.strip())
    return digest("\x00".join(str(part) for part in said), _KEYS)[:24]


def _take_turns(name: str) -> None:
    """Of two that come at once the second waits until the first is through."""
    lock_until_commit(AdvisoryLock.OWN_TICKET, name)


def _who(token: CustomerToken, contract: SupplyContract) -> str:
    uses = contract.customer_id in token.customer_ids
    person = contract.customer if uses else contract.payer or contract.customer
    return person.name


def _check_limits(phone: str, company: Company, at: datetime) -> None:
    for span, most in REPORT_LIMITS:
        sent = Ticket.objects.filter(
            company=company,
            caller_phone=phone,
            channel__in=CUSTOMERS_CHANNELS,
            entered_at__gt=at - span,
        )
        if sent.count() >= most:
            raise Refused(
                "too_many_reports",
                _("您报告得过于频繁，请稍后再试；紧急情况请拨打服务热线。"),
                status=429,
                retry_after=int(span.total_seconds()),
            )


def _check_notes(ticket: Ticket, key: str, at: datetime) -> None:
    day = ticket.notes.filter(source=NoteSource.CUSTOMER, at__gt=at - timedelta(days=1))
    if day.exclude(form_key=key).count() >= MOST_NOTES_A_DAY:
        raise Refused(
            "too_many_notes",
            _("今天的补充已经很多了，请稍后再补充，或拨打服务热线。"),
            status=429,
            retry_after=3600,
        )


def _key_reused() -> Refused:
    return Invalid("idempotency_key_reused", _("同一 Idempotency-Key 不能用于不同的请求。"))
