"""The tasks of dunning that wait for a person: calls, visits and posters without a result."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.models import DunningChannel, DunningNotice
from office.models import User

OPEN_TASK = ~Q(channel=DunningChannel.SMS) & Q(recorded_at__isnull=True)


def open_tasks(user: User, at: datetime) -> QuerySet[DunningNotice]:
    """Returns the tasks of the user's companies without a result, the oldest first."""
    tasks = DunningNotice.objects.visible_to(user).filter(OPEN_TASK)
    return tasks.select_related("contract__account").order_by("noticed_at", "pk")


class TaskFilter(SimpleListFilter):
    """Limits the list to tasks that wait for a person; the front page counts the same ones."""

    title = _("待办")
    parameter_name = "task"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [("open", str(_("待登记结果")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(OPEN_TASK) if self.value() == "open" else queryset
