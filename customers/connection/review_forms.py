"""The forms of design, joint review, plan and budget."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.connection.budgets import BudgetFacts
from customers.connection.designs import DesignFacts
from customers.connection.forms import LINES
from customers.connection.reviews import OpinionFacts, OutsideExpert
from customers.models import Connection, ReviewCondition, ReviewVerdict
from office.documents.operations import ACCEPT, Upload
from office.forms.day_field import DayField
from office.forms.yuan_field import YuanField
from office.models import User


class DesignForm(forms.Form):
    heat_load_kw = forms.DecimalField(
        label=_("热负荷（kW）"), max_digits=10, decimal_places=2, min_value=0
    )
    pipe_m = forms.IntegerField(label=_("管线长度（m）"), min_value=0, max_value=1_000_000)
    designer = forms.CharField(
        label=_("外部设计单位"), max_length=80, required=False, help_text=_("本公司设计的不填")
    )
    scheme = forms.CharField(label=_("设计方案"), max_length=1000, widget=LINES)
    drawing = forms.FileField(
        label=_("设计图纸"),
        help_text=_("PDF、JPG、PNG、XLSX、DOCX，不超过 20 MB"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )

    @staticmethod
    def facts(values: Any) -> tuple[DesignFacts, list[Upload]]:
        """Returns the facts and the drawing of cleaned values."""
        facts = {name: value for name, value in values.items() if name != "drawing"}
        return DesignFacts(**facts), [Upload(values["drawing"].name, values["drawing"])]


class InviteForm(forms.Form):
    """Experts of the house, and outside experts one a line."""

    users = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("内部专家"),
        required=False,
        help_text=_("按住 Ctrl 可多选"),
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    outside = forms.CharField(
        label=_("外部专家"),
        required=False,
        max_length=1000,
        widget=LINES,
        help_text=_("每行一人：姓名，单位，手机"),
    )

    def offer(self, connection: Connection) -> None:
        """Offers those who may give an opinion in the connection's company."""
        field: Any = self.fields["users"]
        people = User.objects.filter(
            is_active=True,
            groups__permissions__codename="give_review_opinion",
            groups__permissions__content_type__app_label="customers",
        )
        pks = [
            person.pk
            for person in people.prefetch_related("companies").distinct()
            if person.works_for(connection.company)
        ]
        field.queryset = User.objects.filter(pk__in=pks).order_by("last_name", "pk")
        field.label_from_instance = lambda person: person.display_name

    def clean_outside(self) -> list[OutsideExpert]:
        experts = []
        for line in self.cleaned_data["outside"].splitlines():
            parts = [part.strip() for part in line.replace(",", "，").split("，")]
            if not any(parts):
                continue
            if len(parts) != 3:
                raise forms.ValidationError(_("外部专家每行写：姓名，单位，手机。"))
            experts.append(OutsideExpert(*parts))
        return experts


class OpinionForm(forms.Form):
    """An expert's opinion; the conditions stand one a line."""

    verdict = forms.ChoiceField(label=_("结论"), choices=[("", "—"), *ReviewVerdict.choices])
    text = forms.CharField(label=_("意见"), max_length=1000, widget=LINES)
    conditions = forms.CharField(
        label=_("条件"),
        max_length=2000,
        required=False,
        widget=LINES,
        help_text=_("有条件同意的，每行一条"),
    )

    @staticmethod
    def facts(values: Any) -> OpinionFacts:
        """Returns the opinion of cleaned values."""
        return OpinionFacts(
            ReviewVerdict(values["verdict"]), values["text"], values["conditions"].splitlines()
        )


class OutsideOpinionForm(OpinionForm):
    """An outside expert's opinion, signed by name and the last digits of the telephone."""

    signature = forms.CharField(label=_("签名（本人姓名）"), max_length=40)
    phone_tail = forms.CharField(label=_("本人手机后四位"), max_length=4)


class SummaryForm(forms.Form):
    summary = forms.CharField(label=_("会审结论"), max_length=500, widget=LINES)


class ReviewConditionForm(forms.Form):
    condition = forms.ModelChoiceField(ReviewCondition.objects.filter(met_at=None), label=_("条件"))
    evidence = forms.CharField(label=_("落实情况"), max_length=400, widget=LINES)

    def offer(self, connection: Connection) -> None:
        """Offers the conditions of the connection that are open."""
        condition: Any = self.fields["condition"]
        condition.queryset = ReviewCondition.objects.filter(
            opinion__reviewer__review__connection=connection, met_at=None
        )


class BudgetForm(forms.Form):
    scheme = forms.CharField(label=_("施工方案"), max_length=1000, widget=LINES)
    amount_fen = YuanField(label=_("预算（元）"))
    starts_on = DayField(label=_("计划开工"))
    ends_on = DayField(label=_("计划完工"))

    @staticmethod
    def facts(values: Any) -> BudgetFacts:
        """Returns the plan of cleaned values."""
        return BudgetFacts(**values)
