"""The screens of metered heat: meters, readings, and the limits that hold readings back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.metering.filters import HeldFilter
from billing.metering.forms import (
    DecisionForm,
    InstallMeterForm,
    MeterReadingLimitForm,
    ReadingForm,
    RemoveMeterForm,
    ReplaceMeterForm,
    WithdrawalForm,
)
from billing.metering.limits import publish_meter_reading_limit
from billing.metering.meters import (
    FinalReading,
    NewMeter,
    install_meter,
    remove_meter,
    replace_meter,
)
from billing.metering.on_record import counted_readings, replaced_on
from billing.metering.panel import meter_panel
from billing.metering.readings import (
    confirm_meter_reading,
    record_meter_reading,
    refuse_meter_reading,
    withdraw_meter_reading,
)
from billing.models import (
    HeatUnit,
    Meter,
    MeterReading,
    MeterReadingLimit,
    ReadingKind,
    ReadingSource,
)
from customers.models import Account
from office import journal
from office.actors import Actor
from office.lists.filters import CompanyFilter
from office.models import User
from office.requests import actor_of
from office.screens.form_records import FormAdmin
from office.screens.panels import add_panel
from office.screens.records import RecordAdmin, Verb

add_panel(Account, meter_panel)


def _in_use(meter: Meter) -> bool:
    return not counted_readings(meter).filter(kind=ReadingKind.FINAL).exists()


def _replaceable(meter: Meter) -> bool:
    return _in_use(meter) and replaced_on(meter) is None


def _new_meter(answers: Mapping[str, Any]) -> NewMeter:
    """Returns the meter of a form's values."""
    return NewMeter(
        answers["number"],
        HeatUnit(answers["unit"]),
        answers["start"],
        answers["register_digits"],
        answers["factor"],
    )


def _final(answers: Mapping[str, Any]) -> FinalReading:
    """Returns the final reading of a form's values."""
    return FinalReading(answers["final"], answers["checked"])


def _record(meter: Meter, answers: Mapping[str, Any], by: Actor, at: datetime) -> MeterReading:
    return record_meter_reading(
        meter,
        answers["value"],
        read_on=answers["read_on"],
        source=ReadingSource(answers["source"]),
        by=by,
        at=at,
    )


def _replace(meter: Meter, answers: Mapping[str, Any], by: Actor, at: datetime) -> Meter:
    return replace_meter(
        meter,
        _final(answers),
        _new_meter(answers),
        on=answers["on"],
        source=answers["source"],
        by=by,
        at=at,
    )


def _remove(meter: Meter, answers: Mapping[str, Any], by: Actor, at: datetime) -> MeterReading:
    return remove_meter(
        meter, _final(answers), on=answers["on"], source=answers["source"], by=by, at=at
    )


@admin.register(Meter)
class MeterAdmin(FormAdmin):
    permission = "billing.install_meter"
    record_page = "billing/metering/meter.html"
    list_display = ["number", "account", "company", "unit", "installed_on", "source"]
    list_select_related = ["account", "company"]
    list_filter = [CompanyFilter, "unit"]
    search_fields = ["number__exact", "account__number__exact"]
    search_help_text = _("完整的表号或户号")
    verbs = (
        Verb(
            "record_meter_reading",
            _("抄表"),
            "billing.record_meter_reading",
            _record,
            _("读数已登记；超过限值的等待核实。"),
            form=ReadingForm,
            look="button-primary",
        ),
        Verb(
            "replace_meter",
            _("换表"),
            "billing.replace_meter",
            _replace,
            _("旧表已拆除，新表已登记。"),
            form=ReplaceMeterForm,
            allowed=_replaceable,
        ),
        Verb(
            "remove_meter",
            _("拆表"),
            "billing.remove_meter",
            _remove,
            _("热表已拆除。"),
            form=RemoveMeterForm,
            look="button-danger",
            allowed=_in_use,
        ),
    )

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return InstallMeterForm(user, *args)

    def make(self, form: forms.Form, request: HttpRequest) -> Meter:
        answers = form.cleaned_data
        return install_meter(
            answers["account"],
            _new_meter(answers),
            on=answers["on"],
            source=answers["source"],
            by=actor_of(request),
            at=timezone.now(),
        )

    def record_context(self, request: HttpRequest, record: Meter) -> dict[str, Any]:
        final = counted_readings(record).filter(kind=ReadingKind.FINAL).first()
        return {
            "title": record.number,
            "final": final,
            "replacement": Meter.objects.filter(replaces=record).first(),
            "readings": record.readings.select_related(
                "entered_by", "decision__decided_by", "withdrawal__withdrawn_by"
            ),
            "timeline": journal.timeline(record)[:30],
        }


