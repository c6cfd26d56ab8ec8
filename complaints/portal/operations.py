"""Operations of customers on their own tickets: report, add a note or a photo, give a verdict.

Each checks by the sign-in that the account or ticket is the customer's own; one that does not exist
and one of somebody else get the same answer. A customer does not judge how grave a fault is: every
repair begins as a minor one, whose promise is the shortest, until staff classify it anew.
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
from complaints.tickets.notes import add_note, note_photo
from complaints.tickets.resolution import redo
from customers.models import CustomerToken, SupplyContract
from office import journal
from office.actors import Actor
from office.documents.operations import (
    StoredFile,
    Upload,
    attach_customers_photo,
    store_photo,
)
from office.locks.advisory_locks import AdvisoryLock, lock_until_commit
from office.models import Company, Document
from office.refusals import Invalid, Refused
from office.sealing import digest

# At most so many reports from one phone within so long; in need there is the hotline.
REPORT_LIMITS = ((timedelta(hours=1), 10), (timedelta(days=1), 30))
MOST_PHOTOS = 9
MOST_NOTES_A_DAY = 20
_KEYS = "complaints.own_tickets"


@dataclass(frozen=True)
class OwnReport:
    """What a customer reports as wrong."""

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
    """Opens a ticket about one of the customer's own accounts, with photos.

    The same key with the same content returns the first ticket; with other content it is refused.
    """
    request_key = digest(f"{token.phone}:{key}", _KEYS)
    _take_turns(request_key)
    form_key = f"{request_key}:{_fingerprint(report)}"
    earlier_ticket = Ticket.objects.filter(form_key__startswith=f"{request_key}:").first()
    if earlier_ticket is not None:
        if earlier_ticket.form_key != form_key:
            raise _key_reused()
        return own_ticket(token, earlier_ticket.number)
    contract = own_contract_to_report(token, report.account_id, at)
    company = contract.company
    # Requests of one phone run one after the other: two at once would both pass the limit.
    _take_turns(digest(token.phone, _KEYS))
    _check_limits(token.phone, company, at)
    if len(photos) > MOST_PHOTOS:
        raise Refused("too_many_photos", _("最多上传 %(most)s 张照片。"), most=MOST_PHOTOS)
    # Before the ticket's number is drawn: its series stays locked until the commit.
    stored_photos = [store_photo(photo) for photo in photos]
    ticket = open_ticket(
        company,
        Report(
            kind=report.kind,
            subject=report.subject,
            channel=report.channel,
            summary=report.summary,
            severity=Severity.MINOR if report.kind is TicketKind.REPAIR else None,
            caller_name=_name_of_caller(token, contract),
            caller_phone=token.phone,
            place=Place(account=contract.account),
        ),
        form_key=form_key,
        by=by,
        at=at,
    )
    for photo in stored_photos:
        _attach(ticket, photo, by=by, at=at)
    return ticket


@transaction.atomic
def add_own_note(
    token: CustomerToken, number: str, text: str, *, key: str, by: Actor, at: datetime
) -> TicketNote:
    """Adds a note to the customer's own ticket; the same key sent again adds nothing."""
    ticket = own_ticket(token, number)
    request_key = digest(f"{token.phone}:{number}:{key}", _KEYS)
    _take_turns(request_key)
    _check_notes(ticket, request_key, at)
    if ticket.notes.filter(form_key=request_key).exclude(text=text.strip()).exists():
        raise _key_reused()
    return add_note(ticket, text, form_key=request_key, by=by, at=at)


@transaction.atomic
def add_own_photo(
    token: CustomerToken, number: str, photo: Upload, *, by: Actor, at: datetime
) -> Document:
    """Attaches a photo to the customer's own ticket and notes it for the desk.

    The same photo sent twice is stored and noted once.
    """
    ticket = lock_ticket(own_ticket(token, number))
    document = _attach(ticket, photo, by=by, at=at)
    if document.uploaded_at == at:
        note_photo(ticket, by=by, at=at)
    return document


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
    """Records the customer's verdict on a resolution; "not solved" starts a redo.

    The customer gives one verdict after every resolution; the same verdict again changes nothing.
    No permission: `own_ticket` finds the customer's own tickets only.
    """
    ticket = lock_ticket(own_ticket(token, number))
    last_verdict = ticket.verdicts.order_by("-redo_round").first()
    if (
        last_verdict is not None
        and last_verdict.solved is solved
        and _still_holds(last_verdict, ticket)
    ):
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


def _still_holds(verdict: SolutionVerdict, ticket: Ticket) -> bool:
    """Returns whether nothing has happened since the verdict except the redo it caused itself."""
    return verdict.redo_round + (0 if verdict.solved else 1) == ticket.redo_count


def _attach(ticket: Ticket, photo: Upload | StoredFile, *, by: Actor, at: datetime) -> Document:
    """Attaches a customer's photo to the ticket."""
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
    """Returns a digest of what the customer reported, to recognise a repeated key."""
    parts = (report.account_id, report.kind, report.subject, report.summary.strip())
    return digest("\x00".join(str(part) for part in parts), _KEYS)[:24]


def _take_turns(name: str) -> None:
    """Locks a name until the transaction ends, so that of two requests the second waits."""
    lock_until_commit(AdvisoryLock.OWN_TICKET, name)


def _name_of_caller(token: CustomerToken, contract: SupplyContract) -> str:
    """Returns the customer's name if the sign-in is the customer's, otherwise the payer's."""
    uses = contract.customer_id in token.customer_ids
    person = contract.customer if uses else contract.payer or contract.customer
    return person.name


def _check_limits(phone: str, company: Company, at: datetime) -> None:
    """Refuses too many reports from one phone number."""
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
    """Refuses too many notes of customers on one ticket within a day."""
    notes_of_day = ticket.notes.filter(source=NoteSource.CUSTOMER, at__gt=at - timedelta(days=1))
    if notes_of_day.exclude(form_key=key).count() >= MOST_NOTES_A_DAY:
        raise Refused(
            "too_many_notes",
            _("今天的补充已经很多了，请稍后再补充，或拨打服务热线。"),
            status=429,
            retry_after=3600,
        )


def _key_reused() -> Refused:
    """Returns the refusal of an idempotency key that was used for different content."""
    return Invalid("idempotency_key_reused", _("同一 Idempotency-Key 不能用于不同的请求。"))
