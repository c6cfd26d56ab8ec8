"""Column history: the database keeps the earlier values of a row and the name of who changed it.

Models whose values decide amounts of money are decorated with `@keep_history()`. A trigger keeps
the old row of every UPDATE that changes something and of every DELETE; an INSERT is not kept, so
that mass imports stay fast. History tables are append-only (`office.tables.append_only.protect`).
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
    """Keeps the earlier row at each change, without the columns named in `leave_out`."""

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
    """Names the actor of every change in this transaction, for the history triggers."""
    # During a request, the middleware of pghistory sends this context before each statement.
    pghistory.context(actor=by.label)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_metadata', %s, true)",
            [json.dumps({"actor": by.label, "origin": by.origin}, ensure_ascii=False)],
        )


def is_kept(model: type[models.Model]) -> bool:
    """Returns whether the table has a history."""
    return hasattr(model, "pgh_event_model")


def event_model(model: type[models.Model]) -> Any:
    """Returns the model of the table that keeps this one's history."""
    return model.pgh_event_model  # type: ignore[attr-defined]