@admin.register(MeterReading)
class MeterReadingAdmin(RecordAdmin):
    list_display = ["read_on", "meter", "account", "value", "unit", "kind", "source", "standing"]
    list_select_related = ["meter__account", "decision", "withdrawal"]
    list_filter = [HeldFilter, "kind", "source", CompanyFilter]
    search_fields = ["meter__number__exact", "meter__account__number__exact"]
    search_help_text = _("完整的表号或户号")
    fields = [
        *("meter", "account", "read_on", "value", "unit", "kind", "source"),
        *("held_reason", "standing", "decision_reason", "withdrawal_reason"),
        *("entered_by", "entered_at"),
    ]
    readonly_fields = ["account", "unit", "standing", "decision_reason", "withdrawal_reason"]
    verbs = (
        Verb(
            "confirm_meter_reading",
            _("确认读数"),
            "billing.confirm_meter_reading",
            lambda reading, answers, by, at: confirm_meter_reading(
                reading, reason=answers["reason"], by=by, at=at
            ),
            _("读数已确认，计入用热量。"),
            form=DecisionForm,
            look="button-primary",
            allowed=lambda reading: reading.is_waiting,
        ),
        Verb(
            "refuse_meter_reading",
            _("不采用"),
            "billing.refuse_meter_reading",
            lambda reading, answers, by, at: refuse_meter_reading(
                reading, reason=answers["reason"], by=by, at=at
            ),
            _("读数不采用。"),
            form=DecisionForm,
            allowed=lambda reading: reading.is_waiting,
        ),
        Verb(
            "withdraw_meter_reading",
            _("撤销读数"),
            "billing.withdraw_meter_reading",
            lambda reading, answers, by, at: withdraw_meter_reading(
                reading, reason=answers["reason"], by=by, at=at
            ),
            _("读数已撤销，请重新登记正确的读数。"),
            form=WithdrawalForm,
            look="button-danger",
            allowed=lambda reading: reading.counts,
        ),
    )

    @admin.display(description=_("户号"))
    def account(self, reading: MeterReading) -> str:
        return reading.meter.account.number

    @admin.display(description=_("计量单位"))
    def unit(self, reading: MeterReading) -> str:
        return reading.meter.unit

    @admin.display(description=_("状态"))
    def standing(self, reading: MeterReading) -> Any:
        return reading.standing

    @admin.display(description=_("核实情况"))
    def decision_reason(self, reading: MeterReading) -> str:
        decision = getattr(reading, "decision", None)
        return decision.reason if decision else ""

    @admin.display(description=_("撤销原因"))
    def withdrawal_reason(self, reading: MeterReading) -> str:
        withdrawal = getattr(reading, "withdrawal", None)
        if withdrawal is None:
            return ""
        return f"{withdrawal.reason}（{withdrawal.withdrawn_by.display_name}）"


@admin.register(MeterReadingLimit)
class MeterReadingLimitAdmin(FormAdmin):
    permission = "billing.publish_meter_reading_limit"
    list_display = ["effective_from", "company", "unit", "most_per_day", "source"]
    list_select_related = ["company"]
    list_filter = [CompanyFilter]
    fields = [
        *("company", "effective_from", "unit", "most_per_day", "source"),
        *("published_by", "published_at"),
    ]

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return MeterReadingLimitForm(user, *args)

    def make(self, form: forms.Form, request: HttpRequest) -> MeterReadingLimit:
        answers = form.cleaned_data
        return publish_meter_reading_limit(
            answers["company"],
            effective_from=answers["effective_from"],
            unit=HeatUnit(answers["unit"]),
            most_per_day=answers["most_per_day"],
            source=answers["source"],
            by=actor_of(request),
            at=timezone.now(),
        )
