"""The journal: every operation writes one line, in its own transaction."""

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
    """Writes that `by` did `action` to `target`; `facts` must be plain JSON values."""
    written = entry(action, target, by=by, at=at, company=company, **facts)
    written.save(force_insert=True)
    return written


def entry(
    action: str,
    target: models.Model,
    *,
    by: Actor,
    at: datetime,
    company: Company | None = None,
    **facts: Any,
) -> JournalEntry:
    """Builds the line of `record` without saving it, for steps that save many at once."""
    owner = company if company is not None else getattr(target, "company", None)
    return JournalEntry(
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
    """Writes a line for each of many records of one kind, with its facts, in one statement."""
    JournalEntry.objects.bulk_create(
        entry(action, target, by=by, at=at, **facts) for target, facts in targets
    )


def timeline(
    target: models.Model, parts: Sequence[models.Model] = ()
) -> models.QuerySet[JournalEntry]:
    """Returns the journal of one record and of its `parts`, newest first."""
    matches = models.Q()
    for record in (target, *parts):
        kind = ContentType.objects.get_for_model(record)
        matches |= models.Q(record_type=kind, record_id=record.pk)
    return JournalEntry.objects.filter(matches).select_related("by")
