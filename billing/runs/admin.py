"""The screens of billing runs: create, preview, approve, issue, close."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.bills.explain import percent_text
from billing.models import BillingRun, HeatingSeason, ParkedAccount
from billing.runs.kind import BILLING_RUN_APPROVAL, BILLING_RUN_KIND
from billing.runs.operations import (
    approve_billing_run,
    cancel_billing_run,
    close_billing_run,
    create_billing_run,
    issue_billing_run,
    leave_out_account,
    preview_billing_run,
    resume_billing_run,
    return_billing_run,
)
from billing.seasons.filters import SeasonFilter
from billing.states import BILLING_RUN, BillingRunState
from customers.models import Community
from office.approvals.screen import (
    DecisionVerb,
    OpinionForm,
    ReturnForm,
    read_opinion,
)
from office.forms.typed_numbers import read_number
from office.lists.filters import ChosenRecordFilter, CompanyFilter
from office.models import User
from office.requests import actor_of, user_of
from office.runs.screen import ExceptionList, ExceptionRow, ResumeVerb, RunAdmin
from office.screens.form_page import form_page
from office.screens.records import RecordAdmin, Verb

FIND = "find"
_CREATE = "billing/runs/create_billing_run.html"
MOST_MATCHES = 30
MOST_PARKED = 100
_STEPS = (
    (_("定范围"), (BillingRunState.SCOPED,)),
    (_("试算"), (BillingRunState.PREVIEWING,)),
    (_("审核"), (BillingRunState.PREVIEWED,)),
    (_("出账"), (BillingRunState.APPROVED, BillingRunState.ISSUING)),
    (_("处理暂缓账户"), (BillingRunState.ISSUED,)),
    (_("关闭"), (BillingRunState.CLOSED,)),
)


class ScopeForm(forms.Form):
    """The season to bill, and communities of its company when not the whole company is billed."""

    season = forms.ModelChoiceField(HeatingSeason.objects.none(), label=_("采暖季"))
    text = forms.CharField(
        label=_("查找小区"),
        max_length=60,
        required=False,
        help_text=_("不勾选小区为全公司"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-enter": "find"}),
    )
    communities = forms.ModelMultipleChoiceField(
        Community.objects.none(), label=pgettext_lazy("plural", "小区"), required=False
    )

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        seasons: Any = self.fields["season"]
        rows = HeatingSeason.objects.visible_to(user).select_related("company")
        seasons.queryset = rows.order_by("company", "-label")
        # The label of a season is the same in every company, so that several need the company's.
        has_several = user.sees_every_company or len(user.company_ids) > 1
        seasons.label_from_instance = lambda row: (
            f"{row.company} {row}" if has_several else str(row)
        )
        key = read_number(self.data.get("season"))
        season = rows.filter(pk=key).first() if key is not None else None
        communities: Any = self.fields["communities"]
        if season is not None:
            communities.queryset = Community.objects.filter(company=season.company_id)

    def ticked(self) -> list[Community]:
        """Returns the communities that are ticked, of the chosen season's company."""
        field: Any = self.fields["communities"]
        sent: Any = self.data
        keys = [read_number(key) for key in sent.getlist("communities")] if sent else []
        rows = field.queryset.filter(pk__in=[key for key in keys if key is not None])
        return list(rows.order_by("name"))

    def matches(self) -> list[Community]:
        """Returns the communities that the typed text finds and that are not ticked; one more than
        `MOST_MATCHES` where there are more.
        """
        field: Any = self.fields["communities"]
        text = str(self.data.get("text", "")).replace("\x00", "").strip()
        if not text:
            return []
        ticked = [community.pk for community in self.ticked()]
        rows = field.queryset.filter(name__contains=text[:60]).exclude(pk__in=ticked)
        return list(rows.order_by("name")[: MOST_MATCHES + 1])


class LeaveOutForm(forms.Form):
    """One flagged outlier, and why it is not billed with this run."""

    account_number = forms.CharField(label=_("异常账户的户号"), max_length=20)
    reason = forms.CharField(label=_("原因"), max_length=150)


