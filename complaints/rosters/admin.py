"""Duty rosters on screen: published for several days at once, withdrawn one by one."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models import Crew, DutyPeriod
from complaints.rosters.operations import Duty, publish_duty, withdraw_duty
from office.actors import Actor
from office.forms.moment_field import MomentField
from office.lists.filters import CompanyFilter
from office.lists.list_columns import flag
from office.models import User
from office.outcomes import carry_out
from office.requests import actor_of, user_of
from office.screens.records import RecordAdmin, Verb

MOST_DAYS = 31


class DutyForm(forms.Form):
    starts_at = MomentField(label=gettext_lazy("开始"))
    ends_at = MomentField(label=gettext_lazy("结束"))
    days = forms.IntegerField(
        label=gettext_lazy("连续天数"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=1,
        help_text=gettext_lazy("同样的时段连排几天；其中一天有重叠就都不排"),
    )
    members = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=gettext_lazy("值班人员"),
        widget=forms.CheckboxSelectMultiple,
    )
    phone = forms.CharField(label=gettext_lazy("值班电话"), max_length=20)

    def __init__(self, crew: Crew, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["members"]
        field.queryset = crew.members.filter(is_active=True).order_by("last_name", "first_name")


class WithdrawDutyForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("撤回原因"), max_length=200)


def _withdraw(duty: DutyPeriod, values: Mapping[str, Any], by: Actor, at: datetime) -> object:
    return withdraw_duty(duty, values["reason"], by=by, at=at)


@transaction.atomic
def _publish(crew: Crew, values: Mapping[str, Any], by: Actor, at: datetime) -> int:
    """Publishes one duty period per day, all of them or none."""
    for day in range(values["days"]):
        later = timedelta(days=day)
        duty = Duty(
            values["starts_at"] + later,
            values["ends_at"] + later,
            list(values["members"]),
            values["phone"],
        )
        publish_duty(crew, duty, by=by, at=at)
    return int(values["days"])


@admin.register(DutyPeriod)
class DutyPeriodAdmin(RecordAdmin):
    list_display = [
        *("crew", "starts_at", "ends_at", "people", "phone"),
        flag("withdrawn_at", gettext_lazy("已撤回")),
    ]
    list_select_related = ["crew"]
    list_filter = [CompanyFilter, "crew", "starts_at"]
    list_before_template = "complaints/rosters/_duty_crews.html"
    fields = [
        *("crew", "starts_at", "ends_at", "people", "phone", "published_by", "published_at"),
        *("withdrawn_by", "withdrawn_at", "withdrawn_why"),
    ]
    readonly_fields = ["people"]
    verbs = (
        Verb(
            "withdraw_duty",
            gettext_lazy("撤回"),
            "complaints.withdraw_duty",
            _withdraw,
            gettext_lazy("值班安排已撤回，可以另行排班。"),
            form=WithdrawDutyForm,
            look="button-danger",
            allowed=lambda duty: duty.withdrawn_at is None and duty.ends_at > timezone.now(),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("members")

    @admin.display(description=gettext_lazy("值班人员"))
    def people(self, duty: DutyPeriod) -> str:
        return "、".join(user.display_name for user in duty.members.all())

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        crews = Crew.objects.visible_to(user_of(request)).filter(active=True)
        return super().changelist_view(request, {**(extra_context or {}), "duty_crews": crews})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.publish_view)
        own = path("publish_duty/<int:pk>/", view, name="publish_duty")
        return [own, *super().get_urls()]

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows the form for one crew; after a refusal the typed text stays."""
        user = user_of(request)
        if not user.has_perm("complaints.publish_duty"):
            raise PermissionDenied
        crew = get_object_or_404(Crew.objects.visible_to(user).select_related("company"), pk=pk)
        form = DutyForm(crew, request.POST) if request.method == "POST" else DutyForm(crew)
        refusal, status = None, 200
        if request.method == "POST":
            outcome = carry_out(
                form, lambda values: _publish(crew, values, actor_of(request), timezone.now())
            )
            if outcome.result is not None:
                facts = {"crew": crew.name, "days": outcome.result}
                messages.success(request, _("%(crew)s的 %(days)s 天值班已发布。") % facts)
                return HttpResponseRedirect(reverse("admin:complaints_dutyperiod_changelist"))
            refusal, status = outcome.refusal, outcome.status
        page = self.page(
            request,
            "complaints/rosters/publish_duty.html",
            title=_("为%(crew)s排班") % {"crew": crew.name},
            crew=crew,
            form=form,
            refusal=refusal,
        )
        page.status_code = status
        return page
