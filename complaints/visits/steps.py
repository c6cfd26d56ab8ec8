"""Steps sent by a repairer's phone over a bad connection: each is carried out exactly once."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.classes import PauseReason
from complaints.dispatch.operations import (
    accept_assignment,
    arrive,
    depart,
    lock_visit,
)
from complaints.models import (
    ItemKind,
    StepAnswer,
    Ticket,
    Visit,
    VisitOutcome,
    VisitStep,
)
from complaints.promises.pauses import pause_ticket, resume_ticket
from complaints.states import VisitState
from complaints.temperature_tests.operations import (
    Instrument,
    Reading,
    Signatures,
    record_temperature_test,
)
from complaints.time_bounds import last_step, true_time
from complaints.visits.operations import Confirmation, Work, complete_visit, record_finding
from complaints.visits.phone_time import by_our_clock, settled
from office import journal
from office.actors import Actor
from office.documents.operations import Upload, attach_document
from office.models import Document
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, NotFound, Refused

KIND = "visit"


@dataclass(frozen=True)
class Stamp:
    """The step's key and its time by the phone's clock; `sent_at` is that clock when sending."""

    key: UUID
    happened_at: datetime | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True)
class Onward:
    """The steps `accept_assignment`, `depart` and `arrive`, which carry no content."""

    verb: str


@dataclass(frozen=True)
class Finding:
    """What the repairer found to be the fault."""

    finding: str
    verb: str = "record_finding"


@dataclass(frozen=True)
class Item:
    """A fitting, part or service; `consent` is the key of the photo step with the signed paper."""

    kind: ItemKind
    description: str
    quantity: Decimal
    amount_fen: int
    consented_by: str
    consented_at: datetime
    consent: UUID | None = None


@dataclass(frozen=True)
class Completion:
    """The end of a visit; `signature` is the key of the photo step with the signature."""

    outcome: VisitOutcome
    work_done: str
    items: tuple[Item, ...] = ()
    confirmed_by: str = ""
    signature: UUID | None = None
    verb: str = "complete_visit"


@dataclass(frozen=True)
class Pause:
    """A pause to wait for the customer; `evidence` is the key of a photo step."""

    reason: PauseReason
    evidence: UUID
    note: str = ""
    verb: str = "pause_ticket"


@dataclass(frozen=True)
class Resumption:
    """The end of a pause."""

    note: str = ""
    verb: str = "resume_ticket"


@dataclass(frozen=True)
class Photo:
    """A photo or a drawn signature, stored with the ticket."""

    upload: Upload = field(repr=False)
    title: str = ""
    verb: str = "attach_document"


@dataclass(frozen=True)
class Room:
    """The temperature of one room, in °C."""

    room: str
    celsius: Decimal


@dataclass(frozen=True)
class Measurement:
    """A temperature test of the flat; all rooms are measured at the time of the step.

    `tester` and `customer` are the keys of the photo steps with the signatures.
    """

    instrument: str
    calibrated_until: date
    rooms: tuple[Room, ...]
    outside: Decimal
    required: Decimal
    customer_name: str
    tester: UUID
    customer: UUID
    verb: str = "record_temperature_test"


# One step of the phone; `verb` is the operation that it calls and the name of its permission.
Deed = Onward | Finding | Completion | Pause | Resumption | Photo | Measurement
_ONWARD = {"accept_assignment": accept_assignment, "depart": depart, "arrive": arrive}


@transaction.atomic
def take_visit_step(
    visit: Visit, deed: Deed, stamp: Stamp, *, by: Actor, at: datetime
) -> VisitStep:
    """Carries out a step that the phone sent; the same key sent again gets the first answer.

    If the visit has been withdrawn, the step is not carried out; its content is stored in the
    journal and the answer says so.
    """
    authorise(by, _permission(deed), visit.ticket.company)
    ticket, locked_visit = lock_visit(visit)
    stored_step = VisitStep.objects.select_related("document").filter(key=stamp.key).first()
    if stored_step is not None:
        return _answer_again(stored_step, locked_visit, deed, by)
    _check_of_crew(locked_visit, by)
    # The phone's clock may be wrong: its time is corrected to ours, then moved between the step
    # before and now.
    phone_instant = by_our_clock(stamp.happened_at, stamp.sent_at, at) if stamp.happened_at else at
    true_instant = settled(phone_instant, last=last_step(locked_visit).at, at=at)
    document = None
    answer = StepAnswer.DONE
    if isinstance(deed, Photo):
        document = _store_photo(ticket, deed, by=by, at=at)
        true_instant = min(true_instant, at)
    elif locked_visit.state == VisitState.WITHDRAWN:
        answer, true_instant = StepAnswer.WITHDRAWN, min(true_instant, at)
        _store_content(ticket, locked_visit, deed, true_instant, by=by, at=at)
    else:
        _carry_out(ticket, locked_visit, deed, true_instant, stamp.sent_at, by=by, at=at)
    return VisitStep.objects.create(
        visit=locked_visit,
        key=stamp.key,
        verb=deed.verb,
        content=_plain(deed),
        document=document,
        answer=answer,
        happened_at=true_instant,
        entered_at=at,
        phone_time=stamp.happened_at,
        phone_sent_at=stamp.sent_at,
        entered_by=by.user,
    )


def _permission(deed: Deed) -> str:
    """Returns the permission of the operation that the step calls."""
    return f"{'office' if isinstance(deed, Photo) else 'complaints'}.{deed.verb}"


def _answer_again(stored_step: VisitStep, visit: Visit, deed: Deed, by: Actor) -> VisitStep:
    """Returns the stored step; refuses a key that was used for another visit, verb or user."""
    same_request = (stored_step.visit_id, stored_step.verb, stored_step.entered_by) == (
        visit.pk,
        deed.verb,
        by.user,
    )
    if not same_request:
        raise Refused("key_used", _("提交编号重复，请刷新页面后重新提交。"))
    return stored_step


def _check_of_crew(visit: Visit, by: Actor) -> None:
    """Refuses users outside the crew, with the same answer as for a visit that does not exist."""
    if by.user is None:
        raise NotAllowed()
    own = visit.repairer_id == by.user.pk
    if not own and not visit.crew.members.filter(pk=by.user.pk).exists():
        raise NotFound(_("没有这次上门。"))


def _carry_out(
    ticket: Ticket,
    visit: Visit,
    deed: Deed,
    when: datetime,
    sent_at: datetime | None,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Calls the operation of the step."""
    match deed:
        case Onward(verb):
            _ONWARD[verb](visit, happened_at=when, by=by, at=at)
        case Finding(finding):
            record_finding(visit, finding, happened_at=when, by=by, at=at)
        case Completion():
            _complete(visit, _by_our_clock(visit, deed, sent_at, when, at), when, by=by, at=at)
        case Pause(reason, evidence, note):
            paper = _document_of_step(visit, evidence)
            pause_ticket(ticket, reason, paper, note=note, happened_at=when, by=by, at=at)
        case Resumption(note):
            resume_ticket(ticket, note=note, happened_at=when, by=by, at=at)
        case Measurement():
            _measure(visit, deed, when, by=by, at=at)


