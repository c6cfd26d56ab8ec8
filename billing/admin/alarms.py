"""Alarms about money: read, and closed by a written decision."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing.admin.filters import ResolvedFilter
from billing.models import Alarm
from billing.operations.alarms import resolve_alarm
from office.admin.filters import CompanyFilter
from office.admin.records import RecordAdmin, Verb


class ResolveAlarmForm(forms.Form):
    decision = forms.CharField(
        label=_("处理意见"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


@admin.register(Alarm)
class AlarmAdmin(RecordAdmin):
    list_display = ["raised_at", "sentence", "company", "resolved_at", "resolved_by"]
    list_display_links = ["raised_at", "sentence"]
    list_select_related = ["company", "resolved_by"]
    list_filter = [CompanyFilter, ResolvedFilter, "kind"]
    ordering = ["-pk"]
    fields = [
        "sentence",
        "kind",
        "company",
        "facts",
        "raised_at",
        "resolved_at",
        "resolved_by",
        "decision",
    ]
    verbs = (
        Verb(
            "resolve_alarm",
            _("处理"),
            "billing.resolve_alarm",
            lambda alarm, said, by, at: resolve_alarm(
                alarm, decision=said["decision"], by=by, at=at
            ),
            _("告警已处理。"),
            form=ResolveAlarmForm,
            look="button-primary",
            allowed=lambda alarm: alarm.resolved_at is None,
        ),
    )
