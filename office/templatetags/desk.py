"""Template filters of the staff's screens."""

from decimal import Decimal

from django import template
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.urls import reverse

from office.action_names import action_name
from office.documents.document_kinds import kind_name
from office.language import Text
from office.money import yuan_text

register = template.Library()

_BADGES = {
    "open": "badge-good",
    "done": "badge-good",
    "issued": "badge-good",
    "paid": "badge-good",
    "published": "badge-good",
    "heated": "badge-good",
    "approved": "badge-info",
    "processing": "badge-info",
    "running": "badge-info",
    "previewing": "badge-info",
    "issuing": "badge-info",
    "final": "badge-good",
    "excellent": "badge-good",
    "qualified": "badge-info",
    "unqualified": "badge-bad",
    "panel": "badge-info",
    "proposed": "badge-warn",
    "previewed": "badge-warn",
    "reminding": "badge-warn",
    "drafted": "badge-warn",
    "unknown": "badge-warn",
    "stopped": "badge-warn",
    "failed": "badge-bad",
    "abnormal": "badge-bad",
}


@register.filter
def yuan(fen: int | None) -> str:
    """Returns fen as "1,620.00"; an empty string for None."""
    return "" if fen is None else yuan_text(fen)


@register.filter
def grouped(figure: int | str | Decimal) -> str:
    """Returns a count or an area as "318,207" or "1,234,567.89", with its own decimal places."""
    return f"{Decimal(figure):,f}"


@register.filter
def badge(state: str) -> str:
    """Returns the colour class of a state."""
    return _BADGES.get(str(state), "")


@register.filter
def action(name: str) -> str:
    """Returns the name of a journal entry's action."""
    return action_name(name)


@register.simple_tag
def journal_address(record: Model) -> str:
    """Returns the address of the journal's list of everything that was done to the record."""
    kind = ContentType.objects.get_for_model(record)
    return f"{reverse('admin:office_journalentry_changelist')}?record={kind.pk}.{record.pk}"


@register.filter
def document_kind(kind: str) -> Text:
    """Returns the name of a document's kind."""
    return kind_name(kind)