def _by_our_clock(
    visit: Visit, deed: Completion, sent_at: datetime | None, done_at: datetime, at: datetime
) -> Completion:
    """Returns the completion with the consents' times corrected to the server's clock."""

    def corrected(phone_time: datetime) -> datetime:
        when = by_our_clock(phone_time, sent_at, at)
        return settled(when, last=visit.arrived_at or when, at=done_at)

    items = [replace(item, consented_at=corrected(item.consented_at)) for item in deed.items]
    return replace(deed, items=tuple(items))


def _complete(visit: Visit, deed: Completion, when: datetime, *, by: Actor, at: datetime) -> None:
    """Completes the visit with its items, each with the document of the customer's consent."""
    works = [
        Work(
            kind=item.kind,
            description=item.description,
            consented_by=item.consented_by,
            consented_at=item.consented_at,
            quantity=item.quantity,
            amount_fen=item.amount_fen,
            consent=_document_of_step(visit, item.consent) if item.consent else None,
        )
        for item in deed.items
    ]
    signature = _document_of_step(visit, deed.signature) if deed.signature else None
    complete_visit(
        visit,
        deed.outcome,
        work_done=deed.work_done,
        works=works,
        confirmation=Confirmation(deed.confirmed_by, signature),
        happened_at=when,
        by=by,
        at=at,
    )


def _measure(visit: Visit, deed: Measurement, when: datetime, *, by: Actor, at: datetime) -> None:
    """Records the temperature test; refuses a ticket without account and a visit before arrival."""
    account = visit.ticket.account
    if account is None:
        raise Refused("account_missing", _("这张工单没有户号，请回办公室在测温记录里登记。"))
    if visit.arrived_at is None:
        raise Refused("not_arrived", _("到场以后才能登记测温，请先登记到场。"))
    when = true_time("measure_on_visit", visit, when, at=at)
    record_temperature_test(
        account,
        [Reading(room.room, when, room.celsius) for room in deed.rooms],
        Instrument(deed.instrument, deed.calibrated_until),
        Signatures(
            _document_of_step(visit, deed.tester),
            _document_of_step(visit, deed.customer),
            deed.customer_name,
        ),
        outside=deed.outside,
        required=deed.required,
        ticket=visit.ticket,
        by=by,
        at=at,
    )


def _document_of_step(visit: Visit, key: UUID) -> Document:
    """Returns the document that an earlier step of this visit brought."""
    step = VisitStep.objects.select_related("document").filter(visit=visit, key=key).first()
    if step is None or step.document is None:
        raise Invalid("photo_missing", _("照片或签名还没有收到，请重新拍照或签名后再提交。"))
    return step.document


def _store_photo(ticket: Ticket, deed: Photo, *, by: Actor, at: datetime) -> Document:
    """Attaches the photo to the ticket."""
    return attach_document(
        ticket,
        deed.upload,
        company=ticket.company,
        kind=KIND,
        title=deed.title,
        by=by,
        at=at,
    )


def _store_content(
    ticket: Ticket, visit: Visit, deed: Deed, when: datetime, *, by: Actor, at: datetime
) -> None:
    """Stores the content of a step of a withdrawn visit in the journal."""
    journal.record(
        "keep_withdrawn_step",
        ticket,
        by=by,
        at=at,
        visit=visit.ordinal,
        verb=deed.verb,
        said=_plain(deed),
        happened_at=when.isoformat(),
    )


def _plain(deed: Deed) -> dict[str, Any]:
    """Returns the content of a step as plain JSON, without files."""
    if isinstance(deed, Photo):
        return {"title": deed.title}
    content: dict[str, Any] = asdict(deed)
    del content["verb"]
    return {name: _json(value) for name, value in content.items() if value not in ("", (), None)}


def _json(value: object) -> Any:
    """Returns the value as JSON knows it: texts and whole numbers stay, the rest becomes text."""
    if isinstance(value, Mapping):
        return {name: _json(inner) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_json(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, int | str) and not isinstance(value, bool) else str(value)
