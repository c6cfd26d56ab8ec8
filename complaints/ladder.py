"""The ladder of escalations: which role is notified how long before or after a due time."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from office.clock.ladder import Rung
from office.roles import Role


class Clock(StrEnum):
    """The three clocks of a ticket: our promise, the government line's deadline, the call-back."""

    PROMISE = "promise"
    OUTSIDE = "outside"
    CALL_BACK = "call_back"


LADDER = (
    Rung("due_soon", _("即将超时"), -120, Role.DISPATCHER),
    Rung("breached", _("已超时"), 0, Role.SERVICE_MANAGER),
    Rung("breached_a_day", _("超时一天"), 24 * 60, Role.SERVICE_MANAGER),
)
