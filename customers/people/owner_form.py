"""The form of the customer a contract is made with, shared by all pages that make contracts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, CustomerKind
from customers.people.known_customers import known_customers
from customers.people.operations import NewCustomer
from office.identity import mask_phone
from office.models import Company

FIND = "find"
KNOWN, NEW = "known", "new"


class PatientForm(forms.Form):
    """A form that reports no errors while the clerk is still searching for the owner."""

    @property
    def looking(self) -> bool:
        return FIND in self.data

    def full_clean(self) -> None:
        super().full_clean()
        if self.looking:
            self.errors.clear()


class OwnerForm(PatientForm):
    """The form of the owner: a registered customer, searched by number, or a new one."""

    owner = forms.ChoiceField(choices=[(KNOWN, _("查找已登记用户")), (NEW, _("登记新用户"))])
    number = forms.CharField(
        label=_("证件号码或电话"),
        help_text=_("输入完整号码后查找"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-enter": FIND}),
    )
    customer = forms.ModelChoiceField(
        Customer.objects.none(),
        required=False,
        error_messages={"invalid_choice": _("请重新查找并选择用户。")},
    )
    kind = forms.ChoiceField(label=_("类型"), choices=CustomerKind.choices, required=False)
    name = forms.CharField(
        label=_("户名"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    id_number = forms.CharField(
        label=_("证件号码"),
        help_text=_("身份证号或统一社会信用代码"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=_("电话"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    @property
    def new_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("kind", "name", "id_number", "phone")]

    def look_in(self, company: Company | None) -> None:
        """Searches by the typed number; only the customers it finds can be chosen."""
        number = str(self.data.get("number", "")).strip()
        self.found = known_customers(company, number) if company and number else []
        field: Any = self.fields["customer"]
        field.queryset = Customer.objects.filter(pk__in=[row.pk for row in self.found])

    @property
    def choices(self) -> list[tuple[Customer, str]]:
        """Returns the found customers with their masked telephone numbers."""
        return [(row, mask_phone(row.phone) if row.phone else "") for row in self.found]

    @property
    def chosen(self) -> str:
        """Returns the id of the customer to tick: the one ticked before, or the only one found."""
        customer_ids = [str(row.pk) for row in self.found]
        ticked = str(self["customer"].value() or "")
        return ticked if ticked in customer_ids or len(customer_ids) != 1 else customer_ids[0]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        wanted = values.get("owner") == KNOWN and "customer" not in self.errors
        if wanted and values.get("customer") is None:
            self.add_error("customer", _("请先查找并选择用户，或登记为新用户。"))
        return values

    def new_owner(self) -> Customer | NewCustomer:
        """Returns the owner in the form that operations take."""
        values = self.cleaned_data
        if values["owner"] == KNOWN:
            registered: Customer = values["customer"]
            return registered
        return NewCustomer(
            CustomerKind(values["kind"] or CustomerKind.RESIDENT),
            values["name"],
            phone=values["phone"],
            id_number=values["id_number"],
        )
