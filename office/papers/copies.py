"""Prints of a paper: the first is the original, every later one a numbered copy."""

from datetime import datetime
from typing import TypeVar

from django.db import models

from office import journal
from office.actors import Actor

M = TypeVar("M", bound=models.Model)


def count_print(record: M, action: str, *, number: str, by: Actor, at: datetime) -> int:
    """Records one print of a paper and returns its copy number; the original is 0.

    A step of the operation `action`, which authorises. The journal is the count.
    """
    # Two prints at the same moment must not both be the original.
    type(record)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=record.pk)  # noqa: SLF001
    copy: int = journal.timeline(record).filter(action=action).count()
    journal.record(action, record, by=by, at=at, number=number, copy=copy)
    return copy


def copy_mark(copy: int) -> str:
    """Returns the mark printed on a copy, 副本 n; the original has none."""
    return f"副本 {copy}" if copy else ""
