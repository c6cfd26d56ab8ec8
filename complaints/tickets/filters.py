"""Filters of the ticket list, with the same conditions as the front page."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.hand_overs.open_hand_overs import REPLIED
from complaints.waiting import (
    LIVE,
    MENDED,
    NOTED,
    PAUSED,
    UNASSIGNED,
    WAITING_ENQUIRIES,
    due_soon,
    due_today,
    overdue,
    owed_call_backs,
)
from office.requests import user_of


class DueFilter(SimpleListFilter):
    """A filter by the state of the promise; it sorts the list by due time."""

    title = _("到期情况")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [
            ("overdue", str(_("已超时"))),
            ("soon", str(_("两小时内到期"))),
            ("today", str(_("今天到期"))),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        conditions = {"overdue": overdue, "soon": due_soon, "today": due_today}
        condition = conditions.get(self.value() or "")
        return queryset.filter(condition(timezone.now())) if condition else queryset


class WorkFilter(SimpleListFilter):
    """A filter by the work that is still to be done."""

    title = _("待办")
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [
            ("live", str(_("未办结"))),
            ("unassigned", str(_("待派工"))),
            ("mended", str(_("已修复待办结"))),
            ("enquiries", str(_("待答复的咨询"))),
            ("replied", str(_("部门已答复"))),
            ("paused", str(_("暂停计时中"))),
            ("noted", str(_("暂停、并单或办结后用户有补充"))),
            ("call_back", str(_("待回访"))),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        conditions: dict[str, Q] = {
            "live": LIVE,
            "unassigned": UNASSIGNED,
            "mended": MENDED,
            "enquiries": WAITING_ENQUIRIES,
            "replied": REPLIED,
            "paused": PAUSED,
            "noted": NOTED,
        }
        if self.value() == "call_back":
            return owed_call_backs(queryset)
        condition = conditions.get(self.value() or "")
        return queryset.filter(condition) if condition is not None else queryset


class MineFilter(SimpleListFilter):
    """A filter by the user's own part in the ticket."""

    title = _("我经手的")
    parameter_name = "mine"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [
            ("entered", str(_("我受理的"))),
            ("assigned", str(_("我派工的"))),
            ("crew", str(_("我的班组"))),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        user = user_of(request)
        if self.value() == "entered":
            return queryset.filter(entered_by=user)
        if self.value() == "assigned":
            return queryset.filter(assigned_by=user)
        if self.value() == "crew":
            return queryset.filter(crew__in=list(user.crews.values_list("pk", flat=True)))
        return queryset
