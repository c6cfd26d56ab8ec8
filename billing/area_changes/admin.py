"""The screens of area changes: the policies, and the changes with their approval."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.area_changes.forms import AreaChangeForm, AreaChangePolicyForm
from billing.area_changes.kind import AREA_CHANGE_APPROVAL
from billing.area_changes.operations import (
    approve_area_change,
    cancel_area_change,
    draft_area_change,
    return_area_change,
)
from billing.area_changes.policies import publish_area_change_policy
from billing.change_states import AREA_CHANGE
from billing.models import (
    AreaBasis,
    AreaChange,
    AreaChangeLine,
    AreaChangePolicy,
    AreaChangeWay,
)
from office import journal
from office.approvals.screen import (
    DecisionVerb,
    OpinionForm,
    ReturnForm,
    passages_of,
    read_opinion,
)
from office.lists.filters import CompanyFilter
from office.models import User
from office.requests import actor_of
from office.screens.form_records import FormAdmin
from office.screens.records import Verb


@admin.register(AreaChangePolicy)
class AreaChangePolicyAdmin(FormAdmin):
    permission = "billing.publish_area_change_policy"
    list_display = ["effective_from", "company", "way", "source"]
    list_select_related = ["company"]
    list_filter = [CompanyFilter]
    fields = ["company", "effective_from", "way", "source", "published_by", "published_at"]

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return AreaChangePolicyForm(user, *args)

    def make(self, form: forms.Form, request: HttpRequest) -> AreaChangePolicy:
        answers = form.cleaned_data
        return publish_area_change_policy(
            answers["company"],
            effective_from=answers["effective_from"],
            way=AreaChangeWay(answers["way"]),
            source=answers["source"],
            by=actor_of(request),
            at=timezone.now(),
        )


@admin.register(AreaChange)
class AreaChangeAdmin(FormAdmin):
    permission = "billing.draft_area_change"
    workflow = AREA_CHANGE
    record_page = "billing/area_changes/area_change.html"
    list_display = ["id", "company", "effective_from", "reason", "state", "created_by"]
    list_select_related = ["company", "created_by"]
    list_filter = [CompanyFilter, "state"]
    search_fields = ["lines__account__number__exact"]
    search_help_text = _("完整的户号")
    verbs = (
        DecisionVerb(
            "approve_area_change",
            _("审核通过"),
            "billing.approve_area_change",
            lambda change, answers, by, at: approve_area_change(
                change, read_opinion(answers), by=by, at=at
            ),
            _("面积已变更；已出账的差额已另行出账。"),
            form=OpinionForm,
            question=_("请确认已核对面积、起日和依据。"),
            look="button-primary",
            kind=AREA_CHANGE_APPROVAL,
        ),
        DecisionVerb(
            "return_area_change",
            _("退回"),
            "billing.approve_area_change",
            lambda change, answers, by, at: return_area_change(
                change, read_opinion(answers), by=by, at=at
            ),
            _("面积变更已退回。"),
            form=ReturnForm,
            question=_("退回后由起草人取消，另行起草。"),
            kind=AREA_CHANGE_APPROVAL,
        ),
        Verb(
            "cancel_area_change",
            _("取消变更"),
            "billing.cancel_area_change",
            lambda change, answers, by, at: cancel_area_change(change, by=by, at=at),
            _("面积变更已取消。"),
            question=_("取消后须重新起草。"),
            look="button-danger",
        ),
    )

    def make_form(self, user: User, *args: Any) -> forms.Form:
        return AreaChangeForm(user, *args)

    def make(self, form: forms.Form, request: HttpRequest) -> AreaChange:
        answers = form.cleaned_data
        return draft_area_change(
            answers["company"],
            answers["new_areas"],
            effective_from=answers["effective_from"],
            basis=AreaBasis(answers["basis"]),
            due_on=answers["due_on"],
            reason=answers["reason"],
            source=answers["source"],
            by=actor_of(request),
            at=timezone.now(),
        )

    def record_context(self, request: HttpRequest, record: AreaChange) -> dict[str, Any]:
        lines = record.lines.select_related("account__premise", "area_line").order_by("pk")
        return {
            "title": str(record),
            "lines": [(line, _old_area(line)) for line in lines],
            "passages": passages_of(record),
            "timeline": journal.timeline(record)[:30],
        }


def _old_area(line: AreaChangeLine) -> Any:
    return getattr(line.area_line, f"{line.basis}_area")
