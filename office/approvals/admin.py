"""Approvals: the list of them, the rules they follow, and delegations."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office.action_names import action_name
from office.approvals.delegations import delegate_approvals, end_delegation, is_over
from office.approvals.kinds import approval_kind, approval_kinds
from office.approvals.rules import MOST_LEVELS, publish_approval_rule
from office.approvals.waiting import approvals_waiting_for
from office.calendar import business_date
from office.forms.company_choice import CompanyOrGroupField
from office.forms.day_field import DayField
from office.lists.filters import CompanyFilter, RecordList
from office.lists.list_columns import MoneyColumn
from office.models import Approval, ApprovalRule, Delegation, User
from office.money import parse_yuan
from office.requests import actor_of, user_of
from office.screens.form_records import FormAdmin
from office.screens.records import RecordAdmin, Verb


def _day(label: Any) -> DayField:
    return DayField(label=label)


class ApprovalRuleForm(forms.Form):
    """One rule: for what, for whom, from which amount on, through which levels."""

    kind = forms.ChoiceField(label=_("审批事项"))
    company = CompanyOrGroupField()
    from_amount = forms.CharField(
        label=_("起始金额（元）"),
        max_length=14,
        initial="0",
        help_text=_("达到此金额的按本规则审批；不分金额的填 0"),
    )
    effective_from = _day(_("执行日期"))
    source = forms.CharField(
        label=_("依据"), max_length=120, help_text=_("审批权限文件的名称、文号")
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        company: Any = self.fields["company"]
        company.offer(user)
        kinds = approval_kinds()
        kind: Any = self.fields["kind"]
        kind.choices = [(approval_kind.key, approval_kind.label) for approval_kind in kinds]
        names = [name for approval_kind in kinds for name in approval_kind.permissions]
        choices = [(name, action_name(name.partition(".")[2])) for name in dict.fromkeys(names)]
        for number in range(1, MOST_LEVELS + 1):
            self.fields[f"level_{number}"] = forms.ChoiceField(
                label=_("第 %(number)s 级") % {"number": number},
                choices=choices if number == 1 else [("", "—"), *choices],
                required=number == 1,
            )

    def clean_from_amount(self) -> int:
        try:
            return parse_yuan(self.cleaned_data["from_amount"])
        except ValueError:
            raise forms.ValidationError(_("请填写金额，如 1000000.00。")) from None

    @property
    def levels(self) -> list[str]:
        """The levels that were chosen, in order."""
        chosen = [self.cleaned_data[f"level_{n}"] for n in range(1, MOST_LEVELS + 1)]
        return [name for name in chosen if name]


class DelegationForm(forms.Form):
    """To whom a person delegates approvals, and for which days."""

    deputy = forms.ModelChoiceField(User.objects.none(), label=_("受托人"))
    first_day = _day(_("开始日期"))
    last_day = _day(_("结束日期"))
    reason = forms.CharField(label=_("原因"), max_length=200)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = User.objects.filter(is_active=True).exclude(pk=user.pk)
        if not user.sees_every_company:
            colleagues = colleagues.filter(companies__in=user.company_ids).distinct()
        deputy: Any = self.fields["deputy"]
        deputy.queryset = colleagues.order_by("last_name", "first_name", "pk")


@admin.register(ApprovalRule)
class ApprovalRuleAdmin(FormAdmin):
    permission = "office.publish_approval_rule"
    list_display = [
        *("kind_named", "owner", "from_amount", "chain"),
        *("effective_from", "source", "published_by"),
    ]
    list_select_related = ["company", "published_by"]
    list_filter = [CompanyFilter]
    list_before_template = "office/approval_defaults.html"
    fields = [
        *("kind_named", "owner", "from_amount", "chain"),
        *("effective_from", "source", "published_by", "published_at"),
    ]
    readonly_fields = ["kind_named", "owner", "from_amount", "chain"]

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return ApprovalRuleForm(user, *args)

    def make(self, form: ApprovalRuleForm, request: HttpRequest) -> ApprovalRule:
        answers = form.cleaned_data
        return publish_approval_rule(
            answers["kind"],
            answers["company"],
            form.levels,
            from_amount_fen=answers["from_amount"],
            effective_from=answers["effective_from"],
            source=answers["source"],
            by=actor_of(request),
            at=timezone.now(),
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        defaults = [(kind.label, _chain(kind.default_levels)) for kind in approval_kinds()]
        return super().changelist_view(request, {**(extra_context or {}), "defaults": defaults})

    @admin.display(description=_("审批事项"))
    def kind_named(self, rule: ApprovalRule) -> str:
        return str(approval_kind(rule.kind).label)

    @admin.display(description=_("适用"))
    def owner(self, rule: ApprovalRule) -> str:
        return rule.company.short_name if rule.company else str(_("全集团"))

    from_amount = MoneyColumn("from_amount_fen", _("起始金额（元）"), summed=False)

    @admin.display(description=_("审批级次"))
    def chain(self, rule: ApprovalRule) -> str:
        return _chain(rule.levels)


def _chain(levels: Any) -> str:
    return " → ".join(action_name(name.partition(".")[2]) for name in levels)


class MineFilter(SimpleListFilter):
    """What waits for the person who looks."""

    title = _("办理情况")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return [("me", str(_("待我审批")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "me":
            return queryset
        waiting = approvals_waiting_for(user_of(request), timezone.now())
        return queryset.filter(pk__in=waiting.order_by().values("pk"))


class _LeadsToTheRecord(RecordList):
    """An approval is decided on the page of its record."""

    def url_for_result(self, result: Any) -> str:
        return record_page(result)


def record_page(approval: Approval) -> str:
    """Returns the address of the record that is approved."""
    return reverse(approval_kind(approval.kind).page, args=[approval.record_id])


@admin.register(Approval)
class ApprovalAdmin(RecordAdmin):
    list_display = ["title", "kind_named", "company", "state", "waits_for", "drafter", "opened_at"]
    list_select_related = ["company", "drafted_by"]
    list_filter = [MineFilter, CompanyFilter, "state"]
    fields = ["title", "kind_named", "company", "state", "waits_for", "drafted_by", "opened_at"]
    readonly_fields = ["kind_named", "waits_for"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RecordList]:
        return _LeadsToTheRecord

    @admin.display(description=_("审批事项"))
    def kind_named(self, approval: Approval) -> str:
        return str(approval_kind(approval.kind).label)

    @admin.display(description=_("当前级次"))
    def waits_for(self, approval: Approval) -> str:
        if approval.ended_at is not None:
            return ""
        name = action_name(approval.permission.partition(".")[2])
        return f"{approval.level}/{len(approval.levels)}　{name}"

    @admin.display(description=_("起草人"))
    def drafter(self, approval: Approval) -> str:
        return approval.drafted_by.display_name


@admin.register(Delegation)
class DelegationAdmin(FormAdmin):
    permission = "office.delegate_approvals"
    list_display = ["pair", "first_day", "last_day", "reason", "standing", "entered_at"]
    list_select_related = ["delegator", "deputy"]
    fields = ["delegator", "deputy", "first_day", "last_day", "reason", "entered_at", "ended_at"]
    verbs = (
        Verb(
            "end_delegation",
            _("结束委托"),
            "office.end_delegation",
            lambda delegation, answers, by, at: end_delegation(delegation, by=by, at=at),
            _("委托已结束。"),
            question=_("结束后受托人不能再代您审批。"),
            allowed=lambda delegation: not is_over(delegation, business_date(timezone.now())),
        ),
    )

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return DelegationForm(user, *args)

    def make(self, form: forms.Form, request: HttpRequest) -> Delegation:
        answers = form.cleaned_data
        return delegate_approvals(
            answers["deputy"],
            first_day=answers["first_day"],
            last_day=answers["last_day"],
            reason=answers["reason"],
            by=actor_of(request),
            at=timezone.now(),
        )

    @admin.display(description=_("委托"))
    def pair(self, delegation: Delegation) -> str:
        return str(delegation)

    @admin.display(description=_("状态"))
    def standing(self, delegation: Delegation) -> str:
        today = business_date(timezone.now())
        if is_over(delegation, today):
            return str(_("已结束"))
        return str(_("未开始")) if delegation.first_day > today else str(_("有效"))
