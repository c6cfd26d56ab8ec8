"""The forms of stop-heat: the terms of a season, an application and a resumption."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import HeatingSeason, ResumptionCause, StopHeat
from billing.stop_heat.conditions import Declared
from billing.stop_heat.terms import Conditions
from customers.models import Account, Building
from office.forms.company_choice import CompanyField
from office.forms.day_field import DayField
from office.forms.percent_field import PercentField
from office.forms.typed_numbers import read_number
from office.forms.yuan_field import YuanField
from office.models import User

MOST_ACCOUNTS = 500
MOST_AREAS = 999


class _SeasonForm(forms.Form):
    """A form about one season of a company, chosen by its label."""

    company = CompanyField()
    season = forms.CharField(label=_("采暖季"), max_length=9, help_text=_("如 2025-2026"))

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        company: Any = self.fields["company"]
        company.offer(user)

    def clean_season(self) -> HeatingSeason:
        """Returns the season with this label in the chosen company."""
        seasons = HeatingSeason.objects.filter(company=self.cleaned_data.get("company"))
        season = seasons.filter(label=self.cleaned_data["season"].strip()).first()
        if season is None:
            raise forms.ValidationError(_("该公司没有这个采暖季。"))
        return season


class StopHeatTermsForm(_SeasonForm):
    """The window and the conditions of a season, and the paper that says so."""

    opens_on = DayField(label=_("受理起日"))
    closes_on = DayField(label=_("受理止日"), help_text=_("含当日"))
    no_arrears = forms.BooleanField(label=_("须无欠费"), required=False, initial=True)
    separable = forms.BooleanField(label=_("须能分户关断"), required=False, initial=True)
    heated_last_season = forms.BooleanField(label=_("上一采暖季须用热"), required=False)
    out_of_warranty = forms.BooleanField(label=_("建筑须过保修期"), required=False)
    most_of_unit = PercentField(
        label=_("单元内报停户数上限（%）"),
        max_digits=5,
        decimal_places=4,
        required=False,
        help_text=_("不限则不填"),
    )
    partial_allowed = forms.BooleanField(label=_("可部分报停"), required=False)
    reopening_fee = YuanField(label=_("复热开栓费（元）"), required=False)
    self_reconnection_fee = YuanField(label=_("自行接通违约费（元）"), required=False)
    source = forms.CharField(
        label=_("依据"), max_length=120, help_text=_("文件名称、文号或合同条款")
    )

    @property
    def conditions(self) -> Conditions:
        """The conditions that the form sets."""
        answers = self.cleaned_data
        flags = ("no_arrears", "separable", "heated_last_season", "out_of_warranty")
        return Conditions(
            **{name: answers[name] for name in flags},
            most_of_unit=answers["most_of_unit"],
            partial_allowed=answers["partial_allowed"],
            reopening_fee_fen=answers["reopening_fee"] or 0,
            self_reconnection_fee_fen=answers["self_reconnection_fee"] or 0,
        )


class StopHeatForm(_SeasonForm):
    """Which flats shall have no heat: account numbers, or every flat of one building."""

    accounts = forms.CharField(
        label=_("户号"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("可填多户，用空格或换行分开；整栋楼报停请填楼栋"),
    )
    building = forms.CharField(
        label=_("整栋楼"),
        required=False,
        max_length=80,
        help_text=_("小区和楼号，用空格分开，如 汾河小区 3号楼"),
    )
    ordinals = forms.CharField(
        label=_("报停面积序号"),
        required=False,
        max_length=40,
        help_text=_("只停部分面积时填序号，如 2；整户报停不填"),
    )
    separable = forms.BooleanField(label=_("可以分户关断（有自用可锁闭阀门）"), required=False)
    warranty_until = DayField(
        label=_("建筑保修期至"), required=False, help_text=_("已过保修期不填")
    )
    source = forms.CharField(
        label=_("申请材料"), max_length=120, help_text=_("报停申请书等的名称或编号")
    )

    def clean_ordinals(self) -> tuple[int, ...]:
        """Returns the ordinals of the areas that stop; none for all."""
        words = self.cleaned_data["ordinals"].replace("，", " ").replace(",", " ").split()
        ordinals = [read_number(word, largest=MOST_AREAS) for word in words]
        if None in ordinals:
            raise forms.ValidationError(_("序号应为数字，如 2。"))
        return tuple(ordinal for ordinal in ordinals if ordinal is not None)

    def clean(self) -> dict[str, Any]:
        """Finds the accounts in the chosen company."""
        answers = super().clean() or {}
        company = answers.get("company")
        if company is None or self.errors:
            return answers
        accounts = self._listed(company) or self._of_building(company)
        if not accounts and not self.errors:
            self.add_error("accounts", _("请填写户号或整栋楼。"))
        declared = Declared(
            bool(answers.get("separable")),
            answers.get("warranty_until"),
            answers.get("ordinals", ()),
        )
        answers["applications"] = dict.fromkeys(accounts, declared)
        return answers

    def _listed(self, company: Any) -> list[Account]:
        numbers = list(dict.fromkeys(self.cleaned_data["accounts"].upper().split()))
        if len(numbers) > MOST_ACCOUNTS:
            self.add_error("accounts", _("一次最多 500 户，请分批办理。"))
            return []
        accounts = Account.objects.filter(company=company, number__in=numbers)
        by_number = {account.number: account for account in accounts.select_related("premise")}
        for number in numbers:
            if number not in by_number:
                self.add_error("accounts", _("没有户号 %(number)s。") % {"number": number})
        return [by_number[number] for number in numbers if number in by_number]

    def _of_building(self, company: Any) -> list[Account]:
        community, _space, name = self.cleaned_data["building"].strip().partition(" ")
        if not community:
            return []
        building = Building.objects.filter(
            community__company=company, community__name=community, name=name.strip()
        ).first()
        if building is None:
            self.add_error("building", _("没有这栋楼，请写小区、空格和楼号。"))
            return []
        accounts = Account.objects.filter(premise__building=building).select_related("premise")
        return list(accounts.order_by("number")[: MOST_ACCOUNTS + 1])


class ResumptionForm(_SeasonForm):
    """Whose heat runs again, why, and until when the rest is to be paid."""

    account = forms.CharField(label=_("户号"), max_length=20)
    cause = forms.ChoiceField(label=_("原因"), choices=ResumptionCause)
    due_on = DayField(label=_("缴费截止日"))
    source = forms.CharField(
        label=_("依据"), max_length=120, help_text=_("复热申请、稽查记录等的名称或编号")
    )
    field_order = ("company", "account", "season")

    def clean(self) -> dict[str, Any]:
        """Finds the latest stop of the company's account in the season."""
        answers = super().clean() or {}
        stops = StopHeat.objects.filter(
            company=answers.get("company"),
            account__number=answers.get("account", "").strip(),
            season=answers.get("season"),
        )
        stop = stops.order_by("-pk").first()
        if stop is None and not self.errors:
            self.add_error("account", _("该户在这个采暖季没有报停。"))
        answers["stop"] = stop
        return answers
