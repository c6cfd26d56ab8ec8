"""An escalation ladder: which role hears of a due time, and from when. Pure, without content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

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
    (step, due time) once. `complaints/escalations/operations.py` says the same in SQL.
    """
    passed = [rung for rung in ladder if due_at + rung.offset < at]
    return passed[-1] if passed else None
