"""The work of dunning that waits for a person: tasks without a result, and broken plans."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.dunning.standings import only_broken
from billing.ledger.open_bills import with_open_amount
from billing.models import Bill, DunningChannel, DunningNotice, InstalmentPlan
from office.calendar import business_date
from office.models import User


def with_open_debt(notices: QuerySet[DunningNotice]) -> QuerySet[Any]:
    """Annotates each notice with `is_owed`: whether something is open on its oldest late bill.

    A task closes by itself when that bill is paid: nobody has to call any more.
    """
    bills = with_open_amount(Bill.objects.filter(pk=OuterRef("oldest_bill_id")))
    return notices.annotate(is_owed=Exists(bills.filter(open_fen__gt=0)))


def only_open_tasks(notices: QuerySet[DunningNotice]) -> QuerySet[DunningNotice]:
    """Returns the calls, visits and posters that wait for a result while the debt is open."""
    without_result = ~Q(channel=DunningChannel.SMS) & Q(recorded_at__isnull=True)
    return with_open_debt(notices.filter(without_result)).filter(is_owed=True)


def open_tasks(user: User, at: datetime) -> QuerySet[DunningNotice]:
    """Returns the tasks of the user's companies without a result, the oldest first."""
    tasks = only_open_tasks(DunningNotice.objects.visible_to(user))
    return tasks.select_related("contract__account").order_by("noticed_at", "pk")


def broken_plans(user: User, at: datetime) -> QuerySet[InstalmentPlan]:
    """Returns the broken plans of the user's companies that nobody has cancelled: somebody has to
    talk to the customer or to end the plan.
    """
    broken = only_broken(InstalmentPlan.objects.visible_to(user), on=business_date(at))
    return broken.select_related("contract__account").order_by("pk")


class TaskFilter(SimpleListFilter):
    """Limits the list to tasks that wait for a person; the front page counts the same ones."""

    title = _("待办")
    parameter_name = "task"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [("open", str(_("待登记结果")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return only_open_tasks(queryset) if self.value() == "open" else queryset


class BrokenPlanFilter(SimpleListFilter):
    """Limits the list to broken plans; the front page counts the same ones."""

    title = _("进度")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [("broken", str(_("已违约")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "broken":
            return queryset
        return only_broken(queryset, on=business_date(timezone.now()))
