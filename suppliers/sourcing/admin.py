"""The pages of a sourcing: request, invitations with their links, opening, comparison, award."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office import journal
from office.approvals.screen import (
    DecisionVerb,
    OpinionForm,
    ReturnForm,
    passages_of,
    read_opinion,
)
from office.documents.admin import documents_of
from office.documents.operations import Upload
from office.lists.filters import CompanyFilter
from office.models import Company
from office.outcomes import carry_out
from office.refusals import Invalid
from office.requests import actor_of, user_of
from office.screens.form_page import form_page
from office.screens.records import RecordAdmin, Verb
from suppliers.admission.standing import qualified_suppliers
from suppliers.models import Offer, Sourcing, Supplier
from suppliers.sourcing.award import approve_award, propose_award, return_award
from suppliers.sourcing.comparison import comparison_of
from suppliers.sourcing.forms import (
    AwardForm,
    ExemptionForm,
    InviteForm,
    ReasonForm,
    RequestForm,
)
from suppliers.sourcing.kind import AWARD_APPROVAL
from suppliers.sourcing.opening import open_offers, unlock_offers
from suppliers.sourcing.operations import (
    RequestFacts,
    call_off_sourcing,
    exempt_sourcing,
    invite_suppliers,
    request_sourcing,
)
from suppliers.sourcing.sheet import sheet_of
from suppliers.sourcing.sheet_views import comparison_pdf, comparison_workbook
from suppliers.sourcing.to_open import offers_to_open
from suppliers.states import SOURCING, SourcingState

_MAY_INVITE = (SourcingState.DRAFT, SourcingState.INVITING)


class AwardVerb(Verb):
    """The button that proposes one of the opened offers, the lowest total first."""

    def empty_form(self, record: Sourcing) -> forms.Form:
        form = AwardForm(auto_id=f"{self.name}_%s")
        _items, compared = comparison_of(record)
        offer: Any = form.fields["offer"]
        offer.choices = [(row.terms.offer, f"{row.rank}. {row.terms.supplier}") for row in compared]
        return form


def _offer(sourcing: Sourcing, pk: int) -> Offer:
    offer = (
        Offer.objects.select_related("invitation__supplier")
        .filter(pk=pk, invitation__sourcing=sourcing)
        .first()
    )
    if offer is None:
        raise Invalid("foreign_offer", _("请选择本次采购中已开启的报价。"))
    return offer


class OpeningFilter(SimpleListFilter):
    """Filters the sourcings whose offers can be opened now."""

    title = _("开启")
    parameter_name = "opening"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("due", _("待开启"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Sourcing]) -> QuerySet[Sourcing]:
        if self.value() != "due":
            return queryset
        return queryset.filter(pk__in=offers_to_open(user_of(request), timezone.now()).values("pk"))


@admin.register(Sourcing)
class SourcingAdmin(RecordAdmin):
    workflow = SOURCING
    record_page = "suppliers/sourcing/sourcing.html"
    list_display = ["number", "title", "company", "category", "state", "offers_until"]
    list_display_links = ["number", "title"]
    list_select_related = ["company", "category"]
    list_filter = [OpeningFilter, CompanyFilter, "state"]
    search_fields = ["number", "title"]
    search_help_text = _("编号或名称的一部分")
    ordering = ["-pk"]
    verbs = (
        Verb(
            "exempt_sourcing",
            _("批准少于三家"),
            "suppliers.exempt_sourcing",
            lambda sourcing, values, by, at: exempt_sourcing(
                sourcing,
                reason=values["reason"],
                papers=[Upload(paper.name, paper) for paper in [values["paper"]] if paper],
                by=by,
                at=at,
            ),
            _("已批准少于三家。"),
            form=ExemptionForm,
            allowed=lambda sourcing: not sourcing.exemption,
        ),
        Verb(
            "unlock_offers",
            _("开启报价（第一人）"),
            "suppliers.open_offers",
            lambda sourcing, values, by, at: unlock_offers(sourcing, by=by, at=at),
            _("已完成第一次开启，请另一人完成第二次开启。"),
            question=_("开启后不再接受报价。"),
        ),
        Verb(
            "open_offers",
            _("开启报价（第二人）"),
            "suppliers.open_offers",
            lambda sourcing, values, by, at: open_offers(sourcing, by=by, at=at),
            _("报价已开启。"),
            look="button-primary",
        ),
        AwardVerb(
            "propose_award",
            _("提出定标"),
            "suppliers.propose_award",
            lambda sourcing, values, by, at: propose_award(
                sourcing, _offer(sourcing, values["offer"]), reason=values["reason"], by=by, at=at
            ),
            _("定标意见已提交审批。"),
            form=AwardForm,
            look="button-primary",
        ),
        DecisionVerb(
            "approve_award",
            _("批准定标"),
            "suppliers.approve_award",
            lambda sourcing, values, by, at: approve_award(
                sourcing, read_opinion(values), by=by, at=at
            ),
            _("意见已登记。"),
            form=OpinionForm,
            look="button-primary",
            kind=AWARD_APPROVAL,
        ),
        DecisionVerb(
            "return_award",
            _("退回定标"),
            "suppliers.approve_award",
            lambda sourcing, values, by, at: return_award(
                sourcing, read_opinion(values), by=by, at=at
            ),
            _("已退回，可重新提出定标。"),
            form=ReturnForm,
            kind=AWARD_APPROVAL,
        ),
        Verb(
            "call_off_sourcing",
            _("终止采购"),
            "suppliers.call_off_sourcing",
            lambda sourcing, values, by, at: call_off_sourcing(sourcing, **values, by=by, at=at),
            _("采购已终止。"),
            form=ReasonForm,
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.invite_view)
        files = (("comparison_pdf", comparison_pdf), ("comparison_workbook", comparison_workbook))
        return [
            path("<int:pk>/invite/", view, name="suppliers_sourcing_invite_suppliers"),
            *(
                path(
                    f"<int:pk>/{name}/",
                    self.admin_site.admin_view(self._file_view(answer)),
                    name=f"suppliers_sourcing_{name}",
                )
                for name, answer in files
            ),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm("suppliers.request_sourcing")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Enters a request."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = RequestForm(request.POST if request.method == "POST" else None)
        user = user_of(request)
        companies = Company.objects.all()
        if not user.sees_every_company:
            companies = companies.filter(pk__in=user.company_ids)
        form.offer(companies)
        return form_page(
            self,
            request,
            form,
            lambda values: request_sourcing(
                RequestFacts(
                    values["company"],
                    values["category"],
                    values["title"],
                    values["items"],
                    values["offers_until"],
                ),
                form_key=values["form_key"],
                by=actor_of(request),
                at=timezone.now(),
            ),
            title=_("发起采购"),
        )

    def invite_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks whom to invite, then shows the link of each once."""
        sourcing: Sourcing = self.record(request, pk)
        if not user_of(request).has_perm("suppliers.invite_suppliers"):
            raise PermissionDenied
        form = InviteForm(request.POST if request.method == "POST" else None)
        qualified = qualified_suppliers([sourcing.category_id], timezone.now())
        choice: Any = form.fields["suppliers"]
        choice.queryset = Supplier.objects.filter(pk__in=qualified[sourcing.category_id])
        outcome = carry_out(
            form,
            lambda values: invite_suppliers(
                sourcing, list(values["suppliers"]), by=actor_of(request), at=timezone.now()
            ),
        )
        links = [
            (supplier, request.build_absolute_uri(reverse("submit_offer", args=[secret])))
            for supplier, secret in (outcome.result or {}).items()
        ]
        page = self.page(
            request,
            "suppliers/sourcing/invite_suppliers.html",
            title=_("邀请报价"),
            sourcing=sourcing,
            form=form,
            refusal=outcome.refusal,
            links=links,
        )
        page.status_code = outcome.status if request.method == "POST" and not links else 200
        # The links open the supplier's page and are kept nowhere.
        page["Cache-Control"] = "no-store"
        return page

    def _file_view(
        self, answer: Callable[[HttpRequest, Sourcing], HttpResponse]
    ) -> Callable[..., HttpResponse]:
        """Returns a view that answers with a file of a sourcing whose offers are opened."""

        def file_view(request: HttpRequest, pk: int) -> HttpResponse:
            sourcing: Sourcing = self.record(request, pk)
            if sourcing.opened_at is None:
                raise Http404
            return answer(request, sourcing)

        return file_view

    def record_context(self, request: HttpRequest, record: Sourcing) -> dict[str, Any]:
        invitations = list(
            record.invitations.select_related("supplier", "invited_by").prefetch_related(
                "offers", "traces"
            )
        )
        return {
            "title": str(record),
            "sheet": sheet_of(record),
            "invitations": invitations,
            "offer_count": sum(bool(row.offers.all()) for row in invitations),
            "may_invite": record.state in _MAY_INVITE
            and user_of(request).has_perm("suppliers.invite_suppliers"),
            "leads": record.leads.prefetch_related("suppliers").select_related("judged_by"),
            "passages": passages_of(record),
            "documents": documents_of(record, user_of(request))[:50],
            "timeline": journal.timeline(record)[:30],
        }
