"""The outer log: writes one event. What happened with which report stands in no outer log."""

from datetime import datetime

from whistleblowing.models import Officer, SystemEvent
from whistleblowing.words import EventKind


def note(
    kind: EventKind, officer: Officer, *, at: datetime, concerned: Officer | None = None
) -> None:
    """Appends an event to the outer log: what `officer` did, and whom it concerned. A step."""
    SystemEvent.objects.create(kind=kind, officer=officer, concerned=concerned, at=at)
