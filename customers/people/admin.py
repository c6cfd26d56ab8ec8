"""The read-only screen of customers."""

from typing import Any

from django.contrib import admin
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, SupplyContract
from office.identity import mask_phone
from office.lists.filters import CompanyFilter
from office.lists.list_columns import flag
from office.models import User
from office.requests import user_of
from office.screens.records import RecordAdmin

MOST_CONTRACTS = 50


def contracts_of(customer: Customer, user: User) -> list[SupplyContract]:
    """Returns the contracts that the customer has or pays for, those in force first; one more than
    `MOST_CONTRACTS` where there are more.
    """
    rows = SupplyContract.objects.visible_to(user).filter(Q(customer=customer) | Q(payer=customer))
    running_first = rows.order_by(F("ends").desc(nulls_first=True), "-starts", "-pk")
    return list(running_first.select_related("account__premise")[: MOST_CONTRACTS + 1])


@admin.register(Customer)
class CustomerAdmin(RecordAdmin):
    list_display = ["name", "kind", "masked_phone", flag("low_income", _("低保")), "company"]
    list_select_related = ["company"]
    list_filter = [CompanyFilter, "kind", "low_income"]
    search_fields = ["name__startswith"]
    search_help_text = _("户名开头")
    ordering = ["pk"]
    fields = ["name", "kind", "masked_phone", "masked_id", "low_income", "remark", "company"]
    readonly_fields = ["masked_phone", "masked_id"]
    change_form_outer_after_template = "customers/people/customer_accounts.html"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        customer: Customer = self.record(request, object_id)
        contracts = contracts_of(customer, user_of(request))
        context = {"contracts": contracts[:MOST_CONTRACTS], "more": len(contracts) > MOST_CONTRACTS}
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **context}
        )

    def read_change(self, column: str, text: str) -> str:
        return mask_phone(text) if column == "phone" and text else text

    @admin.display(description=_("电话"))
    def masked_phone(self, customer: Customer) -> str:
        return mask_phone(customer.phone) if customer.phone else ""

    @admin.display(description=_("证件号码"))
    def masked_id(self, customer: Customer) -> str:
        return customer.masked_id_number
