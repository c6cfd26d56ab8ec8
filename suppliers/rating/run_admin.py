"""The screen of annual ratings: scored, seen by the panel, approved, published, final."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office.actors import Actor
from office.approvals.screen import DecisionVerb, OpinionForm, ReturnForm, read_opinion
from office.calendar import business_date
from office.refusals import Invalid
from office.requests import actor_of, user_of
from office.runs.screen import ResumeVerb, RunAdmin
from office.screens.form_page import form_page
from office.screens.records import Verb
from suppliers.dimensions import PanelDepartment, RatingClass
from suppliers.models import RatingRule, RatingRun, SupplierRating
from suppliers.rating.charts import columns
from suppliers.rating.forms import (
    AnswerForm,
    NewRunForm,
    ObjectionForm,
    PanelMemberForm,
    RatingReasonForm,
)
from suppliers.rating.kind import RATING_RUN_APPROVAL, RATING_RUN_KIND
from suppliers.rating.objections import answer_objection, raise_objection
from suppliers.rating.panel import name_panel_member
from suppliers.rating.runs import (
    approve_rating_run,
    cancel_rating_run,
    close_panel,
    create_rating_run,
    finalise_rating_run,
    publish_rating_run,
    reopen_rating_run,
    resume_rating_run,
    return_rating_run,
    score_rating_run,
)
from suppliers.rating.summary import departments_of_sheets, distribution, missing_sheets
from suppliers.rating_states import RATING_RUN, RatingRuleState, RatingRunState

MOST_LISTED = 100
_STEPS = (
    (_("建立"), (RatingRunState.SCOPED,)),
    (_("计分"), (RatingRunState.SCORING,)),
    (_("面对面评审"), (RatingRunState.PANEL,)),
    (_("审批"), (RatingRunState.PROPOSED,)),
    (_("公示"), (RatingRunState.APPROVED, RatingRunState.PUBLISHED)),
    (_("确定"), (RatingRunState.FINAL,)),
)


class OfferingVerb(Verb):
    """A button whose form offers rows of the record."""

    def empty_form(self, record: RatingRun) -> forms.Form | None:
        form = self.form(auto_id=f"{self.name}_%s") if self.form else None
        if isinstance(form, AnswerForm):
            form.offer(record)
        return form


def _answer(run: RatingRun, values: Mapping[str, Any], by: Actor, at: datetime) -> object:
    objection = values["objection"]
    if objection.run_id != run.pk:
        raise Invalid("foreign_objection", _("这条异议不属于本次评审，请刷新页面。"))
    return answer_objection(
        objection, upheld=values["upheld"], answer=values["answer"], by=by, at=at
    )


@admin.register(RatingRun)
class RatingRunAdmin(RunAdmin):
    workflow = RATING_RUN
    run_kind = RATING_RUN_KIND
    run_steps = _STEPS
    record_page = "suppliers/rating/rating_run.html"
    list_display = ["name", "rule", "state", "supplier_count", "created_by", "created_at"]
    list_display_links = ["name"]
    list_select_related = ["rule", "created_by"]
    list_filter = ["state", "year"]
    verbs = (
        Verb(
            "score_rating_run",
            _("计分"),
            "suppliers.score_rating_run",
            lambda run, values, by, at: score_rating_run(run, by=by, at=at),
            _("已开始计分。"),
            question=_("按此刻的供货记录为全部供应商计分；已填的评审表保留。"),
            look="button-primary",
        ),
        Verb(
            "name_panel_member",
            _("指定评委"),
            "suppliers.name_panel",
            lambda run, values, by, at: name_panel_member(
                run, values["user"], PanelDepartment(values["department"]), by=by, at=at
            ),
            _("评委已指定。"),
            form=PanelMemberForm,
        ),
        Verb(
            "close_panel",
            _("结束评审"),
            "suppliers.close_panel",
            lambda run, values, by, at: close_panel(run, by=by, at=at),
            _("评审已结束，结果已提交审批。"),
            question=_("结束后评审表不能再改；优秀、合格名单按规则提出，由他人审批。"),
            look="button-primary",
        ),
        DecisionVerb(
            "approve_rating_run",
            _("审批通过"),
            "suppliers.check_rating_run",
            lambda run, values, by, at: approve_rating_run(run, read_opinion(values), by=by, at=at),
            _("意见已登记。"),
            form=OpinionForm,
            question=_("请确认已核对得分、评审表和优秀名单。"),
            look="button-primary",
            kind=RATING_RUN_APPROVAL,
        ),
        DecisionVerb(
            "return_rating_run",
            _("退回"),
            "suppliers.check_rating_run",
            lambda run, values, by, at: return_rating_run(run, read_opinion(values), by=by, at=at),
            _("已退回，由评委重新评审。"),
            form=ReturnForm,
            kind=RATING_RUN_APPROVAL,
        ),
        Verb(
            "publish_rating_run",
            _("公示"),
            "suppliers.publish_rating_run",
            lambda run, values, by, at: publish_rating_run(run, by=by, at=at),
            _("结果已公示。"),
            look="button-primary",
        ),
        Verb(
            "raise_objection",
            _("登记异议"),
            "suppliers.raise_objection",
            lambda run, values, by, at: raise_objection(run, **values, by=by, at=at),
            _("异议已登记。"),
            form=ObjectionForm,
        ),
        OfferingVerb(
            "answer_objection",
            _("答复异议"),
            "suppliers.answer_objection",
            _answer,
            _("异议已答复。"),
            form=AnswerForm,
            allowed=lambda run: run.objections.filter(upheld__isnull=True).exists(),
        ),
        Verb(
            "reopen_rating_run",
            _("重新评审"),
            "suppliers.answer_objection",
            lambda run, values, by, at: reopen_rating_run(run, **values, by=by, at=at),
            _("公示已撤下，回到面对面评审。"),
            form=RatingReasonForm,
            allowed=lambda run: run.objections.filter(upheld=True).exists(),
        ),
        Verb(
            "finalise_rating_run",
            _("确定结果"),
            "suppliers.finalise_rating_run",
            lambda run, values, by, at: finalise_rating_run(run, by=by, at=at),
            _("结果已确定，可以颁发证书。"),
            question=_("确定后本年度的评审结果不再改变。"),
            look="button-primary",
            allowed=lambda run: (
                run.objections_until is not None
                and business_date(timezone.now()) > run.objections_until
            ),
        ),
        ResumeVerb(
            "resume_rating_run",
            _("继续"),
            "",
            lambda run, values, by, at: resume_rating_run(run, by=by, at=at),
            _("已从中断处继续。"),
            look="button-primary",
            kind=RATING_RUN_KIND,
        ),
        Verb(
            "cancel_rating_run",
            _("取消评审"),
            "suppliers.create_rating_run",
            lambda run, values, by, at: cancel_rating_run(run, by=by, at=at),
            _("评审已取消。"),
            question=_("取消后可为该年度重新建立评审。"),
            look="button-danger",
        ),
    )

    @admin.display(description=_("评审年度"), ordering="year")
    def name(self, run: RatingRun) -> str:
        return str(run)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm("suppliers.create_rating_run")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Creates the rating of a year."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        last_year = business_date(timezone.now()).year - 1
        form = NewRunForm(
            request.POST if request.method == "POST" else None, initial={"year": last_year}
        )
        return form_page(
            self,
            request,
            form,
            lambda values: create_rating_run(
                values["year"], by=actor_of(request), at=timezone.now()
            ),
            title=_("建立年度评审"),
        )

    def record_context(self, request: HttpRequest, record: RatingRun) -> dict[str, Any]:
        scored = record.supplier_count > 0
        counts = record.summary.get("classes", {})
        return {
            **super().record_context(request, record),
            "title": _("%(year)s 年度供应商评审") % {"year": record.year},
            "classes": [
                (rating_class, counts.get(rating_class.value, 0)) for rating_class in RatingClass
            ],
            "bars": _bars(record) if scored else [],
            "best": _best(record) if scored else [],
            "list_page": _list_page(record),
            "panel": record.panel.select_related("user"),
            **(_panel_progress(record) if record.state == RatingRunState.PANEL else {}),
            "objections": record.objections.select_related("supplier", "answered_by"),
            "other_rules": RatingRule.objects.filter(
                state__in=(RatingRuleState.DRAFT, RatingRuleState.PUBLISHED)
            ).exclude(pk=record.rule_id)[:10],
        }


def _list_page(run: RatingRun) -> str:
    everything = reverse("admin:suppliers_supplierrating_changelist")
    return f"{everything}?run__id__exact={run.pk}"


def _bars(run: RatingRun) -> list[Any]:
    """Returns the distribution of totals; each column has the colour of its class."""
    rule = run.rule

    def kind(edge: int) -> str:
        if Decimal(edge) >= rule.excellent_from:
            return "good"
        return "plain" if Decimal(edge) >= rule.qualified_from else "bad"

    return columns([(str(edge), count, kind(edge)) for edge, count in distribution(run)])


def _best(run: RatingRun) -> list[SupplierRating]:
    """Returns the excellent suppliers of the run, or who would be before the panel has met."""
    return list(
        run.ratings.filter(rating_class=RatingClass.EXCELLENT)
        .select_related("supplier")
        .order_by("-total", "pk")[:MOST_LISTED]
    )


def _panel_progress(run: RatingRun) -> dict[str, Any]:
    listed = run.ratings.filter(for_panel=True)
    departments = departments_of_sheets(run)
    waiting = [
        (rating, departments.get(rating.supplier_id, set()))
        for rating in listed.select_related("supplier").order_by("supplier__name", "pk")[
            :MOST_LISTED
        ]
    ]
    names = dict(PanelDepartment.choices)
    return {
        "panel_total": listed.count(),
        "panel_missing": len(missing_sheets(run)),
        "panel_rows": [
            (rating, [names[name] for name in sorted(seen)]) for rating, seen in waiting
        ],
    }
