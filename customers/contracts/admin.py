"""The screen of supply contracts: their terms, papers and what can be drawn up for them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.contracts.expiring import expiring_contracts, last_papers
from customers.contracts.papers import (
    MAIN_KINDS,
    draw_up_contract,
    draw_up_transfer,
    former_contract,
    next_start,
    revoked_papers,
)
from customers.models import ContractPaper, ContractSignature, SupplyContract
from office.actors import Actor
from office.calendar import business_date
from office.forms.day_field import DayField
from office.lists.filters import ChosenRecordFilter, CompanyFilter
from office.papers.revocation import revocation_of
from office.requests import user_of
from office.screens.records import RecordAdmin, RecordInline, Verb


class DrawUpForm(forms.Form):
    """From which day on the new term runs."""

    starts = DayField(label=_("生效日期"), help_text=_("合同期限从这一天起，按合同文本的年限计算"))


class DrawUpVerb(Verb):
    """The button of a new contract paper, which proposes the day after the last term."""

    def empty_form(self, record: SupplyContract) -> forms.Form | None:
        today = business_date(timezone.now())
        return DrawUpForm(initial={"starts": next_start(record, today)})


def _draw_up(contract: Any, values: Mapping[str, Any], by: Actor, at: datetime) -> object:
    return draw_up_contract(contract, values["starts"], by=by, at=at)


class TermFilter(admin.SimpleListFilter):
    """Filters by the term of the contract's last paper."""

    title = _("合同期限")
    parameter_name = "term"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return [
            ("expiring", _("到期待续")),
            ("running", _("期限内")),
            ("none", _("没有合同文书")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        valid = ContractPaper.objects.filter(
            supply_contract=OuterRef("pk"), kind__in=MAIN_KINDS
        ).exclude(pk__in=revoked_papers())
        match self.value():
            case "expiring":
                return queryset.filter(
                    pk__in=expiring_contracts(user_of(request), now).values("pk")
                )
            case "running":
                last = last_papers().filter(ends__gte=business_date(now))
                return queryset.filter(Exists(last.filter(supply_contract=OuterRef("pk"))))
            case "none":
                return queryset.filter(~Exists(valid), ends__isnull=True)
            case _:
                return queryset


class ContractPaperInline(RecordInline):
    """The papers of a contract, the latest first."""

    model = ContractPaper
    verbose_name_plural = pgettext_lazy("plural", "合同文书")
    ordering = ["-pk"]
    fields = ["paper_number", "kind", "starts", "ends", "standing", "drawn_on"]
    readonly_fields = ["paper_number", "standing"]
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("signature")

    @admin.display(description=_("编号"))
    def paper_number(self, paper: ContractPaper) -> SafeString:
        page = reverse("admin:customers_contractpaper_change", args=[paper.pk])
        return format_html('<a href="{}">{}</a>', page, paper.number)

    @admin.display(description=_("状态"))
    def standing(self, paper: ContractPaper) -> str:
        if isinstance(getattr(paper, "signature", None), ContractSignature):
            return str(_("已签署"))
        return str(_("已作废") if revocation_of(paper) else _("待签署"))


@admin.register(SupplyContract)
class SupplyContractAdmin(RecordAdmin):
    list_display = ["number", "account", "customer", "charging", "starts", "ends", "company"]
    list_select_related = ["account", "customer", "company"]
    list_filter = [CompanyFilter, TermFilter, "charging", ("customer", ChosenRecordFilter)]
    search_fields = ["number__startswith", "account__number__startswith"]
    search_help_text = _("合同编号或户号开头")
    ordering = ["pk"]
    inlines = [ContractPaperInline]
    fields = [
        "number",
        "account",
        "customer",
        "payer",
        "charging",
        "meter_number",
        "signed_on",
        "starts",
        "ends",
        "company",
    ]
    verbs = (
        DrawUpVerb(
            "draw_up_contract",
            _("拟订合同"),
            "customers.draw_up_contract",
            _draw_up,
            _("合同已拟订，请打印后签署。"),
            form=DrawUpForm,
            look="button-primary",
            allowed=lambda contract: contract.ends is None,
        ),
        Verb(
            "draw_up_transfer",
            _("拟订过户协议"),
            "customers.draw_up_contract",
            lambda contract, values, by, at: draw_up_transfer(contract, by=by, at=at),
            _("过户协议已拟订，请打印后签署。"),
            allowed=lambda contract: (
                contract.ends is None and former_contract(contract) is not None
            ),
        ),
    )