@admin.register(BillingRun)
class BillingRunAdmin(RunAdmin):
    workflow = BILLING_RUN
    run_kind = BILLING_RUN_KIND
    run_steps = _STEPS
    record_page = "billing/runs/billing_run.html"
    list_display = ["name", "company", "state", "bill_count", "created_by", "created_at"]
    list_display_links = ["name"]
    list_select_related = ["season", "company", "created_by"]
    list_filter = [CompanyFilter, SeasonFilter, "state"]
    ordering = ["-pk"]
    verbs = (
        Verb(
            "preview_billing_run",
            _("试算"),
            "billing.preview_billing_run",
            lambda run, values, by, at: preview_billing_run(run, by=by, at=at),
            _("已开始试算。"),
            look="button-primary",
        ),
        Verb(
            "leave_out_account",
            _("暂缓异常账户"),
            "billing.leave_out_account",
            lambda run, answers, by, at: leave_out_account(
                run, answers["account_number"], reason=answers["reason"], by=by, at=at
            ),
            _("该户已暂缓，汇总已更新，须按新的汇总审核。"),
            form=LeaveOutForm,
            allowed=lambda run: (
                run.state == BillingRunState.PREVIEWED and bool(run.summary.get("outliers"))
            ),
        ),
        DecisionVerb(
            "approve_billing_run",
            _("审核通过"),
            "billing.approve_billing_run",
            lambda run, answers, by, at: approve_billing_run(
                run, read_opinion(answers), by=by, at=at
            ),
            _("已审核通过。"),
            form=OpinionForm,
            question=_("请确认已核对汇总、与上季的差额和异常账户。"),
            look="button-primary",
            kind=BILLING_RUN_APPROVAL,
        ),
        DecisionVerb(
            "return_billing_run",
            _("退回"),
            "billing.approve_billing_run",
            lambda run, answers, by, at: return_billing_run(
                run, read_opinion(answers), by=by, at=at
            ),
            _("批次已退回。"),
            form=ReturnForm,
            question=_("退回后须重新试算，再由他人审核。"),
            kind=BILLING_RUN_APPROVAL,
        ),
        Verb(
            "issue_billing_run",
            _("出账"),
            "billing.issue_billing_run",
            lambda run, values, by, at: issue_billing_run(run, by=by, at=at),
            _("已开始出账。"),
            question=_("出账后账单不能修改，只能另行更正。"),
            look="button-primary",
        ),
        ResumeVerb(
            "resume_billing_run",
            _("继续"),
            "",
            lambda run, values, by, at: resume_billing_run(run, by=by, at=at),
            _("已从中断处继续。"),
            look="button-primary",
            kind=BILLING_RUN_KIND,
        ),
        Verb(
            "close_billing_run",
            _("关闭批次"),
            "billing.close_billing_run",
            lambda run, values, by, at: close_billing_run(run, by=by, at=at),
            _("批次已关闭。"),
            question=_("请确认暂缓账户都已处理。"),
        ),
        Verb(
            "cancel_billing_run",
            _("取消批次"),
            "billing.cancel_billing_run",
            lambda run, values, by, at: cancel_billing_run(run, by=by, at=at),
            _("批次已取消。"),
            question=_("取消后须重新创建批次。"),
            look="button-danger",
        ),
    )

    @admin.display(description=_("出账批次"), ordering="pk")
    def name(self, run: BillingRun) -> str:
        return f"{run.season.label} #{run.pk}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm("billing.create_billing_run")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Shows the form of the scope and creates the run."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ScopeForm(user_of(request), request.POST if request.method == "POST" else None)
        communities = self._communities(form, searching=FIND in request.POST)
        if FIND in request.POST:
            back = reverse("admin:billing_billingrun_changelist")
            return self.page(
                request, _CREATE, title=_("新建出账批次"), form=form, back=back, **communities
            )
        return form_page(
            self,
            request,
            form,
            lambda scope: create_billing_run(
                scope["season"],
                communities=list(scope["communities"]),
                by=actor_of(request),
                at=timezone.now(),
            ),
            _CREATE,
            title=_("新建出账批次"),
            **communities,
        )

    def _communities(self, form: ScopeForm, *, searching: bool) -> dict[str, Any]:
        """Returns the communities that the form shows: the ticked and the found ones."""
        matches = form.matches() if searching else []
        return {
            "ticked": form.ticked(),
            "matches": matches[:MOST_MATCHES],
            "more": len(matches) > MOST_MATCHES,
            "searched": searching and not form.errors and form["text"].value(),
        }

    def record_context(self, request: HttpRequest, record: BillingRun) -> dict[str, Any]:
        return {
            **super().record_context(request, record),
            "summary": record.summary,
            # As printed in the price document: 3.60, not 3.6000.
            "by_tariff": [
                row
                | {
                    "unit_price": _two_places(row["unit_price"]),
                    "basic_share": _basic_share(row["ratio"]),
                }
                for row in record.summary.get("by_tariff", [])
            ],
            "communities": list(record.communities.all()[:50]),
            "exception_lists": [_parked(record), _outliers(record), *_undrawn(record)],
        }


