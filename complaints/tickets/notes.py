"""What came to be known after the report: written beside the ticket, never into it."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from complaints.models import NoteSource, Ticket, TicketNote
from office import journal
from office.actors import Actor, ActorKind
from office.permissions import authorise
from office.refusals import Invalid

LONGEST = 500


def add_note(
    ticket: Ticket, text: str, *, form_key: str = "", by: Actor, at: datetime
) -> TicketNote:
    """Add to what is known of a ticket, in any state of it; clock, promise and version stay.

    The same `form_key` sent again answers with the first note. A customer may add to tickets
    that the caller has made sure are theirs.
    """
    try:
        with transaction.atomic():
            if by.kind is not ActorKind.CUSTOMER:
                authorise(by, "complaints.add_note", ticket.company)
            return _add(ticket, text, form_key, by, at)
    except IntegrityError:
        known = TicketNote.objects.filter(ticket=ticket, form_key=form_key or None).first()
        if not form_key or known is None:
            raise
        return known


def _add(ticket: Ticket, text: str, form_key: str, by: Actor, at: datetime) -> TicketNote:
    said = text.strip()
    if not said:
        raise Invalid("note_missing", _("请填写补充说明。"))
    if len(said) > LONGEST:
        raise Invalid(
            "note_too_long", _("补充说明不能超过 %(longest)s 字，请分两条填写。"), longest=LONGEST
        )
    note = TicketNote.objects.create(
        ticket=ticket,
        text=said,
        source=NoteSource(by.kind.value),
        author=by.label,
        by=by.user,
        at=at,
        form_key=form_key or None,
    )
    journal.record("add_note", ticket, by=by, at=at, source=note.source)
    return note
