"""The account page: customer and address, debts and payments, history, and the possible actions."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.account_desk.end_contract import end_contract_page
from billing.account_desk.filters import ArrearsFilter
from billing.account_desk.page import account_page
from billing.account_desk.transfer_ownership import transfer_ownership_page
from billing.ledger.open_bills import with_arrears
from customers.contracts.account_search import search_accounts
from customers.contracts.open_account import open_account_page
from customers.models import Account
from customers.people.revealing import Revealed, reveal_customer
from office.calendar import business_date
from office.documents.admin import documents_of
from office.documents.upload_form import UploadForm, attach_upload
from office.identity import mask_phone
from office.lists.filters import CompanyFilter
from office.lists.list_columns import MoneyColumn
from office.requests import actor_of, user_of
from office.screens.panels import panels_of
from office.screens.records import RecordAdmin, Verb, attempt

# How many accounts a search of the list finds at most.
MOST_LISTED = 500


class AttachDocumentForm(UploadForm):
    kind = forms.ChoiceField(
        label=_("种类"),
        choices=[
            ("contract", _("用热合同")),
            ("identity", _("证件")),
            ("application", _("申请")),
            ("photo", _("照片")),
            ("other", _("其它")),
        ],
    )
    field_order = ["kind", "title", "file"]


@admin.register(Account)
class AccountAdmin(RecordAdmin):
    list_display = ["number", "customer_name", "address", "arrears", "supply_state", "company"]
    list_select_related = ["premise", "company"]
    list_filter = [CompanyFilter, ArrearsFilter, "supply_state"]
    # The arrears of an account are the sum of its open bills: more would take seconds.
    most_counted = 5_000
    search_fields = ["number"]
    search_help_text = _("户号、户名、电话尾号、证件号或地址的任意部分")
    ordering = ["pk"]
    record_page = "billing/account_desk/account.html"
    list_before_template = "billing/account_desk/_open_account.html"
    verbs = (
        Verb(
            "attach_document",
            _("上传档案"),
            "office.attach_document",
            attach_upload,
            _("档案已上传。"),
            form=AttachDocumentForm,
        ),
    )

    @admin.display(description=_("户名"))
    def customer_name(self, account: Account) -> str:
        contracts = sorted(
            account.contracts.all(), key=lambda c: (c.ends is None, c.starts), reverse=True
        )
        return contracts[0].customer.name if contracts else ""

    arrears = MoneyColumn("arrears_fen", _("欠费（元）"))

    @admin.display(description=_("地址"))
    def address(self, account: Account) -> str:
        return account.premise.address

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("company", "premise")
        return with_arrears(rows.prefetch_related("contracts__customer"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        accounts = search_accounts(search_term, user_of(request), limit=MOST_LISTED)
        if accounts.cut:
            messages.warning(
                request, _("只列出最接近的 %(n)s 户，请输入更多内容。") % {"n": MOST_LISTED}
            )
        return queryset.filter(pk__in=[row.account_id for row in accounts]), False

    def record_context(self, request: HttpRequest, record: Account) -> dict[str, Any]:
        page = account_page(record, on=business_date(timezone.now()))
        user = user_of(request)
        current = page.current
        customer = current.contract.customer if current else None
        return {
            "title": record.number,
            "account": page,
            "contract": current.contract if current else None,
            "customer": customer,
            "masked_phone": mask_phone(customer.phone) if customer and customer.phone else "",
            "timeline": page.timeline,
            "panels": panels_of(record, user),
            "documents": documents_of(record, user)[:50]
            if user.has_perm("office.view_document")
            else [],
            "may_transfer": user.has_perm("customers.transfer_ownership")
            and current is not None
            and current.contract.ends is None,
            "may_end": user.has_perm("customers.end_contract")
            and current is not None
            and current.contract.ends is None,
            "may_reveal": user.has_perm("customers.reveal_customer"),
            "may_print_bill": user.has_perm("billing.print_bill"),
            "may_draft_adjustment": user.has_perm("billing.draft_adjustment"),
            "may_print_receipt": user.has_perm("billing.print_receipt"),
            "may_take": any(
                user.has_perm(f"billing.{name}")
                for name in ("take_cash", "take_card", "enter_transfer", "start_wechat_payment")
            ),
        }

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        verbs: dict[str, Callable[..., HttpResponse]] = {
            "<int:pk>/reveal_customer/": self.reveal_view,
            "<int:pk>/transfer_ownership/": self.transfer_ownership_view,
            "<int:pk>/end_contract/": self.end_contract_view,
            "open_account/": self.open_account_view,
        }
        own = [
            path(where, wrap(view), name=self._url_name(where.split("/")[-2]))
            for where, view in verbs.items()
        ]
        return [*own, *super().get_urls()]

    def open_account_view(self, request: HttpRequest) -> HttpResponse:
        """Opens a new account with its premise, areas and contract."""
        if not user_of(request).has_perm("customers.open_account"):
            raise PermissionDenied
        return open_account_page(self, request)

    def transfer_ownership_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Transfers the account to another customer."""
        account: Account = self.record(request, pk)
        if not user_of(request).has_perm("customers.transfer_ownership"):
            raise PermissionDenied
        return transfer_ownership_page(self, request, account)

    def end_contract_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ends the open contract of the account, with its final account."""
        account: Account = self.record(request, pk)
        if not user_of(request).has_perm("customers.end_contract"):
            raise PermissionDenied
        return end_contract_page(self, request, account)

    def reveal_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows the account page once with the current customer's personal data in clear."""
        account: Account = self.record(request, pk)
        if not user_of(request).has_perm("customers.reveal_customer"):
            raise PermissionDenied
        page = HttpResponseRedirect(reverse("admin:customers_account_change", args=[pk]))
        contract = account.contracts.order_by("-starts").select_related("customer__company").first()
        if request.method != "POST" or contract is None:
            return page
        revealed: Revealed | None = attempt(
            request,
            lambda: reveal_customer(
                contract.customer,
                reason=request.POST.get("reason", ""),
                by=actor_of(request),
                at=timezone.now(),
            ),
        )
        if revealed is None:
            return page
        answer = self.show(request, account, revealed=revealed)
        answer["Cache-Control"] = "no-store"
        return answer
