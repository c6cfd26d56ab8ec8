"""The page of 开户 at the desk: the premise, its areas, the customer and the contract."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.contracts.operations import Area, Door, Terms, open_account
from customers.models import Account, Charging, SupplyState, TariffCategory
from customers.people.owner_form import OwnerForm, PatientForm
from office.calendar import business_date
from office.forms.company_choice import CompanyField
from office.forms.day_field import DayField
from office.forms.typed_numbers import read_number
from office.models import User
from office.outcomes import Outcome, carry_out
from office.refusals import Refused
from office.requests import actor_of, user_of
from office.screens.records import RecordAdmin

AREA_ROWS = 3


class AreaForm(PatientForm):
    """The form of one area; a row left empty is ignored."""

    category = forms.ModelChoiceField(TariffCategory.objects.none(), label=gettext_lazy("热价类别"))
    building_area = forms.DecimalField(
        label=gettext_lazy("建筑面积"), max_digits=10, decimal_places=2
    )
    charge_area = forms.DecimalField(
        label=gettext_lazy("计费面积"), max_digits=10, decimal_places=2, required=False
    )
    inner_area = forms.DecimalField(
        label=gettext_lazy("套内面积"), max_digits=10, decimal_places=2, required=False
    )
    usable_area = forms.DecimalField(
        label=gettext_lazy("使用面积"), max_digits=10, decimal_places=2, required=False
    )
    height = forms.DecimalField(
        label=gettext_lazy("层高"), max_digits=5, decimal_places=2, required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in self.fields.values():
            column.widget.attrs["aria-label"] = column.label
        rows = TariffCategory.objects.visible_to(user).select_related("company")
        several = user.sees_every_company or len(user.company_ids) > 1
        field: Any = self.fields["category"]
        field.queryset = rows.order_by("company", "-residential", "name")
        field.label_from_instance = lambda row: f"{row.company} {row}" if several else str(row)


AreaForms = forms.formset_factory(AreaForm, extra=AREA_ROWS, max_num=10, absolute_max=10)


class OpenAccountForm(OwnerForm):
    """The form of a new account: premise, contract, and a customer who may be registered already.

    The areas are a formset beside it (`AreaForms`).
    """

    company = CompanyField()
    account_number = forms.CharField(
        label=gettext_lazy("户号"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    supply_state = forms.ChoiceField(
        label=gettext_lazy("供热状态"), choices=SupplyState.choices, initial=SupplyState.HEATED
    )
    community = forms.CharField(label=gettext_lazy("小区"), max_length=60)
    building = forms.CharField(label=gettext_lazy("楼号"), max_length=30)
    unit = forms.CharField(label=gettext_lazy("单元"), max_length=20, required=False)
    room = forms.CharField(label=gettext_lazy("房号"), max_length=20)
    heat_station = forms.CharField(label=gettext_lazy("换热站"), max_length=60, required=False)
    contract_number = forms.CharField(
        label=gettext_lazy("合同编号"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    starts = DayField(label=gettext_lazy("生效日期"))
    signed_on = DayField(
        label=gettext_lazy("签订日期"),
        required=False,
    )
    charging = forms.ChoiceField(label=gettext_lazy("计费方式"), choices=Charging.choices)
    meter_number = forms.CharField(label=gettext_lazy("表号"), max_length=30, required=False)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["company"]
        field.offer(user)
        # Registered customers are looked up in the company that is chosen, before it is validated.
        key = read_number(self.data.get("company"))
        self.look_in(field.queryset.filter(pk=key).first() if key is not None else None)

    def groups(self) -> dict[str, list[forms.BoundField]]:
        """Returns the fields card by card."""
        names = {
            "account": ("company", "account_number", "supply_state"),
            "door": ("community", "building", "unit", "room", "heat_station"),
            "terms": ("contract_number", "starts", "signed_on", "charging", "meter_number"),
        }
        return {group: [self[name] for name in fields] for group, fields in names.items()}


def open_account_page(screen: RecordAdmin, request: HttpRequest) -> HttpResponse:
    """Shows one form for the whole account; a refusal is shown on the same page."""
    user = user_of(request)
    outcome: Outcome[Account] = Outcome()
    if request.method == "POST":
        form = OpenAccountForm(user, request.POST)
        areas = AreaForms(request.POST, prefix="area", form_kwargs={"user": user})
        # Both are validated, so that all faults show at once. `looking` is the button that only
        # looks customers up.
        if all((form.is_valid(), areas.is_valid())) and not form.looking:
            outcome = carry_out(form, lambda _values: _open(request, form, areas))
        if outcome.result is not None:
            return HttpResponseRedirect(screen.record_url(outcome.result))
    else:
        today = business_date(timezone.now())
        form = OpenAccountForm(user, initial={"owner": "known", "starts": today})
        areas = AreaForms(prefix="area", form_kwargs={"user": user})
    page = screen.page(
        request,
        "customers/contracts/open_account.html",
        title=_("开户"),
        form=form,
        groups=form.groups(),
        areas=areas,
        refusal=outcome.refusal,
    )
    if outcome.refusal or form.errors or areas.total_error_count():
        page.status_code = outcome.status
    return page


def _open(request: HttpRequest, form: OpenAccountForm, areas: Any) -> Account:
    """Opens the account, or returns the one that the same form has opened already."""
    values = form.cleaned_data
    door = Door(
        *(values[name] for name in ("community", "building", "unit", "room", "heat_station"))
    )
    terms = Terms(
        values["contract_number"].strip(),
        values["starts"],
        Charging(values["charging"]),
        values["meter_number"],
        values["signed_on"],
    )
    try:
        account = open_account(
            values["company"],
            values["account_number"],
            door,
            [_area(row) for row in areas.cleaned_data if row],
            form.new_owner(),
            terms,
            supply_state=SupplyState(values["supply_state"]),
            by=actor_of(request),
            at=timezone.now(),
        )
    except Refused as refused:
        if refused.code == "account_taken" and (
            opened_account := _opened_by_this_form(values, terms)
        ):
            return opened_account
        raise
    messages.success(request, _("户号 %(number)s 已开户。") % {"number": account.number})
    return account


def _opened_by_this_form(values: dict[str, Any], terms: Terms) -> Account | None:
    """Returns the account that the same form opened before, so that sending it twice opens one."""
    return Account.objects.filter(
        company=values["company"],
        number=values["account_number"],
        contracts__number=terms.number,
        contracts__starts=terms.starts,
    ).first()


def _area(row: dict[str, Any]) -> Area:
    """Returns the area of one row of the form."""
    sizes: dict[str, Decimal | None] = {
        name: row[name] for name in ("charge_area", "inner_area", "usable_area", "height")
    }
    return Area(row["category"], row["building_area"], **sizes)
