"""An escalation ladder: which role hears of a due time, and from when. Pure, without content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from office.language import Text
from office.roles import Role


@dataclass(frozen=True)
class Rung:
    """From `minutes` after the due time (before it, when negative) `role` is told."""

    step: str
    label: Text
    minutes: int
    role: Role

    @property
    def offset(self) -> timedelta:
        """Returns the time from the due time to the rung, negative before it."""
        return timedelta(minutes=self.minutes)


def rung_in_force(ladder: Sequence[Rung], due_at: datetime, at: datetime) -> Rung | None:
    """Returns the rung that is due at an instant; None before the first.

    A rung is due after its own instant, not at it, until the next one's instant. So a promise that
    is already breached when it is first seen is not also said to be due soon. The caller says each
    (step, due time) once. `DUE_RUNGS` says the same in SQL.
    """
    passed = [rung for rung in ladder if due_at + rung.offset < at]
    return passed[-1] if passed else None


# The rungs that are due of the rows `running` (with `due_at`), by the parameters of `due_rungs`:
# one statement finds them for every open promise of a table. The rungs of one promise never
# overlap, so each row comes once. A due time is breached after it, not at it.
DUE_RUNGS = """
JOIN unnest(%(steps)s::text[], %(roles)s::text[], %(begins)s::int[], %(ends)s::int[])
     AS rung (step, role, begins, ends)
  ON running.due_at + rung.begins * interval '1 minute' < %(at)s
 AND (rung.ends IS NULL OR running.due_at + rung.ends * interval '1 minute' >= %(at)s)
"""


def due_rungs(ladder: Sequence[Rung], at: datetime) -> dict[str, Any]:
    """Returns the parameters of `DUE_RUNGS`; `horizon` lies after every due time that matters."""
    return {
        "at": at,
        "horizon": at - ladder[0].offset,
        "steps": [rung.step for rung in ladder],
        "roles": [rung.role for rung in ladder],
        "begins": [rung.minutes for rung in ladder],
        "ends": [*(rung.minutes for rung in ladder[1:]), None],
    }
