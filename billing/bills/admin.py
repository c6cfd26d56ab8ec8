"""The screens of bills, which are frozen, explained line by line and printed as notices."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from billing.bills.explain import explained_lines, with_lines
from billing.bills.printed import printed_bill
from billing.ledger.open_bills import with_open_amount
from billing.models import Bill
from billing.seasons.filters import SeasonFilter
from customers.models import Account
from office.lists.filters import CompanyFilter
from office.lists.list_columns import MoneyColumn
from office.requests import actor_of, user_of
from office.screens.records import RecordAdmin


@admin.register(Bill)
class BillAdmin(RecordAdmin):
    list_display = ["number", "season", "kind", "account_number", "customer_name", "amount", "left"]
    list_select_related = ["season"]
    list_filter = [CompanyFilter, SeasonFilter, "kind"]
    search_fields = ["number"]
    search_help_text = _("完整的账单号或户号")
    ordering = ["-pk"]
    sortable_by = ()
    record_page = "billing/bills/bill_page.html"

    amount = MoneyColumn("amount_fen", _("应缴（元）"))
    left = MoneyColumn("open_fen", _("未缴（元）"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_open_amount(super().get_queryset(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Finds bills by whole number, or all bills of an account by its whole number."""
        # PostgreSQL refuses a text with NUL: without this the search would answer with an error.
        term = search_term.strip().replace("\x00", "")
        if not term:
            return queryset, False
        # The accounts are looked up first, so that the bills are read by their index on the account
        # and not by a join over all partitions.
        accounts = Account.objects.visible_to(user_of(request)).filter(number=term)
        ids = list(accounts.values_list("pk", flat=True))
        return queryset.filter(Q(number=term) | Q(account__in=ids)), False

    def record_context(self, request: HttpRequest, record: Bill) -> dict[str, Any]:
        user = user_of(request)
        bill = with_lines(Bill.objects.filter(pk=record.pk)).get()
        corrections = Bill.objects.filter(adjustment__corrects=record.pk).order_by("pk")
        return {
            "title": record.number,
            "lines": explained_lines(bill),
            "adjustment": bill.adjustment,
            "corrected": bill.adjustment.corrects if bill.adjustment else None,
            "corrections": with_open_amount(corrections),
            "may_print": user.has_perm("billing.print_bill"),
            "may_draft": bill.adjustment is None and user.has_perm("billing.draft_adjustment"),
        }

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.print_view)
        name = "billing_bill_print_bill"
        return [path("<int:pk>/print_bill/", view, name=name), *super().get_urls()]

    def print_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Sends the payment notice as PDF."""
        bill: Bill = self.record(request, pk)
        if not user_of(request).has_perm("billing.print_bill"):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseRedirect(self.record_url(bill))
        return printed_bill(bill, actor_of(request))
