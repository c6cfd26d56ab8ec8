"""What columns said before: kept by the database itself, with the name of who changed them.

The tables that money is reckoned from say `@keep_history()`. A trigger keeps the old row of every
UPDATE that changes something and of every DELETE; an INSERT is not kept, so that mass imports stay
fast. The rows kept only grow (`office.append_only.protect`, in a migration).
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pghistory
from django.db import connection, models

from office.actors import Actor

M = TypeVar("M", bound=type[models.Model])

UPDATE = "update"
DELETE = "delete"


def keep_history(*, leave_out: Sequence[str] = ()) -> Callable[[M], M]:
    """Keep what a row said before each change, but for the columns of `leave_out`."""

    def track(model: M) -> M:
        name = model._meta.verbose_name  # noqa: SLF001
        tracked: M = pghistory.track(
            pghistory.UpdateEvent(UPDATE, row=pghistory.Old),
            pghistory.DeleteEvent(DELETE),
            exclude=list(leave_out),
            context_field=pghistory.ContextJSONField(),
            context_id_field=None,  # type: ignore[arg-type]
            obj_field=pghistory.ObjForeignKey(related_name="history", related_query_name="+"),
            meta={
                "verbose_name": f"{name}变更",
                "verbose_name_plural": f"{name}变更",
                "default_permissions": (),
            },
        )(model)
        return tracked

    return track


def name_actor(by: Actor) -> None:
    """Put the actor's name on every change of this transaction, in whatever process it runs."""
    # Where a request is being answered, its middleware says so before each statement.
    pghistory.context(actor=by.label)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_metadata', %s, true)",
            [json.dumps({"actor": by.label, "origin": by.origin}, ensure_ascii=False)],
        )


def is_kept(model: type[models.Model]) -> bool:
    """Whether the table's changes are kept."""
    return hasattr(model, "pgh_event_model")


def event_model(model: type[models.Model]) -> Any:
    """The table that keeps the changes of this one."""
    return model.pgh_event_model  # type: ignore[attr-defined]
