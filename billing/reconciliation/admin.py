"""The screens of reconciliation: the days, the page of one day, and its differences."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models import ChannelDay, ChannelDifference
from billing.reconciliation.channel_days import reconcile_wechat_day
from billing.reconciliation.operations import close_channel_day, explain_difference
from billing.states import CHANNEL_DAY, ChannelDayState
from office import journal
from office.forms.day_field import DayField
from office.lists.filters import ChosenRecordFilter, CompanyFilter
from office.lists.list_columns import MoneyColumn
from office.models import User
from office.refusals import NotFound
from office.requests import actor_of, user_of
from office.screens.form_records import FormAdmin
from office.screens.records import RecordAdmin, Verb

_SHOWN = 200


class DayForm(forms.Form):
    """The day that is to be compared."""

    day = DayField(label=_("日期"), help_text=_("昨天及以前；微信支付的账单次日十点以后可取"))


@admin.register(ChannelDay)
class ChannelDayAdmin(FormAdmin):
    permission = "billing.reconcile_channel_day"
    workflow = CHANNEL_DAY
    record_page = "billing/reconciliation/channel_day.html"
    list_display = [
        "day",
        "channel",
        "company",
        "provider",
        "books",
        "gap",
        "refunded",
        "fee",
        "open_count",
        "state",
    ]
    list_select_related = ["company"]
    list_filter = [CompanyFilter, "state", "channel", "day"]
    ordering = ["-day", "company"]
    verbs = (
        Verb(
            "reconcile_channel_day",
            _("重新核对"),
            "billing.reconcile_channel_day",
            lambda day, answers, by, at: reconcile_wechat_day(day.day, by=by, at=at),
            _("已重新核对。"),
            allowed=lambda day: day.state == ChannelDayState.OPEN,
        ),
        Verb(
            "close_channel_day",
            _("结清"),
            "billing.close_channel_day",
            lambda day, answers, by, at: close_channel_day(day, by=by, at=at),
            _("这一天已结清。"),
            question=_("结清后不能再说明或重新核对。"),
            look="button-primary",
        ),
    )

    provider = MoneyColumn("provider_fen", _("渠道收款（元）"))
    books = MoneyColumn("books_fen", _("账上收款（元）"))
    gap = MoneyColumn("day_gap_fen", _("相差（元）"))
    refunded = MoneyColumn("refunded_fen", _("渠道退款（元）"))
    fee = MoneyColumn("fee_fen", _("手续费（元）"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Adds what the provider received more than the books say."""
        rows: QuerySet[Any] = super().get_queryset(request)
        with_gap: QuerySet[Any] = rows.annotate(day_gap_fen=F("provider_fen") - F("books_fen"))
        return with_gap

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return DayForm(*args)

    def make(self, form: DayForm, request: HttpRequest) -> ChannelDay:
        days = reconcile_wechat_day(
            form.cleaned_data["day"], by=actor_of(request), at=timezone.now()
        )
        user = user_of(request)
        own = ChannelDay.objects.visible_to(user).filter(pk__in=[day.pk for day in days]).first()
        if own is None:
            raise NotFound(_("这一天本公司在该渠道没有收款，无需核对。"))
        return own

    def record_context(self, request: HttpRequest, record: ChannelDay) -> dict[str, Any]:
        differences = record.differences.select_related(
            "line", "payment__contract__account", "payment__connection", "explained_by"
        )
        present = list(differences.filter(gone_at=None).order_by("explained_at", "pk")[:_SHOWN])
        return {
            "title": str(record),
            # Those that nobody has explained come first.
            "differences": sorted(present, key=lambda row: row.explained_at is not None),
            "matched_count": record.provider_count - _unmatched(present),
            "gone": differences.exclude(gone_at=None).order_by("-gone_at")[:20],
            "timeline": journal.timeline(record)[:30],
        }


def _unmatched(differences: Sequence[ChannelDifference]) -> int:
    """Returns how many payments of the provider have a difference."""
    return sum(row.line is not None and row.line.kind == "payment" for row in differences)


class ExplanationForm(forms.Form):
    """Why a difference is as it should be."""

    explanation = forms.CharField(
        label=_("说明"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


@admin.register(ChannelDifference)
class ChannelDifferenceAdmin(RecordAdmin):
    record_page = "billing/reconciliation/difference.html"
    list_display = ["number", "kind", "day", "provider", "books", "explanation", "gone_at"]
    list_select_related = ["day"]
    list_filter = [("day", ChosenRecordFilter), "kind"]
    search_fields = ["number__exact"]
    search_help_text = _("完整的渠道流水号")
    ordering = ["-pk"]
    verbs = (
        Verb(
            "explain_difference",
            _("说明"),
            "billing.explain_difference",
            lambda difference, answers, by, at: explain_difference(
                difference, explanation=answers["explanation"], by=by, at=at
            ),
            _("已说明。"),
            form=ExplanationForm,
            look="button-primary",
            allowed=lambda difference: (
                difference.explained_at is None
                and difference.gone_at is None
                and difference.day.state == ChannelDayState.OPEN
            ),
        ),
    )

    provider = MoneyColumn("provider_fen", _("渠道金额（元）"))
    books = MoneyColumn("books_fen", _("账上金额（元）"))

    def record_context(self, request: HttpRequest, record: ChannelDifference) -> dict[str, Any]:
        return {
            "title": str(record),
            "back": reverse("admin:billing_channelday_change", args=[record.day_id]),
            "timeline": journal.timeline(record)[:30],
        }
