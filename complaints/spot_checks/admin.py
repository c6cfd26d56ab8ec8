"""Spot checks on screen: the plan, its draw with the explanation, and the result of every flat."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models import SkipReason, SpotCheckItem, SpotCheckPlan, TemperatureTest
from complaints.models.spot_check import POSITIONS
from complaints.spot_checks.operations import (
    Size,
    draw_spot_checks,
    link_spot_check,
    plan_spot_checks,
    skip_spot_check,
)
from complaints.spot_checks.progress import progress_of
from office import journal
from office.dates import moment_text
from office.forms.company_choice import CompanyField
from office.forms.day_field import DayField
from office.forms.typed_numbers import read_number
from office.lists.filters import ChosenRecordFilter, CompanyFilter
from office.models import User
from office.requests import actor_of, user_of
from office.screens.form_page import form_page
from office.screens.records import RecordAdmin, Verb, attempt

MOST_SHOWN = 100


class PlanForm(forms.Form):
    company = CompanyField()
    title = forms.CharField(label=_("名称"), max_length=80, help_text=_("如 2026 年 1 月室温抽测"))
    starts_on = DayField(label=_("开始日期"))
    ends_on = DayField(label=_("结束日期"))
    flats = forms.IntegerField(
        label=_("户数"), required=False, min_value=1, help_text=_("户数和占比二者选一")
    )
    share_percent = forms.DecimalField(
        label=_("占比 %"), required=False, max_digits=5, decimal_places=2
    )

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        field: Any = self.fields["company"]
        field.offer(user)


class SkipForm(forms.Form):
    reason = forms.ChoiceField(label=_("未测原因"), choices=SkipReason.choices)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


class SettledFilter(SimpleListFilter):
    """A filter by result: still to be measured, measured, or not measured for a reason."""

    title = _("进度")
    parameter_name = "settled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [
            ("open", str(_("待测"))),
            ("tested", str(_("已测"))),
            ("skipped", str(_("未测"))),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "open":
            return queryset.filter(settled_at__isnull=True)
        if self.value() == "tested":
            return queryset.filter(test__isnull=False)
        return queryset.exclude(skip_reason="") if self.value() == "skipped" else queryset


@admin.register(SpotCheckPlan)
class SpotCheckPlanAdmin(RecordAdmin):
    record_page = "complaints/spot_checks/spot_check_plan.html"
    list_display = ["title", "company", "starts_on", "ends_on", "size", "drawn_at", "planned_by"]
    list_select_related = ["company", "planned_by"]
    list_filter = [CompanyFilter]
    search_fields = ["title"]
    ordering = ["-pk"]
    verbs = (
        Verb(
            "draw_spot_checks",
            _("抽取"),
            "complaints.draw_spot_checks",
            lambda plan, values, by, at: draw_spot_checks(plan, by=by, at=at),
            _("已抽取，名单不能再改。"),
            question=_("抽取只有一次，按换热站和楼层位置分层随机抽取。"),
            look="button-primary",
            allowed=lambda plan: plan.drawn_at is None,
        ),
    )

    @admin.display(description=_("抽测数量"))
    def size(self, plan: SpotCheckPlan) -> str:
        return size_of(plan)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm("complaints.plan_spot_checks")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        user = user_of(request)
        form = PlanForm(user, request.POST) if request.method == "POST" else PlanForm(user)
        return form_page(
            self,
            request,
            form,
            lambda values: plan_spot_checks(
                values["company"],
                values["title"],
                Size(values["flats"], values["share_percent"]),
                starts_on=values["starts_on"],
                ends_on=values["ends_on"],
                by=actor_of(request),
                at=timezone.now(),
            ),
            "complaints/spot_checks/plan_spot_checks.html",
            title=_("制定抽测计划"),
        )

    def record_context(self, request: HttpRequest, plan: SpotCheckPlan) -> dict[str, Any]:
        items = plan.items.select_related("account__premise", "test")
        open_items = items.filter(settled_at__isnull=True)
        return {
            "title": plan.title,
            "size": size_of(plan),
            "progress": progress_of(plan),
            "positions": [name for _position, name in POSITIONS],
            "stations": _by_station(plan),
            "open_items": list(open_items[:MOST_SHOWN]),
            "may_record": user_of(request).has_perm("complaints.record_temperature_test"),
            "timeline": journal.timeline(plan)[:30],
        }


@admin.register(SpotCheckItem)
class SpotCheckItemAdmin(RecordAdmin):
    record_page = "complaints/spot_checks/spot_check_item.html"
    list_display = ["ordinal", "account", "address", "station", "position", "result", "plan"]
    list_select_related = ["account__premise", "plan", "test"]
    list_filter = [("plan", ChosenRecordFilter), SettledFilter, "position", CompanyFilter]
    search_fields = ["account__number__exact"]
    search_help_text = _("完整的户号")
    ordering = ["plan", "ordinal"]
    verbs = (
        Verb(
            "skip_spot_check",
            _("登记未测"),
            "complaints.skip_spot_check",
            lambda item, values, by, at: skip_spot_check(
                item, SkipReason(values["reason"]), values["note"], by=by, at=at
            ),
            _("已登记未测原因。"),
            form=SkipForm,
            allowed=lambda item: item.settled_at is None,
        ),
    )

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup == "plan__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("地址"))
    def address(self, item: SpotCheckItem) -> str:
        return item.account.premise.address

    @admin.display(description=_("结果"))
    def result(self, item: SpotCheckItem) -> str:
        if item.test is not None:
            return moment_text(item.test.tested_at, timezone.localdate())
        return item.get_skip_reason_display()

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.link_spot_check_view)
        name = self._url_name("link_spot_check")
        return [path("<int:pk>/link_spot_check/", view, name=name), *super().get_urls()]

    def link_spot_check_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Links a test that was recorded separately to this flat of the plan."""
        item: SpotCheckItem = self.record(request, pk)
        if not user_of(request).has_perm("complaints.link_spot_check"):
            raise PermissionDenied
        if request.method == "POST":
            tests = TemperatureTest.objects.visible_to(user_of(request))
            test = get_object_or_404(tests, pk=read_number(request.POST.get("test")))
            attempt(
                request,
                lambda: link_spot_check(item, test, by=actor_of(request), at=timezone.now()),
                _("已关联测温结果。"),
            )
        return HttpResponseRedirect(self.record_url(item))

    def record_context(self, request: HttpRequest, item: SpotCheckItem) -> dict[str, Any]:
        user = user_of(request)
        fitting = TemperatureTest.objects.filter(
            account=item.account,
            spot_check__isnull=True,
            tested_at__date__range=(item.plan.starts_on, item.plan.ends_on),
        )
        links = item.settled_at is None and user.has_perm("complaints.link_spot_check")
        record = reverse("admin:complaints_temperaturetest_add")
        return {
            "title": str(item),
            "record_address": f"{record}?spot_check={item.pk}"
            if item.settled_at is None and user.has_perm("complaints.record_temperature_test")
            else "",
            "fitting": list(fitting.order_by("-pk")[:10]) if links else [],
        }


def size_of(plan: SpotCheckPlan) -> str:
    """Returns how many flats the plan asks for, as a number or a share."""
    if plan.flats is not None:
        return str(_("%(flats)s 户")) % {"flats": plan.flats}
    return f"{plan.share_percent} %"


def _by_station(plan: SpotCheckPlan) -> list[tuple[str, list[dict[str, Any] | None]]]:
    """Returns the layers as one row per station and one column per position."""
    rows: dict[str, dict[str, dict[str, Any]]] = {}
    for layer in plan.layers:
        rows.setdefault(layer["station"], {})[layer["position"]] = layer
    return [
        (station, [layers.get(position) for position, _name in POSITIONS])
        for station, layers in rows.items()
    ]
