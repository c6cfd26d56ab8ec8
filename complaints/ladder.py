"""Who is told when a promise runs out: the same ladder for every clock of a ticket."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from office.language import Text


class Clock(StrEnum):
    """The three clocks of a ticket: our promise, the government line's deadline, the call-back."""

    PROMISE = "promise"
    OUTSIDE = "outside"
    CALL_BACK = "call_back"


@dataclass(frozen=True)
class Rung:
    """From `minutes` after the due time (before it, when negative) `role` is told."""

    step: str
    label: Text
    minutes: int
    role: str

    @property
    def offset(self) -> timedelta:
        return timedelta(minutes=self.minutes)


# Keys and names of roles as in heating/roles.py, whose groups bear the names; a test keeps them so.
ROLES = {"dispatcher": gettext_noop("调度"), "service_manager": gettext_noop("客服主管")}
LADDER = (
    Rung("due_soon", _("即将超时"), -120, "dispatcher"),
    Rung("breached", _("已超时"), 0, "service_manager"),
    Rung("breached_a_day", _("超时一天"), 24 * 60, "service_manager"),
)


def role_name(role: str) -> str:
    """Who is told, in the reader's language."""
    return gettext(ROLES.get(role, role))
