"""The forms of rules, ratings and panel sheets."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from office.models import User
from suppliers.dimensions import Dimension, PanelDepartment, WithoutData
from suppliers.models import PanelSheet, RatingObjection, RatingRun
from suppliers.rating.operations import DimensionTerms, RuleFacts
from suppliers.rating.panel import SheetFacts
from suppliers.rating.score_rows import names_of_items
from suppliers.registry.supplier_field import SupplierField

_LINES = forms.Textarea(attrs={"rows": 3})


def _percent(label: Any, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        max_digits=5,
        decimal_places=2,
        min_value=Decimal(0),
        max_value=Decimal(100),
        **options,
    )


class RatingRuleForm(forms.Form):
    """A rule: five dimensions with their weights, shares and least scores."""

    title = forms.CharField(label=_("名称"), max_length=80)
    source = forms.CharField(label=_("依据"), max_length=120)
    from_year = forms.IntegerField(label=_("自评审年度"), min_value=2000, max_value=2100)
    grace_days = forms.IntegerField(label=_("交货宽限天数"), min_value=0, max_value=366, initial=0)
    qualified_from = _percent(_("合格线"), initial=60)
    excellent_from = _percent(_("优秀线"), initial=90)
    panel_from = _percent(_("面对面评审合格线"), initial=60)
    objection_days = forms.IntegerField(label=_("公示天数"), min_value=1, max_value=90, initial=7)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for dimension in Dimension:
            own = {
                "weight": _percent(_("权重")),
                "panel_share": _percent(_("评审占比"), initial=0),
                "without_data": forms.ChoiceField(label=_("无数据时"), choices=WithoutData),
                "excellent_least": _percent(_("优秀最低分"), required=False),
            }
            self.fields |= {f"{dimension.value}_{part}": field for part, field in own.items()}

    def terms(self) -> list[forms.BoundField]:
        """Returns the fields of the rule itself."""
        return [self[name] for name in self.base_fields]

    def rows(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Returns the fields of each dimension under its name."""
        parts = ("weight", "panel_share", "without_data", "excellent_least")
        return [
            (dimension.label, [self[f"{dimension.value}_{part}"] for part in parts])
            for dimension in Dimension
        ]

    @staticmethod
    def facts(values: Mapping[str, Any]) -> RuleFacts:
        """Returns the rule in cleaned values."""
        return RuleFacts(
            title=values["title"],
            source=values["source"],
            from_year=values["from_year"],
            grace_days=values["grace_days"],
            qualified_from=values["qualified_from"],
            excellent_from=values["excellent_from"],
            panel_from=values["panel_from"],
            objection_days=values["objection_days"],
            dimensions={
                dimension: DimensionTerms(
                    values[f"{dimension.value}_weight"],
                    values[f"{dimension.value}_panel_share"],
                    WithoutData(values[f"{dimension.value}_without_data"]),
                    values[f"{dimension.value}_excellent_least"],
                )
                for dimension in Dimension
            },
        )


class NewRunForm(forms.Form):
    """The year to be rated."""

    year = forms.IntegerField(label=_("评审年度"), min_value=2000, max_value=2100)


class PanelMemberForm(forms.Form):
    """A person and the department they sit for."""

    user = forms.ModelChoiceField(User.objects.none(), label=_("评委"))
    department = forms.ChoiceField(label=_("部门"), choices=PanelDepartment)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        user: Any = self.fields["user"]
        user.queryset = (
            User.objects.filter(
                is_active=True,
                groups__permissions__codename="sit_on_panel",
                groups__permissions__content_type__app_label="suppliers",
            )
            .distinct()
            .order_by("username")
        )
        user.label_from_instance = lambda person: person.display_name


class ObjectionForm(forms.Form):
    """An objection as it comes in."""

    supplier = SupplierField()
    raised_from = forms.CharField(label=_("提出人"), max_length=80)
    reason = forms.CharField(label=_("异议内容"), max_length=500, widget=_LINES)


class AnswerForm(forms.Form):
    """The answer to one of the open objections."""

    objection = forms.ModelChoiceField(RatingObjection.objects.all(), label=_("异议"))
    upheld = forms.TypedChoiceField(
        label=_("结论"),
        choices=[("no", _("不成立")), ("yes", _("成立"))],
        coerce=lambda value: value == "yes",
    )
    answer = forms.CharField(label=_("答复"), max_length=500, widget=_LINES)

    def offer(self, run: RatingRun) -> None:
        """Offers the objections to the run that are not answered."""
        objection: Any = self.fields["objection"]
        objection.queryset = run.objections.filter(upheld__isnull=True).select_related("supplier")


class RatingReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("原因"), max_length=400, widget=_LINES)


class PanelSheetForm(forms.Form):
    """A member's sheet: points and a remark for each item, one opinion, the version on screen."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self, items: Sequence[str], sheet: PanelSheet | None, posted: Mapping[str, Any] | None
    ) -> None:
        marks = {mark.item: mark for mark in sheet.marks.all()} if sheet else {}
        super().__init__(posted, initial={"seen": sheet.version if sheet else 0})
        self.items = items
        names = names_of_items()
        for item in items:
            mark = marks.get(item)
            self.fields[f"{item}_points"] = _percent(
                names[item], initial=mark.points if mark else None
            )
            self.fields[f"{item}_remark"] = forms.CharField(
                label=_("%(item)s：说明") % {"item": names[item]},
                max_length=200,
                required=False,
                initial=mark.remark if mark else "",
            )
        self.fields["opinion"] = forms.CharField(
            label=_("评审意见"),
            max_length=500,
            widget=_LINES,
            initial=sheet.opinion if sheet else "",
        )

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Returns the fields of points and remark of each item."""
        return [(self[f"{item}_points"], self[f"{item}_remark"]) for item in self.items]

    def facts(self, values: Mapping[str, Any]) -> SheetFacts:
        """Returns the sheet in cleaned values."""
        return SheetFacts(
            {item: values[f"{item}_points"] for item in self.items},
            values["opinion"],
            {item: values[f"{item}_remark"] for item in self.items},
            values["seen"],
        )
