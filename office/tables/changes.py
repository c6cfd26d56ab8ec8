"""The earlier values of a record, column by column, for its page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Field, Model
from django.utils.translation import gettext as _

from office.tables.history import DELETE, event_model, is_kept

MOST_CHANGES = 50
# Returns the text to show for a column's value, so that a masked column is masked here too.
Reader = Callable[[str, str], str]


@dataclass(frozen=True)
class ColumnChange:
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One UPDATE or DELETE of one row; for a deleted row the values are its last ones."""

    at: datetime
    actor: str
    row: str
    deleted: bool
    columns: list[ColumnChange]


def changes_of(
    model: type[Model], read: Reader = lambda column, text: text, **conditions: Any
) -> list[Change]:
    """Returns the latest changes of the matching rows, newest first.

    A history row holds the values before a change; the values after it are in the next history row,
    or in the row itself.
    """
    history_rows = list(
        event_model(model).objects.filter(**conditions).order_by("-pgh_id")[:MOST_CHANGES]
    )
    # By the key of the row: the values that stood after the change at hand. The loop goes back in
    # time, so each history row is what stood after the change before it.
    after: dict[int, Any] = model._default_manager.in_bulk({row.pgh_obj_id for row in history_rows})  # noqa: SLF001
    changes = []
    for row in history_rows:
        changes.append(
            Change(
                at=row.pgh_created_at,
                actor=(row.pgh_context or {}).get("actor", ""),
                row=_row_name(model, row),
                deleted=row.pgh_label == DELETE,
                columns=list(_columns(model, row, after.get(row.pgh_obj_id), read)),
            )
        )
        after[row.pgh_obj_id] = row
    return [change for change in changes if change.deleted or change.columns]


def changes_with_parts(
    record: Model, part_models: Sequence[type[Model]], read: Reader
) -> list[Change]:
    """Returns the latest changes of a record and of the rows that belong to it, newest first."""
    model = type(record)
    changes = changes_of(model, read, pgh_obj_id=record.pk) if is_kept(model) else []
    for part in part_models:
        parent = next(f.name for f in part._meta.fields if f.related_model is model)  # noqa: SLF001
        changes += changes_of(part, read, **{parent: record.pk})
    return sorted(changes, key=lambda change: change.at, reverse=True)


def _row_name(model: type[Model], row: Any) -> str:
    """Returns the text of the row as it was; its history has no method of its own for that."""
    fields = model._meta.concrete_fields  # noqa: SLF001
    values = {f.attname: getattr(row, f.attname) for f in fields if hasattr(row, f.attname)}
    return f"{model._meta.verbose_name} {model(**values)}"  # noqa: SLF001


def _columns(model: type[Model], before: Any, after: Any, read: Reader) -> Iterator[ColumnChange]:
    """Yields the columns that differ between two states of a row."""
    deleted = before.pgh_label == DELETE
    if after is None and not deleted:
        return
    for field in model._meta.concrete_fields:  # noqa: SLF001
        if field.primary_key or not hasattr(before, field.attname):
            continue
        old = getattr(before, field.attname)
        new = None if deleted else getattr(after, field.attname)
        if old != new:
            yield ColumnChange(
                str(field.verbose_name),
                read(field.name, _text(field, old)),
                "" if deleted else read(field.name, _text(field, new)),
            )


def _text(field: "Field[Any, Any]", value: Any) -> str:
    """Returns the value as people read it: the name of a record, the label of a choice."""
    if value is None or value == "":
        return ""
    if field.is_relation:
        related = field.related_model._default_manager.filter(pk=value).first()  # type: ignore[union-attr]  # noqa: SLF001
        return str(related or value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, date):
        return value.isoformat()
    return str(dict(field.flatchoices).get(value, value))
