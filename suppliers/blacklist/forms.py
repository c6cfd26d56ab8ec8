"""The forms of the blacklist; people and accounts are typed one on a line."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from office.approvals.screen import OpinionForm
from office.documents.operations import ACCEPT, Upload
from office.forms.day_field import DayField
from suppliers.blacklist.facts import BanFacts, own_accounts, own_people
from suppliers.blacklist.gate import bars_of_suppliers
from suppliers.models import BanSubject, Supplier, SupplyCategory

_LINES = forms.Textarea(attrs={"rows": 3})


def paper_field(label: Any) -> forms.FileField:
    """Returns a field for one paper that may be left out."""
    return forms.FileField(
        label=label,
        required=False,
        help_text=_("PDF、JPG、PNG、XLSX、DOCX，不超过 20 MB"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )


def uploads(paper: Any) -> tuple[Upload, ...]:
    """Returns the paper of a form as an upload, or nothing."""
    return (Upload(paper.name, paper),) if paper else ()


class BanForm(forms.Form):
    """What is proposed about a supplier; its own people and accounts stand there already."""

    category = forms.ModelChoiceField(
        SupplyCategory.objects.filter(in_use=True),
        label=_("范围"),
        required=False,
        empty_label=_("全部类别"),
    )
    ends_on = DayField(label=_("截止日期"), required=False, help_text=_("长期的不填"))
    review_on = DayField(label=_("复核日期"))
    reason = forms.CharField(label=_("列入原因"), max_length=400, widget=_LINES)
    source = forms.CharField(label=_("依据文件"), max_length=120)
    persons = forms.CharField(
        label=_("人员"), max_length=2000, required=False, widget=_LINES, help_text=_("每行一位")
    )
    accounts = forms.CharField(
        label=_("银行账号"), max_length=2000, required=False, widget=_LINES, help_text=_("每行一个")
    )
    paper = paper_field(_("材料"))

    @classmethod
    def of(cls, supplier: Supplier) -> "BanForm":
        """Returns the form with the people and accounts of a supplier."""
        return cls(
            initial={
                "persons": "\n".join(own_people(supplier)),
                "accounts": "\n".join(own_accounts(supplier)),
            },
            auto_id="propose_ban_%s",
        )

    @staticmethod
    def facts(values: Any) -> BanFacts:
        """Returns the facts of cleaned values."""
        return BanFacts(
            reason=values["reason"],
            source=values["source"],
            review_on=values["review_on"],
            category=values["category"],
            ends_on=values["ends_on"],
            persons=tuple(values["persons"].splitlines()),
            accounts=tuple(values["accounts"].splitlines()),
        )


class RingForm(forms.Form):
    """What is proposed about all members of a confirmed ring, each with its own people."""

    ends_on = DayField(label=_("截止日期"), required=False, help_text=_("长期的不填"))
    review_on = DayField(label=_("复核日期"))
    reason = forms.CharField(label=_("列入原因"), max_length=400, widget=_LINES)
    source = forms.CharField(label=_("依据文件"), max_length=120)

    @staticmethod
    def facts(values: Any) -> BanFacts:
        """Returns the facts of cleaned values."""
        return BanFacts(
            reason=values["reason"],
            source=values["source"],
            review_on=values["review_on"],
            ends_on=values["ends_on"],
        )


class ApproveBanForm(OpinionForm):
    """An opinion that has to say something."""

    text = forms.CharField(label=_("意见"), max_length=400, widget=_LINES)


class ResubmitBanForm(forms.Form):
    reason = forms.CharField(label=_("列入原因"), max_length=400, widget=_LINES)
    paper = paper_field(_("材料"))


class BanReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=400, widget=_LINES)


class ReviewForm(forms.Form):
    conclusion = forms.CharField(label=_("复核结论"), max_length=400, widget=_LINES)
    next_on = DayField(label=_("下次复核日期"))


class AppealForm(forms.Form):
    text = forms.CharField(label=_("申诉内容"), max_length=1000, widget=_LINES)
    received_on = DayField(label=_("收到日期"))
    paper = paper_field(_("申诉材料"))


class DecisionForm(forms.Form):
    decision = forms.CharField(label=_("裁定理由"), max_length=400, widget=_LINES)


class ClearanceForm(forms.Form):
    """Which person or account of the blacklist the supplier only looks like, and how that is
    known.
    """

    subject = forms.ModelChoiceField(BanSubject.objects.all(), label=_("黑名单对象"))
    reason = forms.CharField(label=_("核实情况"), max_length=400, widget=_LINES)

    def offer(self, supplier: Supplier, at: Any) -> None:
        """Offers only what the supplier has in common with the blacklist."""
        field: Any = self.fields["subject"]
        bars = bars_of_suppliers([supplier.pk], at).get(supplier.pk, [])
        subjects = [bar.subject.pk for bar in bars if bar.subject is not None]
        field.queryset = BanSubject.objects.filter(pk__in=subjects)
