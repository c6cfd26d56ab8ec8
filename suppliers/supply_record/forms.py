"""The forms of the supply record: the facts of an entry, for entering and for correcting it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from office.forms.company_choice import CompanyField
from office.forms.day_field import DayField
from office.forms.yuan_field import YuanField
from office.models import User
from office.money import yuan_plain
from suppliers.models import SupplyCategory, SupplyOrder
from suppliers.registry.supplier_field import SupplierField
from suppliers.supply_record.facts import (
    CaseFacts,
    DeductionFacts,
    DeliveryFacts,
    EntryFacts,
    EvaluationFacts,
    OrderFacts,
)

_NOTHING = Decimal(0)


def quantity(label: Any, **options: Any) -> forms.DecimalField:
    """Returns a field for a quantity with at most three decimals."""
    return forms.DecimalField(
        label=label, max_digits=14, decimal_places=3, min_value=_NOTHING, **options
    )


class EntryForm(forms.Form):
    """The facts of an entry; `facts_from` reads them, `of` fills the form with those on file."""

    @classmethod
    def of(cls, entry: Any) -> "EntryForm":
        """Returns the form as it corrects an entry."""
        initial = {name: getattr(entry, name, None) for name in cls.base_fields}
        if "supplier" in initial:
            initial["supplier"] = entry.supplier.credit_code
        for name in [name for name in initial if isinstance(cls.base_fields[name], YuanField)]:
            fen = getattr(entry, f"{name}_fen")
            initial[name] = None if fen is None else yuan_plain(fen)
        return cls(initial=initial)


def facts_from(form: type[forms.Form], values: Mapping[str, Any], **own: Any) -> EntryFacts:
    """Returns the facts in a form's cleaned values together with those the form does not ask."""
    facts = {
        f"{name}_fen" if isinstance(field, YuanField) else name: values[name]
        for name, field in form.base_fields.items()
        if name not in ("reason", *own)
    }
    return _FACTS[form](**facts, **own)


class OrderForm(EntryForm):
    supplier = SupplierField()
    category = forms.ModelChoiceField(
        SupplyCategory.objects.filter(in_use=True), label=_("采购类别")
    )
    item = forms.CharField(label=_("品名"), max_length=80)
    unit = forms.CharField(label=_("单位"), max_length=10)
    quantity = quantity(_("数量"))
    unit_price = YuanField(label=_("单价（元）"))
    lowest_price = YuanField(
        label=_("最低可比单价（元）"),
        required=False,
        help_text=_("同等条件下各家报价中最低的；没有比价的不填，不计入价格评分"),
    )
    ordered_on = DayField(label=_("下单日期"))
    promised_on = DayField(label=_("约定交货日"))


class DeliveryForm(EntryForm):
    promised_on = DayField(label=_("约定交货日"))
    actual_on = DayField(
        label=_("实际到货日"), required=False, help_text=_("逾期尚未到货的不填，数量填0")
    )
    received = quantity(_("到货数量"))
    accepted = quantity(_("验收合格数量"))


class CaseForm(EntryForm):
    supplier = SupplierField()
    subject = forms.CharField(label=_("事项"), max_length=200)
    opened_on = DayField(label=_("提出日期"))
    due_on = DayField(label=_("应完成日"))
    closed_on = DayField(label=_("完成日期"), required=False)


class EvaluationForm(EntryForm):
    supplier = SupplierField()
    work = forms.CharField(label=_("工程项目"), max_length=120)
    accepted_on = DayField(label=_("验收日期"))
    score = forms.DecimalField(
        label=_("评分"), max_digits=5, decimal_places=2, min_value=_NOTHING, max_value=Decimal(100)
    )
    remark = forms.CharField(label=_("说明"), max_length=200, required=False)


class DeductionForm(EntryForm):
    supplier = SupplierField()
    work = forms.CharField(label=_("工程项目"), max_length=120)
    breached_on = DayField(label=_("违约日期"))
    amount = YuanField(label=_("扣款（元）"))
    facts = forms.CharField(label=_("违约事实"), max_length=200)


_FACTS: dict[type[forms.Form], type[EntryFacts]] = {
    OrderForm: OrderFacts,
    DeliveryForm: DeliveryFacts,
    CaseForm: CaseFacts,
    EvaluationForm: EvaluationFacts,
    DeductionForm: DeductionFacts,
}


def entering(form: type[EntryForm], user: User) -> type[EntryForm]:
    """Returns the form as the user enters an entry: with its company and its number."""

    class Entering(form):  # type: ignore[valid-type, misc]
        company = CompanyField()
        number = forms.CharField(label=_("编号"), max_length=40)
        field_order = ["company", "number"]

        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            self.fields["company"].offer(user)

    return Entering


def correcting(form: type[EntryForm]) -> type[EntryForm]:
    """Returns the form as it corrects an entry: with the reason."""

    class Correcting(form):  # type: ignore[valid-type, misc]
        reason = forms.CharField(label=_("更正原因"), max_length=200)

    return Correcting


class EnterDeliveryForm(DeliveryForm):
    """A delivery as it is entered on the page of its order."""

    number = forms.CharField(label=_("到货单号"), max_length=40)
    field_order = ["number"]


def delivery_from(values: Mapping[str, Any], order: SupplyOrder) -> DeliveryFacts:
    """Returns the delivery of an order that `EnterDeliveryForm` says."""
    return DeliveryFacts(order=order, **values)


class EntryReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=200)


class CloseCaseForm(forms.Form):
    closed_on = DayField(label=_("完成日期"))
    remark = forms.CharField(label=_("处理结果"), max_length=200)