@admin.register(ParkedAccount)
class ParkedAccountAdmin(RecordAdmin):
    list_display = ["account", "reason", "sentence", "run"]
    list_select_related = ["account", "run__season"]
    search_fields = ["account__number__exact"]
    search_help_text = _("完整的户号")
    list_filter = [("run", ChosenRecordFilter)]
    ordering = ["-run", "account"]


def _parked(run: BillingRun) -> ExceptionList:
    parked = run.parked.select_related("account").order_by("account__number")
    everything = reverse("admin:billing_parkedaccount_changelist")
    return ExceptionList(
        pgettext_lazy("plural", "暂缓账户"),
        [
            ExceptionRow(_account_page(row.account_id), row.account.number, row.sentence)
            for row in parked[:MOST_PARKED]
        ],
        run.parked.count(),
        _("户号"),
        _("没有暂缓账户。"),
        page=f"{everything}?run__id__exact={run.pk}",
    )


def _outliers(run: BillingRun) -> ExceptionList:
    rows = [
        ExceptionRow(
            _account_page(row["account_id"]),
            row["number"],
            row["sentence"],
            note=row["address"],
            amount_fen=row["amount_fen"],
        )
        for row in run.summary.get("outliers", [])
    ]
    return ExceptionList(
        _("异常账户"),
        rows,
        len(rows),
        _("户号"),
        _("没有异常账户。"),
        noted=_("地址"),
        priced=_("金额（元）"),
    )


def _undrawn(run: BillingRun) -> list[ExceptionList]:
    """Returns the accounts whose notices would show a box, or nothing where there are none."""
    undrawn = run.summary.get("undrawn", {"count": 0, "rows": []})
    if not undrawn["count"]:
        return []
    rows = [
        ExceptionRow(
            _account_page(row["account_id"]),
            row["number"],
            str(_("“%(characters)s”没有字体可以打印，请先改正户名或地址") % row),
            note=f"{row['name']}　{row['address']}",
        )
        for row in undrawn["rows"]
    ]
    return [
        ExceptionList(
            _("有字印不出的账户"), rows, undrawn["count"], _("户号"), "", noted=_("户名、地址")
        )
    ]


def _account_page(account_id: int) -> str:
    return reverse("admin:customers_account_change", args=[account_id])


def _basic_share(ratio: str) -> str:
    """Returns the share that customers with stopped heat pay, as "30%"; "" for the full price."""
    share = Decimal(ratio)
    return "" if share == 1 else percent_text(share)


def _two_places(price: str) -> str:
    """Returns 3.6000 as 3.60, as the price document prints it; longer prices stay as they are."""
    return price[:-2] if price.endswith("00") and "." in price[:-4] else price
