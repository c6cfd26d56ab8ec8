"""Notes: information that arrives after the report is stored beside the ticket."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from complaints.models import NoteSource, Ticket, TicketNote
from complaints.waiting import has_unheard_note
from office import journal
from office.actors import Actor, ActorKind
from office.forms.form_keys import form_used_elsewhere
from office.permissions import authorise
from office.refusals import Invalid

LONGEST = 500
# Notes are kept sentences: Chinese only.
PHOTO_CAME = "上传了照片"


def add_note(
    ticket: Ticket, text: str, *, form_key: str = "", by: Actor, at: datetime
) -> TicketNote:
    """Adds a note to a ticket in any state; clock, promise and version stay as they are.

    The same `form_key` sent again returns the first note, and with another text is refused. A
    customer may add to tickets that the caller has made sure are theirs.
    """
    try:
        with transaction.atomic():
            if by.kind is not ActorKind.CUSTOMER:
                authorise(by, "complaints.add_note", ticket.company)
            return _add(ticket, text, form_key, by, at)
    except IntegrityError:
        # The form key is unique: the form was sent twice, and the first note stands.
        first_note = TicketNote.objects.filter(form_key=form_key or None).first()
        if not form_key or first_note is None:
            raise
        if (first_note.ticket_id, first_note.text) != (ticket.pk, text.strip()):
            raise form_used_elsewhere() from None
        return first_note


def note_photo(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """A step of `add_own_photo`: notes that a photo has come, so that it waits like words do.

    Beside a note of the customer that nobody has reacted to, it waits already.
    """
    if not has_unheard_note(ticket):
        add_note(ticket, PHOTO_CAME, by=by, at=at)


def _add(ticket: Ticket, text: str, form_key: str, by: Actor, at: datetime) -> TicketNote:
    """Checks and stores the note; the caller holds the transaction."""
    note_text = text.strip()
    if not note_text:
        raise Invalid("note_missing", _("请填写补充说明。"))
    if len(note_text) > LONGEST:
        raise Invalid(
            "note_too_long", _("补充说明不能超过 %(longest)s 字，请分两条填写。"), longest=LONGEST
        )
    note = TicketNote.objects.create(
        ticket=ticket,
        text=note_text,
        source=NoteSource(by.kind.value),
        author=by.label,
        by=by.user,
        at=at,
        form_key=form_key or None,
    )
    journal.record("add_note", ticket, by=by, at=at, source=note.source)
    return note
