"""The true times of a visit's steps: never before the previous step."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from complaints.models import Visit
from office.promises.entries import true_time
from office.refusals import Refused
from office.zone import SHANGHAI


def last_step_of(visit: Visit) -> datetime:
    """Returns the time of the latest step of the visit."""
    steps = (visit.accepted_at, visit.departed_at, visit.arrived_at, visit.found_at)
    return max([visit.assigned_at, *(step for step in steps if step is not None)])


def step_time(visit: Visit, happened_at: datetime | None, at: datetime) -> datetime:
    """Returns the true time of a step; refuses a time before that of the previous step."""
    true_instant, previous_step = true_time(happened_at, at), last_step_of(visit)
    if true_instant < previous_step:
        raise Refused(
            "before_last_step",
            _("这一步的时间 %(when)s 早于上一步 %(last)s，请核对手机时间后重新提交。"),
            when=f"{true_instant.astimezone(SHANGHAI):%m-%d %H:%M}",
            last=f"{previous_step.astimezone(SHANGHAI):%m-%d %H:%M}",
        )
    return true_instant
