"""The forms of the supplier's page; owners and contacts are typed one on a line."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from office.forms.day_field import DayField
from suppliers.admission.reserve import leaf_categories
from suppliers.models import PaperType, Region, Supplier
from suppliers.registry.facts import ContactFacts, OwnerFacts, SupplierFacts
from suppliers.registry.supplier_field import SupplierField

_LINES = forms.Textarea(attrs={"rows": 3})


class SupplierForm(forms.Form):
    credit_code = forms.CharField(label=_("统一社会信用代码"), max_length=40)
    name = forms.CharField(label=_("名称"), max_length=80)
    representative = forms.CharField(label=_("法定代表人"), max_length=40)
    region = forms.ChoiceField(label=_("地区"), choices=Region)
    address = forms.CharField(label=_("注册地址"), max_length=120)
    phone = forms.CharField(label=_("电话"), max_length=20, required=False)
    founded_on = DayField(label=_("成立日期"), required=False)
    owners = forms.CharField(
        label=_("股东"),
        max_length=2000,
        required=False,
        widget=_LINES,
        help_text=_("每行一位：姓名或企业名称，占股%；例如 王建国，60"),
    )
    contacts = forms.CharField(
        label=_("联系人"),
        max_length=2000,
        required=False,
        widget=_LINES,
        help_text=_("每行一位：姓名，电话，职务；例如 李敏，13800000000，销售经理"),
    )
    remark = forms.CharField(label=_("备注"), max_length=200, required=False)

    @classmethod
    def of(cls, supplier: Supplier) -> "SupplierForm":
        """Returns the form filled with what is on file."""
        names = ("credit_code", "name", "representative", "region", "address", "phone", "remark")
        values: dict[str, Any] = {name: getattr(supplier, name) for name in names}
        owners = [
            f"{owner.name}，{owner.share_percent:f}" if owner.share_percent else owner.name
            for owner in supplier.owners.all()
        ]
        contacts = [
            "，".join(filter(None, (contact.name, contact.phone, contact.duty)))
            for contact in supplier.contacts.all()
        ]
        return cls(
            initial=values
            | {
                "founded_on": supplier.founded_on,
                "owners": "\n".join(owners),
                "contacts": "\n".join(contacts),
            }
        )

    def clean_owners(self) -> tuple[OwnerFacts, ...]:
        return tuple(_owner(*parts) for parts in _parts(self.cleaned_data["owners"], most=2))

    def clean_contacts(self) -> tuple[ContactFacts, ...]:
        return tuple(_contact(*parts) for parts in _parts(self.cleaned_data["contacts"], most=3))

    @staticmethod
    def facts(values: Any) -> SupplierFacts:
        """Returns the facts of cleaned values."""
        return SupplierFacts(**{**values, "region": Region(values["region"])})


class AdmissionForm(forms.Form):
    """The category for which the supplier is to be admitted, and why."""

    category = forms.ModelChoiceField(leaf_categories().order_by("code"), label=_("采购类别"))
    reason = forms.CharField(label=_("申请理由"), max_length=400, widget=_LINES)


class BankAccountForm(forms.Form):
    bank = forms.CharField(label=_("开户行"), max_length=80)
    holder = forms.CharField(label=_("户名"), max_length=80)
    number = forms.CharField(label=_("账号"), max_length=40)
    reason = forms.CharField(label=_("依据"), max_length=200)


class PaperForm(forms.Form):
    paper_type = forms.ChoiceField(label=_("证照"), choices=PaperType)
    number = forms.CharField(label=_("编号"), max_length=60, required=False)
    issuer = forms.CharField(label=_("发证机关"), max_length=80, required=False)
    valid_from = DayField(label=_("有效期自"))
    valid_until = DayField(
        label=_("有效期至"),
        required=False,
        help_text=_("长期有效的不填"),
    )
    scan = forms.FileField(
        label=_("扫描件"),
        required=False,
        help_text=_("PDF、JPG、PNG，不超过 20 MB"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )


class RelationForm(forms.Form):
    """Another supplier is named by its credit code, which nobody confuses with another firm's."""

    credit_code = SupplierField(label=_("对方统一社会信用代码"))
    reason = forms.CharField(label=_("依据"), max_length=200)


class VerificationForm(forms.Form):
    looked_at = forms.CharField(label=_("核验途径"), max_length=120)
    seen = forms.CharField(label=_("核验结果"), max_length=400, widget=_LINES)


class RemarkForm(forms.Form):
    remark = forms.CharField(label=_("复核意见"), max_length=200, required=False)


class ReasonForm(forms.Form):
    remark = forms.CharField(label=_("原因"), max_length=200)


def _parts(text: str, *, most: int) -> list[list[str]]:
    """Splits each line that is not empty at its commas, narrow or full width."""
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        parts = [part.strip() for part in line.replace(",", "，").split("，")]
        if not any(parts):
            continue
        if not parts[0] or len(parts) > most:
            raise forms.ValidationError(
                _("第 %(number)s 行无法识别，请按说明填写。"), params={"number": number}
            )
        rows.append(parts)
    return rows


def _owner(name: str, share: str = "") -> OwnerFacts:
    if not share:
        return OwnerFacts(name)
    try:
        percent = Decimal(share.rstrip("%％")).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise forms.ValidationError(
            _("“%(share)s”不是持股比例。"), params={"share": share}
        ) from None
    return OwnerFacts(name, percent)


def _contact(name: str, phone: str = "", duty: str = "") -> ContactFacts:
    if not phone:
        raise forms.ValidationError(_("请填写%(name)s的电话。"), params={"name": name})
    return ContactFacts(name, phone, duty)
