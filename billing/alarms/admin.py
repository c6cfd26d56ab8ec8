"""The screens of alarms about money, which are read and closed by a written decision."""

from django import forms
from django.contrib import admin
from django.db import models
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.alarms.filters import AlarmKindFilter, ResolvedFilter
from billing.alarms.operations import resolve_alarm
from billing.alarms.words import ALARM_KINDS, FACT_NAMES
from billing.models import Alarm, Attempt, Payment, Receipt
from office.lists.filters import CompanyFilter
from office.money import yuan_text
from office.screens.records import RecordAdmin, Verb


class ResolveAlarmForm(forms.Form):
    decision = forms.CharField(
        label=_("处理意见"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


@admin.register(Alarm)
class AlarmAdmin(RecordAdmin):
    list_display = ["raised_at", "sentence", "kind_name", "company", "resolved_at", "resolved_by"]
    list_display_links = ["raised_at", "sentence"]
    list_select_related = ["company", "resolved_by"]
    list_filter = [CompanyFilter, ResolvedFilter, AlarmKindFilter]
    ordering = ["-pk"]
    fields = [
        "sentence",
        "kind_name",
        "company",
        "summary",
        "leads_to",
        "raised_at",
        "resolved_at",
        "resolved_by",
        "decision",
    ]
    readonly_fields = ["kind_name", "summary", "leads_to"]
    verbs = (
        Verb(
            "resolve_alarm",
            _("处理"),
            "billing.resolve_alarm",
            lambda alarm, answers, by, at: resolve_alarm(
                alarm, decision=answers["decision"], by=by, at=at
            ),
            _("告警已处理。"),
            form=ResolveAlarmForm,
            look="button-primary",
            allowed=lambda alarm: alarm.resolved_at is None,
        ),
    )

    @admin.display(description=_("种类"), ordering="kind")
    def kind_name(self, alarm: Alarm) -> str:
        return str(ALARM_KINDS.get(alarm.kind, alarm.kind))

    @admin.display(description=_("情况"))
    def summary(self, alarm: Alarm) -> SafeString | str:
        lines = [
            (FACT_NAMES[name], yuan_text(value) if name.endswith("_fen") else value)
            for name, value in alarm.facts.items()
            if name in FACT_NAMES and value not in (None, "")
        ]
        return format_html_join("", "<p>{}　{}</p>", lines) or "—"

    @admin.display(description=_("相关记录"))
    def leads_to(self, alarm: Alarm) -> SafeString | str:
        """Returns links to the order that the alarm is about and to the money that waits for its
        decision.
        """
        number = alarm.facts.get("attempt") or alarm.facts.get("out_trade_no")
        attempt = (
            Attempt.objects.filter(number=number, intent__company=alarm.company_id).first()
            if number and alarm.company_id
            else None
        )
        if attempt is None:
            return "—"
        waiting = Payment.objects.filter(attempt=attempt, company=alarm.company_id)
        receipts = Receipt.objects.filter(payment__in=waiting).order_by("pk")
        account = attempt.intent.heat_contract.account
        links = [_link(attempt, _("线上订单 %(name)s") % {"name": attempt.number})]
        links += [
            _link(payment, _("收款 %(name)s 元") % {"name": yuan_text(payment.amount_fen)})
            for payment in waiting.order_by("pk")[:5]
        ]
        links += [_link(row, _("收据 %(name)s") % {"name": row.number}) for row in receipts[:5]]
        links.append(_link(account, _("户号 %(name)s") % {"name": account.number}))
        return format_html_join("", "<p>{}</p>", [(link,) for link in links])


def _link(record: models.Model, words: str) -> SafeString:
    meta = record._meta  # noqa: SLF001
    page = f"admin:{meta.app_label}_{meta.model_name}_change"
    look = "text-primary-600 dark:text-primary-500"
    return format_html(
        '<a class="{}" href="{}">{}</a>', look, reverse(page, args=[record.pk]), words
    )
