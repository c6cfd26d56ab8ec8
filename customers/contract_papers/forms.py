"""The forms of contract templates and contract papers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.contract_papers.amendments import LONGEST
from customers.contract_papers.papers import SignatureFacts
from customers.contract_papers.templates import MOST_YEARS, TemplateFacts
from customers.contract_papers.wording import LONGEST as LONGEST_WORDING
from customers.models import ContractKind
from office.documents.operations import ACCEPT, Upload
from office.forms.company_choice import CompanyOrGroupField
from office.forms.day_field import DayField
from office.models import User


class TemplateForm(forms.Form):
    """A template as it is drafted."""

    company = CompanyOrGroupField()
    kind = forms.ChoiceField(label=_("种类"), choices=ContractKind.choices)
    title = forms.CharField(label=_("标题"), max_length=40)
    term_years = forms.IntegerField(
        label=_("合同年限"),
        min_value=1,
        max_value=MOST_YEARS,
        required=False,
        help_text=_("供用热合同须填写；入网合同和各类协议没有年限"),
    )
    effective_from = DayField(label=_("启用日期"))
    wording = forms.CharField(
        label=_("条款"),
        max_length=LONGEST_WORDING,
        help_text=_("一行一段；以“第…条”开头的一行是条目标题；花括号中是填写项"),
        widget=forms.Textarea(attrs={"rows": 24}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        company: Any = self.fields["company"]
        company.offer(user)

    @staticmethod
    def facts(values: dict[str, Any]) -> TemplateFacts:
        """Returns what the form says as the operation reads it."""
        return TemplateFacts(**{**values, "kind": ContractKind(values["kind"])})


class SignForm(forms.Form):
    """Who signed on paper, with the scan."""

    signer = forms.CharField(label=_("签署人"), max_length=80)
    signed_on = DayField(label=_("签署日期"))
    scan = forms.FileField(
        label=_("扫描件"),
        help_text=_("PDF、JPG、PNG，不超过 20 MB"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )

    @staticmethod
    def facts(values: dict[str, Any]) -> SignatureFacts:
        """Returns what the form says as the operation reads it."""
        scan = values["scan"]
        return SignatureFacts(values["signer"], values["signed_on"], Upload(scan.name, scan))


class EsignForm(forms.Form):
    """Who is to sign electronically, and the mobile at which the service reaches them."""

    signer = forms.CharField(label=_("签署人"), max_length=80)
    mobile = forms.CharField(label=_("手机号码"), max_length=20)


class AmendForm(forms.Form):
    """What is agreed otherwise, from which day on."""

    from_day = DayField(label=_("变更日期"))
    change = forms.CharField(
        label=_("变更内容"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )


class RevokePaperForm(forms.Form):
    """Why a paper is revoked."""

    reason = forms.CharField(
        label=_("作废原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )
