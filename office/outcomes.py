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
    """Validates the form and runs the operation with its values; a refusal becomes the outcome.

    An invalid form gets the cursor into its first field with a fault.
    """
    if not form.is_valid():
        focus_first_fault(form)
        return Outcome()
    return outcome_of(lambda: operation(form.cleaned_data))


def focus_first_fault(form: forms.BaseForm) -> None:
    """Puts the cursor into the first field with a fault, also on pages without a script.

    A refused form without such a field keeps the cursor where the page itself puts it.
    """
    faulty = [bound for bound in form.visible_fields() if bound.name in form.errors]
    if not faulty:
        return
    # The browser takes the first of several fields: no other one may ask for the cursor.
    for field in form.fields.values():
        field.widget.attrs.pop("autofocus", None)
    faulty[0].field.widget.attrs["autofocus"] = True


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
