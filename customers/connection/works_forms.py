"""The forms of contract, construction, acceptance and heat-on."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.connection.contracts import ContractFacts
from customers.connection.forms import LINES
from customers.connection.works import KickOffFacts
from customers.models import Connection, WorksDefect, WorksNode
from office.documents.operations import PHOTOS, Upload
from office.forms.day_field import DayField
from office.money import parse_yuan
from suppliers.registry.supplier_field import SupplierField


class DraftForm(forms.Form):
    """The area and the schedule of a contract that is drawn up; the schedule stands one day a
    line.
    """

    area = forms.DecimalField(
        label=_("合同面积（m²）"), max_digits=12, decimal_places=2, min_value=0
    )
    schedule = forms.CharField(
        label=_("付款计划"),
        max_length=2000,
        widget=LINES,
        help_text=_("每行一期：日期，金额（元），如 2026-05-01，500000.00"),
    )

    def clean_schedule(self) -> list[tuple[date, int]]:
        schedule = []
        for line in self.cleaned_data["schedule"].splitlines():
            day, _comma, amount = line.replace("，", ",").partition(",")
            if not line.strip():
                continue
            try:
                fen = parse_yuan(amount.replace(",", "").strip())
                schedule.append((DayField().clean(day.strip()), fen))
            except (ValueError, forms.ValidationError):
                raise forms.ValidationError(
                    _("付款计划每行写：日期，金额，如 2026-05-01，500000.00。")
                ) from None
        return schedule


class ContractForm(DraftForm):
    """A contract that was signed outside, with its scan."""

    signed_on = DayField(label=_("签订日期"))
    scan = forms.FileField(label=_("签字扫描件"))
    field_order = ("area", "signed_on", "schedule", "scan")

    @staticmethod
    def facts(values: Any) -> tuple[ContractFacts, Upload]:
        """Returns the contract and its scan from cleaned values."""
        facts = ContractFacts(values["area"], values["signed_on"], values["schedule"])
        return facts, Upload(values["scan"].name, values["scan"])


class AmendmentForm(ContractForm):
    reason = forms.CharField(label=_("变更原因"), max_length=400, widget=LINES)


class KickOffForm(forms.Form):
    contractor = SupplierField(label=_("施工单位统一社会信用代码"))
    met_on = DayField(label=_("启动会日期"))
    materials = forms.CharField(label=_("材料落实"), max_length=400, widget=LINES)
    staff = forms.CharField(label=_("人员落实"), max_length=400, widget=LINES)
    minutes = forms.CharField(label=_("会议纪要"), max_length=1000, widget=LINES)

    @staticmethod
    def facts(values: Any) -> KickOffFacts:
        """Returns the meeting of cleaned values."""
        return KickOffFacts(**values)


class InspectionForm(forms.Form):
    node = forms.ChoiceField(label=_("节点"), choices=WorksNode)
    passed = forms.TypedChoiceField(
        label=_("结论"),
        choices=[("", "—"), ("yes", _("合格")), ("no", _("不合格"))],
        coerce=lambda value: value == "yes",
    )
    note = forms.CharField(label=_("检查情况"), max_length=400, widget=LINES)
    photo = forms.FileField(
        label=_("现场照片"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ",".join(PHOTOS)}),
    )


class DefectForm(forms.Form):
    text = forms.CharField(label=_("缺陷"), max_length=300, widget=LINES)
    due_on = DayField(label=_("整改期限"))


class RemedyForm(forms.Form):
    defect = forms.ModelChoiceField(WorksDefect.objects.filter(closed_at=None), label=_("缺陷"))
    remedy = forms.CharField(label=_("整改情况"), max_length=300, widget=LINES)

    def offer(self, connection: Connection) -> None:
        """Offers the connection's defects that are open."""
        defect: Any = self.fields["defect"]
        defect.queryset = WorksDefect.objects.filter(works__connection=connection, closed_at=None)


class AcceptanceForm(forms.Form):
    score = forms.DecimalField(
        label=_("验收得分"), max_digits=5, decimal_places=2, min_value=0, max_value=100
    )
    conclusion = forms.CharField(label=_("验收结论"), max_length=500, widget=LINES)


class TableForm(forms.Form):
    community = forms.CharField(label=_("小区"), max_length=60)
    table = forms.FileField(
        label=_("楼栋表"),
        help_text=_("XLSX，列名：楼号、单元、房号、建筑面积、热价类别、户名、电话、换热站"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )


class HeatOnForm(forms.Form):
    first_day = DayField(label=_("首个供热日"))
