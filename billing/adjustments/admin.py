"""The screens of adjustments: the list, the page with its buttons, and the form of a draft."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.adjustments.corrections import AdjustmentFacts
from billing.adjustments.forms import DraftAdjustmentForm
from billing.adjustments.kind import ADJUSTMENT_APPROVAL
from billing.adjustments.operations import (
    approve_adjustment,
    cancel_adjustment,
    draft_adjustment,
    issue_adjustment,
    return_adjustment,
)
from billing.models import Adjustment, Bill
from billing.seasons.filters import SeasonFilter
from billing.states import ADJUSTMENT
from customers.models import Account
from office import journal
from office.approvals.screen import (
    DecisionVerb,
    OpinionForm,
    ReturnForm,
    passages_of,
    read_opinion,
)
from office.documents.admin import documents_of
from office.documents.upload_form import UploadForm, attach_upload
from office.lists.filters import CompanyFilter
from office.lists.list_columns import MoneyColumn
from office.requests import actor_of, user_of
from office.screens.form_page import form_page
from office.screens.records import RecordAdmin, Verb


@admin.register(Adjustment)
class AdjustmentAdmin(RecordAdmin):
    workflow = ADJUSTMENT
    record_page = "billing/adjustments/adjustment.html"
    list_display = [
        *("id", "kind", "account", "season", "amount", "reason", "state"),
        *("created_by", "created_at"),
    ]
    list_select_related = ["account", "season", "created_by"]
    list_filter = [CompanyFilter, SeasonFilter, "state", "kind"]
    search_fields = ["account__number__exact"]
    search_help_text = _("完整的户号")
    ordering = ["-pk"]
    verbs = (
        DecisionVerb(
            "approve_adjustment",
            _("审核通过"),
            "billing.approve_adjustment",
            lambda adjustment, answers, by, at: approve_adjustment(
                adjustment, read_opinion(answers), by=by, at=at
            ),
            _("已审核通过。"),
            form=OpinionForm,
            question=_("请确认已核对金额、原因和依据。"),
            look="button-primary",
            kind=ADJUSTMENT_APPROVAL,
        ),
        DecisionVerb(
            "return_adjustment",
            _("退回"),
            "billing.approve_adjustment",
            lambda adjustment, answers, by, at: return_adjustment(
                adjustment, read_opinion(answers), by=by, at=at
            ),
            _("调整单已退回。"),
            form=ReturnForm,
            question=_("退回后由起草人取消，另行起草。"),
            kind=ADJUSTMENT_APPROVAL,
        ),
        Verb(
            "issue_adjustment",
            _("出账"),
            "billing.issue_adjustment",
            lambda adjustment, answers, by, at: issue_adjustment(adjustment, by=by, at=at),
            _("已出账并入账。"),
            question=_("出账后不能修改，只能另行调整。"),
            look="button-primary",
        ),
        Verb(
            "attach_document",
            _("上传材料"),
            "office.attach_document",
            partial(attach_upload, kind="evidence"),
            _("材料已上传。"),
            form=UploadForm,
        ),
        Verb(
            "cancel_adjustment",
            _("取消调整单"),
            "billing.cancel_adjustment",
            lambda adjustment, answers, by, at: cancel_adjustment(adjustment, by=by, at=at),
            _("调整单已取消。"),
            question=_("取消后须重新起草。"),
            look="button-danger",
        ),
    )

    amount = MoneyColumn("amount_fen", _("金额（元）"))

    def record_context(self, request: HttpRequest, record: Adjustment) -> dict[str, Any]:
        user = user_of(request)
        return {
            "title": str(record),
            "bill": Bill.objects.filter(adjustment=record.pk).first(),
            "corrected": Bill.objects.get(pk=record.corrects_id),
            "lines": record.lines.order_by("ordinal"),
            "passages": passages_of(record),
            "timeline": journal.timeline(record)[:30],
            "documents": documents_of(record, user)[:50]
            if user.has_perm("office.view_document")
            else [],
        }

    def get_urls(self) -> list[URLPattern]:
        # Named after the bill, whose number stands in the address.
        draft = path(
            "draft_adjustment/<int:pk>/",
            self.admin_site.admin_view(self.draft_view),
            name="billing_bill_draft_adjustment",
        )
        return [draft, *super().get_urls()]

    def draft_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows the form over a bill and drafts its adjustment; a refusal stays on the page."""
        user = user_of(request)
        if not user.has_perm("billing.draft_adjustment"):
            raise PermissionDenied
        bills = Bill.objects.visible_to(user).select_related("season", "company")
        bill = bills.filter(pk=pk).first()
        if bill is None:
            raise Http404
        sent = [request.POST] if request.method == "POST" else []
        form = DraftAdjustmentForm(bill, *sent)
        return form_page(
            self,
            request,
            form,
            lambda _answers: _draft(request, bill, form),
            "billing/adjustments/draft_adjustment.html",
            bill=bill,
            account=Account.objects.get(pk=bill.account_id),
            back=reverse("admin:billing_bill_change", args=[bill.pk]),
            title=_("起草调整单"),
        )


def _draft(request: HttpRequest, bill: Bill, form: DraftAdjustmentForm) -> Adjustment:
    answers = form.cleaned_data
    facts = AdjustmentFacts(
        bill, [form.correction], answers["reason"], answers["source"], answers["due_on"]
    )
    return draft_adjustment(facts, by=actor_of(request), at=timezone.now())
