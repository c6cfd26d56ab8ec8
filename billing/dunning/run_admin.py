"""The screens of dunning runs: the ladder, the runs, and the steps that were taken."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.change_states import DUNNING_RUN, DunningRunState
from billing.dunning.delivery import deliveries_of
from billing.dunning.kind import DUNNING_RUN_APPROVAL, DUNNING_RUN_KIND
from billing.dunning.ladder import StepFacts, publish_dunning_step
from billing.dunning.operations import (
    approve_dunning_run,
    cancel_dunning_run,
    create_dunning_run,
    preview_dunning_run,
    record_dunning_result,
    resume_dunning_run,
    return_dunning_run,
    start_dunning_run,
)
from billing.dunning.run_forms import DunningResultForm, DunningScopeForm, DunningStepForm
from billing.dunning.tasks_waiting import TaskFilter, with_open_debt
from billing.models import (
    DunningChannel,
    DunningDraft,
    DunningNotice,
    DunningRun,
    DunningStep,
    ParkedDunning,
)
from office.approvals.screen import DecisionVerb, OpinionForm, ReturnForm, read_opinion
from office.calendar import business_date
from office.lists.filters import ChosenRecordFilter, CompanyFilter
from office.lists.list_columns import MoneyColumn
from office.models import User
from office.requests import actor_of
from office.runs.screen import ExceptionList, ExceptionRow, ResumeVerb, RunAdmin
from office.screens.form_records import FormAdmin
from office.screens.records import RecordAdmin, Verb

MOST_ROWS = 100
_STEPS = (
    (_("定范围"), (DunningRunState.SCOPED,)),
    (_("预览"), (DunningRunState.PREVIEWING,)),
    (_("审核"), (DunningRunState.PREVIEWED,)),
    (_("催缴"), (DunningRunState.APPROVED, DunningRunState.REMINDING)),
    (_("已完成"), (DunningRunState.DONE,)),
)


@admin.register(DunningStep)
class DunningStepAdmin(FormAdmin):
    permission = "billing.publish_dunning_step"
    list_display = [
        *("number", "company", "effective_from", "days_after_due", "channel", "least", "in_use"),
        *("text", "source"),
    ]
    list_select_related = ["company"]
    list_filter = [CompanyFilter, "channel", "in_use"]
    fields = [
        *("company", "number", "effective_from", "days_after_due", "channel", "least", "text"),
        *("in_use", "source", "published_by", "published_at"),
    ]
    readonly_fields = ["least"]

    least = MoneyColumn("least_fen", _("最低净欠费（元）"), summed=False)

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return DunningStepForm(user, *args)

    def make(self, form: forms.Form, request: HttpRequest) -> DunningStep:
        answers = form.cleaned_data
        facts = StepFacts(
            number=answers["number"],
            effective_from=answers["effective_from"],
            days_after_due=answers["days_after_due"],
            channel=DunningChannel(answers["channel"]),
            text=answers["text"],
            source=answers["source"],
            least_fen=answers["least"],
            in_use=answers["in_use"],
        )
        return publish_dunning_step(
            answers["company"], facts, by=actor_of(request), at=timezone.now()
        )


@admin.register(DunningRun)
class DunningRunAdmin(RunAdmin, FormAdmin):
    permission = "billing.create_dunning_run"
    workflow = DUNNING_RUN
    run_kind = DUNNING_RUN_KIND
    run_steps = _STEPS
    record_page = "billing/dunning/dunning_run.html"
    list_display = ["name", "company", "community", "state", "draft_count", "net", "created_at"]
    list_display_links = ["name"]
    list_select_related = ["company", "community"]
    list_filter = [CompanyFilter, "state"]
    ordering = ["-pk"]
    verbs = (
        Verb(
            "preview_dunning_run",
            _("预览"),
            "billing.create_dunning_run",
            lambda run, values, by, at: preview_dunning_run(run, by=by, at=at),
            _("已开始预览。"),
            look="button-primary",
        ),
        DecisionVerb(
            "approve_dunning_run",
            _("审核通过"),
            "billing.approve_dunning_run",
            lambda run, values, by, at: approve_dunning_run(
                run, read_opinion(values), by=by, at=at
            ),
            _("已审核通过。"),
            form=OpinionForm,
            question=_("请确认已核对各级户数、净欠费和未催缴的原因。"),
            look="button-primary",
            kind=DUNNING_RUN_APPROVAL,
        ),
        DecisionVerb(
            "return_dunning_run",
            _("退回"),
            "billing.approve_dunning_run",
            lambda run, values, by, at: return_dunning_run(run, read_opinion(values), by=by, at=at),
            _("批次已退回。"),
            form=ReturnForm,
            question=_("退回后须重新预览，再由他人审核。"),
            kind=DUNNING_RUN_APPROVAL,
        ),
        Verb(
            "start_dunning_run",
            _("开始催缴"),
            "billing.start_dunning_run",
            lambda run, values, by, at: start_dunning_run(run, by=by, at=at),
            _("已开始催缴。"),
            question=_("短信将发给用户，电话、上门和张贴将列为待办。"),
            look="button-primary",
        ),
        ResumeVerb(
            "resume_dunning_run",
            _("继续"),
            "",
            lambda run, values, by, at: resume_dunning_run(run, by=by, at=at),
            _("已从中断处继续。"),
            look="button-primary",
            kind=DUNNING_RUN_KIND,
        ),
        Verb(
            "cancel_dunning_run",
            _("取消批次"),
            "billing.create_dunning_run",
            lambda run, values, by, at: cancel_dunning_run(run, by=by, at=at),
            _("批次已取消。"),
            question=_("取消后须重新创建批次。"),
            look="button-danger",
        ),
    )

    net = MoneyColumn("net_fen", _("净欠费（元）"))

    @admin.display(description=_("催缴批次"), ordering="pk")
    def name(self, run: DunningRun) -> str:
        return str(run)

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return DunningScopeForm(user, *args)

    def make(self, form: forms.Form, request: HttpRequest) -> DunningRun:
        answers = form.cleaned_data
        return create_dunning_run(
            answers["company"], answers["community"], by=actor_of(request), at=timezone.now()
        )

    def record_context(self, request: HttpRequest, record: DunningRun) -> dict[str, Any]:
        notices = reverse("admin:billing_dunningnotice_changelist")
        channels = dict(DunningChannel.choices)
        return {
            **super().record_context(request, record),
            "summary": record.summary,
            "by_step": [
                row | {"channel": channels[row["channel"]]}
                for row in record.summary.get("by_step", [])
            ],
            "notices": record.notices.count(),
            "notices_page": f"{notices}?run__id__exact={record.pk}",
            "exception_lists": [_drafted(record), _parked(record)],
        }


@admin.register(DunningNotice)
class DunningNoticeAdmin(RecordAdmin):
    list_display = [
        *("contract", "noticed_on", "number", "channel", "days", "net", "delivery", "outcome"),
        *("done_by", "done_on"),
    ]
    list_select_related = ["contract", "done_by"]
    list_filter = [
        CompanyFilter,
        TaskFilter,
        "channel",
        "noticed_on",
        ("run", ChosenRecordFilter),
    ]
    search_fields = ["contract__account__number__exact"]
    search_help_text = _("完整的户号")
    fields = [
        *("contract", "run", "number", "channel", "days", "net", "noticed_on", "noticed_at"),
        *("delivery", "outcome", "done_by", "done_on", "recorded_at"),
    ]
    readonly_fields = ["net", "delivery", "outcome"]
    verbs = (
        Verb(
            "record_dunning_result",
            _("登记结果"),
            "billing.record_dunning_result",
            lambda notice, values, by, at: record_dunning_result(
                notice, result=values["result"], done_on=values["done_on"], by=by, at=at
            ),
            _("催缴结果已登记。"),
            form=DunningResultForm,
            look="button-primary",
            allowed=lambda notice: (
                notice.channel != DunningChannel.SMS and notice.recorded_at is None
            ),
        ),
    )

    net = MoneyColumn("net_fen", _("净欠费（元）"), summed=False)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_open_debt(super().get_queryset(request))

    def prepare_rows(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Reads the messages of all rows by one query."""
        deliveries = deliveries_of(rows, today=business_date(timezone.now()))
        for notice in rows:
            notice.delivery_words = deliveries.get(notice.pk, "")

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        notice = super().get_object(request, object_id, from_field)
        if notice is not None:
            self.prepare_rows(request, [notice])
        return notice

    @admin.display(description=_("结果"), ordering="result")
    def outcome(self, notice: Any) -> Any:
        is_task = notice.channel != DunningChannel.SMS and notice.recorded_at is None
        return _("欠费已缴清") if is_task and not notice.is_owed else notice.result

    @admin.display(description=_("送达"))
    def delivery(self, notice: Any) -> str:
        words: str = notice.delivery_words
        return words


