"""The forms of area changes: a policy, and the new areas of one account or of many."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.area_changes.operations import NewArea
from billing.models import AreaBasis, AreaChangeWay
from customers.models import Account
from office.forms.company_choice import CompanyField
from office.forms.day_field import DayField
from office.intake.cells import clean_text
from office.models import User

MOST_LINES = 500
# An account number, the ordinal of the area where it is not the first, and the area in m².
_LINE = re.compile(r"([0-9A-Za-z-]{1,20})(?:/([0-9]{1,3}))?[ ,\t]+([0-9]{1,8}(?:\.[0-9]{1,2})?)")


class AreaChangePolicyForm(forms.Form):
    """From which day on changed areas are charged how, and the paper that says so."""

    company = CompanyField()
    effective_from = DayField(label=_("执行日期"), help_text=_("对这一天及以后开始的采暖季有效"))
    way = forms.ChoiceField(label=_("计费办法"), choices=AreaChangeWay)
    source = forms.CharField(
        label=_("依据"), max_length=120, help_text=_("文件名称、文号或合同条款")
    )

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        company: Any = self.fields["company"]
        company.offer(user)


class AreaChangeForm(forms.Form):
    """New areas, a line for each flat, and from when on they count."""

    company = CompanyField()
    effective_from = DayField(label=_("变更起日"), help_text=_("这一天起按新面积"))
    basis = forms.ChoiceField(label=_("面积口径"), choices=AreaBasis)
    areas = forms.CharField(
        label=_("新面积"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("每行一户：户号、空格、新面积，如 1100000123 91.20；第二条面积写 1100000123/2"),
    )
    due_on = DayField(
        label=_("补收缴费截止日"), required=False, help_text=_("已出账且面积增加时必填")
    )
    reason = forms.CharField(label=_("原因"), max_length=200)
    source = forms.CharField(
        label=_("依据"), max_length=120, help_text=_("申请、实测记录、房产证等的名称或编号")
    )

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        company: Any = self.fields["company"]
        company.offer(user)

    def clean(self) -> dict[str, Any]:
        """Reads the lines and finds their accounts in the chosen company."""
        answers = super().clean() or {}
        if "company" in answers and "areas" in answers:
            answers["new_areas"] = self._read(answers["company"], answers["areas"])
        return answers

    def _read(self, company: Any, text: str) -> list[NewArea]:
        rows = [clean_text(row) for row in text.splitlines() if row.strip()]
        if len(rows) > MOST_LINES:
            self.add_error("areas", _("一次最多 500 行，请分批办理。"))
            return []
        read = [_LINE.fullmatch(row) for row in rows]
        for place, match in enumerate(read, start=1):
            if match is None:
                self.add_error(
                    "areas",
                    _("第 %(number)s 行看不懂，应如 1100000123 91.20。") % {"number": place},
                )
        matches = [match for match in read if match]
        wanted = {match[1].upper() for match in matches}
        accounts = {
            account.number: account
            for account in Account.objects.filter(company=company, number__in=wanted)
        }
        for number in sorted(wanted - accounts.keys()):
            self.add_error("areas", _("没有户号 %(number)s。") % {"number": number})
        return [
            NewArea(accounts[match[1].upper()], Decimal(match[3]), int(match[2] or 1))
            for match in matches
            if match[1].upper() in accounts
        ]
