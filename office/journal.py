"""The journal: every operation leaves one line, in its own transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

from office.actors import Actor
from office.models import Company, JournalEntry


def record(
    action: str,
    target: models.Model,
    *,
    by: Actor,
    at: datetime,
    company: Company | None = None,
    **facts: Any,
) -> JournalEntry:
    """Write down that `by` did `action` to `target`. `facts` must be plain JSON values."""
    owner = company if company is not None else getattr(target, "company", None)
    return JournalEntry.objects.create(
        at=at,
        actor=by.label,
        by=by.user,
        company=owner if isinstance(owner, Company) else None,
        action=action,
        record_type=ContentType.objects.get_for_model(target),
        record_id=target.pk,
        facts=facts,
        origin=by.origin,
    )


def record_each(
    action: str,
    targets: Iterable[tuple[models.Model, dict[str, Any]]],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """A line for each of many records of one kind, with its facts, in one statement."""
    lines = [
        JournalEntry(
            at=at,
            actor=by.label,
            by=by.user,
            company=target.company,  # type: ignore[attr-defined]
            action=action,
            record_type=ContentType.objects.get_for_model(target),
            record_id=target.pk,
            facts=facts,
            origin=by.origin,
        )
        for target, facts in targets
    ]
    JournalEntry.objects.bulk_create(lines)


def timeline(
    target: models.Model, parts: Sequence[models.Model] = ()
) -> models.QuerySet[JournalEntry]:
    """All that was done to one record, newest first; with what was done to its parts."""
    which = models.Q()
    for one in (target, *parts):
        kind = ContentType.objects.get_for_model(one)
        which |= models.Q(record_type=kind, record_id=one.pk)
    return JournalEntry.objects.filter(which).select_related("by")
