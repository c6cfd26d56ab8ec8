"""The forms of a sourcing's pages and of the supplier's page."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from office.documents.operations import ACCEPT
from office.forms.form_keys import FormKeyField
from office.forms.moment_field import MomentField
from office.forms.percent_field import PercentField
from office.forms.yuan_field import YuanField
from office.models import Company
from office.money import parse_yuan
from suppliers.admission.reserve import leaf_categories
from suppliers.models import Sourcing, SourcingItem, Supplier, SupplyCategory
from suppliers.sourcing.offers import LARGEST_FILE, MOST_FILES
from suppliers.sourcing.operations import ItemFacts
from suppliers.sourcing.sealed_offers import OfferedFile, OfferSheet

_LINES = forms.Textarea(attrs={"rows": 3})


class RequestForm(forms.Form):
    """What a company wants to buy; one item a line."""

    form_key = FormKeyField()
    company = forms.ModelChoiceField(label=_("公司"), queryset=Company.objects.none())
    category = forms.ModelChoiceField(
        label=_("采购类别"), queryset=SupplyCategory.objects.none(), empty_label="—"
    )
    title = forms.CharField(label=_("名称"), max_length=80)
    offers_until = MomentField(label=_("报价截止"))
    items = forms.CharField(
        label=_("采购内容"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("每行一项：名称规格，数量，单位；公布单价的再加：，单价（元，不含税）"),
    )

    def offer(self, companies: Any) -> None:
        """Offers these companies, and the categories for which suppliers qualify."""
        fields: Any = self.fields
        fields["company"].queryset = companies
        fields["category"].queryset = leaf_categories().order_by("code")

    def clean_items(self) -> list[ItemFacts]:
        lines = [line for line in self.cleaned_data["items"].splitlines() if line.strip()]
        return [self._item(line) for line in lines]

    def _item(self, line: str) -> ItemFacts:
        parts = [part.strip() for part in line.replace(",", "，").split("，")]
        try:
            name, quantity, unit = parts[:3]
            published = parse_yuan(parts[3]) if len(parts) > 3 and parts[3] else None
            number = Decimal(quantity)
        except (ValueError, InvalidOperation):
            raise forms.ValidationError(
                _("“%(line)s”应为：名称规格，数量，单位。"), params={"line": line}
            ) from None
        if (
            not number.is_finite()
            or number >= Decimal(10) ** 11
            or len(name) > 80
            or len(unit) > 10
        ):
            raise forms.ValidationError(_("“%(line)s”过长或数量过大。"), params={"line": line})
        return ItemFacts(name, round(number, 3), unit, published)


class InviteForm(forms.Form):
    """The suppliers to invite, of those that are qualified now."""

    suppliers = forms.ModelMultipleChoiceField(
        Supplier.objects.none(), label=_("供应商"), widget=forms.CheckboxSelectMultiple
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=400, widget=_LINES)


class ExemptionForm(forms.Form):
    reason = forms.CharField(label=_("理由"), max_length=400, widget=_LINES)
    paper = forms.FileField(
        label=_("批准文件"), required=False, widget=forms.FileInput(attrs={"accept": ACCEPT})
    )


class AwardForm(forms.Form):
    """The offer to award and the reasons."""

    offer = forms.TypedChoiceField(label=_("中选报价"), coerce=int)
    reason = forms.CharField(label=_("定标理由"), max_length=500, widget=_LINES)


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """Several files of one input; the cleaned value is a list."""

    widget = _ManyFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(_FilesField, self).clean(file) for file in files if file]


class OfferForm(forms.Form):
    """What an invited supplier offers; a price for every item."""

    with_tax = forms.TypedChoiceField(
        label=_("单价"),
        choices=[("yes", _("含税")), ("no", _("不含税"))],
        coerce=lambda value: value == "yes",
    )
    vat_rate = PercentField(label=_("增值税税率（%）"), max_digits=5, decimal_places=4)
    freight = YuanField(label=_("另计运费（元，不含税；没有填 0）"))
    delivery_days = forms.IntegerField(label=_("交货天数"), min_value=1, max_value=1000)
    contact = forms.CharField(label=_("联系人"), max_length=40)
    phone = forms.CharField(label=_("电话"), max_length=20)
    account_number = forms.CharField(
        label=_("保证金付款账号（没有不填）"), max_length=30, required=False
    )
    remark = forms.CharField(label=_("说明"), max_length=400, required=False, widget=_LINES)
    papers = _FilesField(
        label=_("报价文件"),
        required=False,
        help_text=_("最多3个文件，每个不超过 5 MB"),
    )

    def __init__(self, *args: Any, sourcing: Sourcing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items: list[SourcingItem] = list(sourcing.items.all())
        for item in self.items:
            self.fields[_price_name(item)] = YuanField(label=f"{item.name}（元/{item.unit}）")
        self.order_fields([*map(_price_name, self.items), *self.base_fields])

    def sheet(self, *, address: str, device: str) -> OfferSheet:
        """Returns the offer of cleaned values, with what the server saw of its sender."""
        values = self.cleaned_data
        return OfferSheet(
            prices={item.pk: values[_price_name(item)] for item in self.items},
            with_tax=values["with_tax"],
            vat_rate=values["vat_rate"],
            freight_fen=values["freight"],
            delivery_days=values["delivery_days"],
            contact=values["contact"],
            phone=values["phone"],
            account_number=values["account_number"],
            remark=values["remark"],
            files=tuple(
                OfferedFile(file.name, file.read(LARGEST_FILE + 1))
                for file in values["papers"][: MOST_FILES + 1]
            ),
            address=address,
            device=device,
        )


def _price_name(item: SourcingItem) -> str:
    return f"price_{item.pk}"
