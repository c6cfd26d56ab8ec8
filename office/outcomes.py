"""Outcomes of operations for every page that answers a refusal itself, ours and the customers'.

Only here a screen catches `Refused`: a lock that was not free in time and a value too long for its
column are refusals too, and a page that caught refusals on its own would answer them with 500.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django import forms
from django.db import DatabaseError

from office.locks.database_refusals import refusal_of
from office.refusals import Refused

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What a form or an operation came to: a result, a refusal, or neither for an invalid form."""

    result: T | None = None
    refusal: Refused | None = None

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows the form again."""
        return self.refusal.status if self.refusal else 422

    def sentence(self, form: forms.BaseForm) -> str:
        """Returns why nothing was done: the refusal, else the first fault of the form."""
        if self.refusal is not None:
            return self.refusal.sentence
        return next((str(fault) for faults in form.errors.values() for fault in faults), "")


def carry_out(form: forms.Form, operation: Callable[[Mapping[str, Any]], T]) -> Outcome[T]:
    """Validates the form and runs the operation with its values; a refusal becomes the outcome."""
    if not form.is_valid():
        return Outcome()
    return outcome_of(lambda: operation(form.cleaned_data))


def outcome_of(operation: Callable[[], T]) -> Outcome[T]:
    """Runs the operation; a refusal, also one that the database caused, becomes the outcome."""
    try:
        return Outcome(operation())
    except Refused as refusal:
        return Outcome(refusal=refusal)
    except DatabaseError as error:
        if (caused := refusal_of(error)) is None:
            raise
        return Outcome(refusal=caused)
