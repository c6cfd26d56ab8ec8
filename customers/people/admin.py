"""The read-only screens of customers and their contracts; accounts have their own page
(billing).
"""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, SupplyContract
from office.admin.filters import CompanyFilter
from office.admin.records import RecordAdmin, flag
from office.identity import mask_phone


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

    def read_change(self, column: str, text: str) -> str:
        return mask_phone(text) if column == "phone" and text else text

    @admin.display(description=_("电话"))
    def masked_phone(self, customer: Customer) -> str:
        return mask_phone(customer.phone) if customer.phone else ""

    @admin.display(description=_("证件号码"))
    def masked_id(self, customer: Customer) -> str:
        return customer.masked_id_number


@admin.register(SupplyContract)
class SupplyContractAdmin(RecordAdmin):
    list_display = ["number", "account", "customer", "charging", "starts", "ends", "company"]
    list_select_related = ["account", "customer", "company"]
    list_filter = [CompanyFilter, "charging"]
    search_fields = ["number__startswith", "account__number__startswith"]
    search_help_text = _("合同编号或户号开头")
    ordering = ["pk"]
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
