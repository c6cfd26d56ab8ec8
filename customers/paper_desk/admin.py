"""The screen of contract papers: searched, printed, signed with a scan, amended, revoked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.contract_papers.amendments import amend_contract
from customers.contract_papers.forms import (
    AmendForm,
    EsignForm,
    RevokePaperForm,
    SignForm,
)
from customers.contract_papers.paper import CONTRACT_VALUES, TEMPLATE
from customers.contract_papers.papers import (
    print_contract,
    revoke_contract_paper,
    sign_contract,
)
from customers.esign.operations import cancel_signing, open_request_of
from customers.esign.service import is_set_up
from customers.esign.signing import fetch_signature, send_for_signature
from customers.models import ContractKind, ContractPaper, ContractSignature
from customers.states import SigningRequestState
from office import journal
from office.actors import Actor
from office.documents.admin import documents_of
from office.lists.filters import ChosenRecordFilter, CompanyFilter
from office.papers.revocation import revocation_of, revocations_of
from office.pdf import render_pdf
from office.refusals import Refused
from office.requests import actor_of, user_of
from office.screens.pdf_answer import pdf_answer
from office.screens.records import RecordAdmin, Verb, attempt


class SigningFilter(admin.SimpleListFilter):
    """Filters by whether a paper is signed, waits for it, or is revoked."""

    title = _("签署")
    parameter_name = "signing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return [("open", _("待签署")), ("signed", _("已签署")), ("revoked", _("已作废"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        conditions = {
            "open": {"is_signed": False, "is_revoked": False},
            "signed": {"is_signed": True},
            "revoked": {"is_revoked": True},
        }
        return queryset.filter(**conditions.get(self.value() or "", {}))


def _is_placed(paper: ContractPaper) -> bool:
    request = open_request_of(paper)
    return request is not None and request.state == SigningRequestState.PLACED


def _cancel_signing(
    paper: ContractPaper, values: Mapping[str, Any], by: Actor, at: datetime
) -> object:
    request = open_request_of(paper)
    if request is None:
        raise Refused("signing_not_sent", _("还没有发送电子签署，请先发送。"))
    return cancel_signing(request, by=by, at=at)


def _is_open(paper: ContractPaper) -> bool:
    signed = ContractSignature.objects.filter(paper=paper).exists()
    return not signed and revocation_of(paper) is None


def _may_be_amended(paper: ContractPaper) -> bool:
    # A connection contract is amended on the page of its connection, whose area and fee change.
    contract = paper.kind in (ContractKind.RESIDENT, ContractKind.BUSINESS)
    return contract and ContractSignature.objects.filter(paper=paper).exists()


@admin.register(ContractPaper)
class ContractPaperAdmin(RecordAdmin):
    record_page = "customers/contract_papers/contract_paper.html"
    list_display = ["number", "kind", "party", "starts", "ends", "standing", "drawn_on", "company"]
    list_select_related = ["company"]
    list_filter = [
        CompanyFilter,
        "kind",
        SigningFilter,
        "ends",
        ("renewal", ChosenRecordFilter),
    ]
    search_fields = [
        "number__exact",
        "party__startswith",
        "supply_contract__account__number__exact",
    ]
    search_help_text = _("完整的合同编号或户号，或乙方名称开头")
    ordering = ["-pk"]
    verbs = (
        Verb(
            "sign_contract",
            _("登记签署"),
            "customers.sign_contract",
            lambda paper, values, by, at: sign_contract(
                paper, SignForm.facts(dict(values)), by=by, at=at
            ),
            _("签署已登记，扫描件已存档。"),
            form=SignForm,
            look="button-primary",
            allowed=_is_open,
        ),
        Verb(
            "send_for_signature",
            _("发送电子签署"),
            "customers.sign_contract",
            lambda paper, values, by, at: send_for_signature(paper, **values, by=by, at=at),
            _("已发送，签署人可在签署页面确认。"),
            form=EsignForm,
            allowed=lambda paper: is_set_up() and _is_open(paper) and not _is_placed(paper),
        ),
        Verb(
            "fetch_signature",
            _("查询签署结果"),
            "customers.sign_contract",
            lambda paper, values, by, at: fetch_signature(paper, by=by, at=at),
            _("电子签署已验证并登记。"),
            look="button-primary",
            allowed=_is_placed,
        ),
        Verb(
            "cancel_signing",
            _("取消电子签署"),
            "customers.sign_contract",
            _cancel_signing,
            _("电子签署已取消。"),
            question=_("取消后可改用纸质签署，或重新发送。"),
            allowed=lambda paper: open_request_of(paper) is not None,
        ),
        Verb(
            "amend_contract",
            _("拟订补充协议"),
            "customers.draw_up_contract",
            lambda paper, values, by, at: amend_contract(paper, **values, by=by, at=at),
            _("补充协议已拟订，请打印后签署。"),
            form=AmendForm,
            allowed=_may_be_amended,
        ),
        Verb(
            "revoke_contract_paper",
            _("作废"),
            "customers.revoke_contract_paper",
            lambda paper, values, by, at: revoke_contract_paper(paper, **values, by=by, at=at),
            _("合同文书已作废，查验页随即显示作废。"),
            form=RevokePaperForm,
            question=_("作废后不能恢复。"),
            look="button-danger",
            allowed=_is_open,
        ),
    )

    @admin.display(description=_("状态"))
    def standing(self, paper: Any) -> str:
        if paper.is_revoked:
            return str(_("已作废"))
        return str(_("已签署") if paper.is_signed else _("待签署"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        revoked = revocations_of(ContractPaper).filter(record_id=OuterRef("pk"))
        signed = ContractSignature.objects.filter(paper=OuterRef("pk"))
        papers = super().get_queryset(request).select_related("template", "company")
        rows: QuerySet[Any] = papers.annotate(is_revoked=Exists(revoked), is_signed=Exists(signed))
        return rows

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.print_view)
        return [
            path("<int:pk>/print_contract/", view, name="customers_contractpaper_print_contract"),
            *super().get_urls(),
        ]

    def record_context(self, request: HttpRequest, record: ContractPaper) -> dict[str, Any]:
        user = user_of(request)
        signature = (
            ContractSignature.objects.filter(paper=record).select_related("recorded_by").first()
        )
        return {
            "title": record.number,
            "values": CONTRACT_VALUES.thaw(record.values).values,
            "signature": signature,
            "signing": open_request_of(record),
            "revocation": revocation_of(record),
            "amendments": record.amendments.order_by("pk"),
            "may_print": user.has_perm("customers.print_contract"),
            "documents": documents_of(record, user)[:20]
            if user.has_perm("office.view_document")
            else [],
            "timeline": journal.timeline(record)[:30],
        }

    def print_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Sends the contract as PDF; each call counts as a print."""
        record: ContractPaper = self.record(request, pk)
        if not user_of(request).has_perm("customers.print_contract"):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseRedirect(self.record_url(record))
        paper = attempt(
            request, lambda: print_contract(record, by=actor_of(request), at=timezone.now())
        )
        if paper is None:
            return HttpResponseRedirect(self.record_url(record))
        return pdf_answer(render_pdf(TEMPLATE, {"paper": paper}), f"contract-{paper.number}")
