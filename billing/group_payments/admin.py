"""The screens of papers that pay for several accounts: the list, the page, and entering one."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.counter.large_payments import ask_large_payment
from billing.counter.pages import open_shift_of
from billing.group_payments.forms import GroupPaymentForm, paper_of, slip_of
from billing.group_payments.operations import spread_card, spread_transfer
from billing.group_payments.pages import SpreadPage, spread
from billing.group_payments.parts import Part, preview_parts, read_parts
from billing.models import GroupPayment, Method
from office import journal
from office.lists.filters import CompanyFilter
from office.lists.list_columns import MoneyColumn
from office.models import Company
from office.refusals import Invalid
from office.requests import actor_of, user_of
from office.screens.records import RecordAdmin, attempt

MAY_SPREAD = ("billing.enter_transfer", "billing.take_card")


@admin.register(GroupPayment)
class GroupPaymentAdmin(RecordAdmin):
    record_page = "billing/group_payments/group_payment.html"
    list_display = [
        "business_date",
        "payer_name",
        "method",
        "amount",
        "part_count",
        "reference",
        "entered_by",
        "company",
    ]
    list_display_links = ["business_date", "payer_name"]
    list_select_related = ["entered_by", "company"]
    list_filter = [CompanyFilter, "method", "business_date"]
    search_fields = ["payer_name__exact", "reference__exact", "parts__receipt__number__exact"]
    search_help_text = _("完整的付款单位、凭证号或其中一户的收据号")
    ordering = ["-pk"]

    amount = MoneyColumn("amount_fen", _("金额（元）"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        user = user_of(request)
        return any(user.has_perm(permission) for permission in MAY_SPREAD)

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "ask_large_payment/",
                self.admin_site.admin_view(self.ask_large),
                name="billing_grouppayment_ask_large_payment",
            ),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Takes a paper with its accounts: previews first, books when that is confirmed."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return spread(request, self._page(request), self._form(request))

    def ask_large(self, request: HttpRequest) -> HttpResponse:
        """Asks a supervisor to approve the paper's amount, for its first account."""
        if not user_of(request).has_perm("billing.ask_large_payment"):
            raise PermissionDenied
        form, page = self._form(request), self._page(request)
        if not form.is_bound or not form.is_valid():
            return HttpResponseRedirect(reverse("admin:billing_grouppayment_add"))
        values = form.cleaned_data

        def ask() -> object:
            typed = read_parts(values["parts"])
            preview = preview_parts(page.company_of(values), typed, timezone.now())
            parts = preview.parts({})
            if not parts:
                raise Invalid("no_parts", _("请填写每户的户号和金额。"))
            return ask_large_payment(
                parts[0].contract,
                method=_method(values),
                amount_fen=values["amount"],
                by=actor_of(request),
                at=timezone.now(),
            )

        attempt(request, ask, _("已提请主管核准，本次没有入账；核准后在本页再入账。"))
        return spread(request, page, form)

    def record_context(self, request: HttpRequest, record: GroupPayment) -> dict[str, Any]:
        parts = record.parts.select_related(
            "contract__account", "contract__customer", "receipt"
        ).order_by("pk")
        return {
            "title": str(record),
            "parts": parts[:500],
            "may_print": user_of(request).has_perm("billing.print_receipt"),
            "timeline": journal.timeline(record)[:30],
        }

    def _form(self, request: HttpRequest) -> GroupPaymentForm:
        user = user_of(request)
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        return GroupPaymentForm(user, open_shift_of(user), *sent)

    def _page(self, request: HttpRequest) -> SpreadPage:
        shift = open_shift_of(user_of(request))

        def company_of(values: Mapping[str, Any]) -> Company:
            company: Company = (
                shift.company if values["method"] == "card" and shift else None
            ) or values["bank_account"].company
            return company

        def book(values: Mapping[str, Any], parts: Sequence[Part]) -> GroupPayment:
            by, at = actor_of(request), timezone.now()
            paper = paper_of(values, values["amount"])
            if values["method"] == "card":
                return spread_card(company_of(values), paper, parts, slip_of(values), by=by, at=at)
            return spread_transfer(
                company_of(values),
                paper,
                parts,
                bank_account=values["bank_account"],
                bank_reference=values["bank_reference"],
                value_date=values["value_date"],
                by=by,
                at=at,
            )

        return SpreadPage(
            title=_("登记一笔多户"),
            back=reverse("admin:billing_grouppayment_changelist"),
            company_of=company_of,
            amount_of=lambda values: int(values["amount"]),
            book=book,
        )


def _method(values: Mapping[str, Any]) -> Method:
    return Method.CARD if values["method"] == "card" else Method.TRANSFER