@admin.register(DunningDraft)
class DunningDraftAdmin(RecordAdmin):
    """What a previewed run is to do, whole and searchable, for who approves it."""

    list_display = ["contract", "account", "step", "days", "net", "run"]
    fields = ["contract", "account", "step", "days", "net", "run"]
    readonly_fields = ["account", "net"]
    list_select_related = ["contract__account", "step", "run"]
    search_fields = ["contract__account__number__exact"]
    search_help_text = _("完整的户号")
    list_filter = [("run", ChosenRecordFilter), "step__channel"]
    ordering = ["-net_fen", "pk"]

    net = MoneyColumn("net_fen", _("净欠费（元）"), admin_order_field="net_fen")

    @admin.display(description=_("户号"))
    def account(self, draft: DunningDraft) -> str:
        return draft.contract.account.number


@admin.register(ParkedDunning)
class ParkedDunningAdmin(RecordAdmin):
    list_display = ["contract", "sentence", "run"]
    fields = ["contract", "sentence", "run"]
    list_select_related = ["contract", "run"]
    search_fields = ["contract__account__number__exact"]
    search_help_text = _("完整的户号")
    list_filter = [("run", ChosenRecordFilter)]
    ordering = ["-run", "contract"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("contract", "run")


def _drafted(run: DunningRun) -> ExceptionList:
    """Returns who gets which step; after the run its notices are listed instead."""
    drafts = DunningDraft.objects.filter(run=run)
    rows = drafts.select_related("contract__account", "step").order_by("-net_fen", "pk")
    everything = reverse("admin:billing_dunningdraft_changelist")
    return ExceptionList(
        _("拟催缴"),
        [
            ExceptionRow(
                reverse("admin:customers_account_change", args=[row.contract.account_id]),
                row.contract.account.number,
                str(_("逾期 %(days)s 天") % {"days": row.days}),
                note=str(row.step),
                amount_fen=row.net_fen,
            )
            for row in rows[:MOST_ROWS]
        ],
        drafts.count(),
        _("户号"),
        _("没有待催缴的用户。"),
        noted=_("级次"),
        priced=_("净欠费（元）"),
        page=f"{everything}?run__id__exact={run.pk}",
    )


def _parked(run: DunningRun) -> ExceptionList:
    parked = run.parked.select_related("contract__account").order_by("contract__account__number")
    everything = reverse("admin:billing_parkeddunning_changelist")
    return ExceptionList(
        pgettext_lazy("plural", "未催缴"),
        [
            ExceptionRow(
                reverse("admin:customers_account_change", args=[row.contract.account_id]),
                row.contract.account.number,
                row.sentence,
            )
            for row in parked[:MOST_ROWS]
        ],
        run.parked.count(),
        _("户号"),
        _("没有未催缴的用户。"),
        page=f"{everything}?run__id__exact={run.pk}",
    )
