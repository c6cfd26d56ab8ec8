"""Whom a contract is made with: asked in the same words wherever one is made."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.identity import mask_phone
from customers.models import Customer, CustomerKind
from customers.people.known_customers import known_customers
from customers.people.operations import NewCustomer
from office.models import Company

FIND = "find"
KNOWN, NEW = "known", "new"


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class PatientForm(forms.Form):
    """Complains of nothing while the owner is still being looked for."""

    @property
    def looking(self) -> bool:
        return FIND in self.data

    def full_clean(self) -> None:
        super().full_clean()
        if self.looking:
            self.errors.clear()


class OwnerForm(PatientForm):
    """Somebody on file, found by number, or somebody new."""

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
        """Only who is found by the number typed can be chosen."""
        number = str(self.data.get("number", "")).strip()
        self.found = known_customers(company, number) if company and number else []
        field: Any = self.fields["customer"]
        field.queryset = Customer.objects.filter(pk__in=[row.pk for row in self.found])

    @property
    def choices(self) -> list[tuple[Customer, str]]:
        """Who was found, with their masked telephones."""
        return [(row, mask_phone(row.phone) if row.phone else "") for row in self.found]

    @property
    def chosen(self) -> str:
        """The customer to be ticked: the one that was, or the only one found."""
        known = [str(row.pk) for row in self.found]
        said = str(self["customer"].value() or "")
        return said if said in known or len(known) != 1 else known[0]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        wanted = said.get("owner") == KNOWN and "customer" not in self.errors
        if wanted and said.get("customer") is None:
            self.add_error("customer", _("请先查找并选择用户，或登记为新用户。"))
        return said

    def new_owner(self) -> Customer | NewCustomer:
        """As the operations take it."""
        said = self.cleaned_data
        if said["owner"] == KNOWN:
            known: Customer = said["customer"]
            return known
        return NewCustomer(
            CustomerKind(said["kind"] or CustomerKind.RESIDENT),
            said["name"],
            phone=said["phone"],
            id_number=said["id_number"],
        )
