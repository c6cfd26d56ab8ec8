"""The supplier's page: facts, papers, bank account, relations, history and what may be done now."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.documents.admin import documents_of
from office.documents.operations import Upload
from office.requests import actor_of, user_of
from office.screens.form_page import form_page
from office.screens.records import RecordAdmin, Verb
from office.screens.reference import ReferenceAdmin
from suppliers.admission.operations import apply_for_admission
from suppliers.admission.reserve import leaf_categories, reserves_at, short_categories
from suppliers.blacklist.supplier_verbs import BLACKLIST_VERBS, BlacklistFilter, bars_on
from suppliers.models import (
    PaperRequirement,
    PaperType,
    Supplier,
    SupplierBankAccount,
    SupplierPaper,
    SupplyCategory,
    TraitKind,
)
from suppliers.own_page.admin import LINK_VERB, LinkDesk
from suppliers.papers.gates import counts_on
from suppliers.papers.operations import PaperFacts, hand_in_paper, reject_paper, verify_paper
from suppliers.registry.bank_accounts import (
    confirm_bank_account,
    propose_bank_account,
    reject_bank_account,
)
from suppliers.registry.operations import (
    change_supplier_facts,
    declare_relation,
    merge_suppliers,
    register_supplier,
)
from suppliers.registry.relations import relations_of
from suppliers.registry.traits import normal_form
from suppliers.states import BANK_ACCOUNT, PAPER, BankAccountState
from suppliers.supplier_desk.forms import (
    AdmissionForm,
    BankAccountForm,
    PaperForm,
    ReasonForm,
    RelationForm,
    RemarkForm,
    SupplierForm,
    VerificationForm,
)
from suppliers.watch.filters import ExpiringFilter, WatchFilter
from suppliers.watch.supplier_verbs import WATCH_VERBS


class ChangeFactsVerb(Verb):
    """The button whose form shows what is on file."""

    def empty_form(self, record: Supplier) -> forms.Form:
        return SupplierForm.of(record)


_SEARCHED = [TraitKind.REPRESENTATIVE, TraitKind.OWNER, TraitKind.PHONE, TraitKind.ADDRESS]


def _remaining(supplier: Supplier) -> bool:
    return supplier.merged_into_id is None


def _hand_in(supplier: Supplier, values: Mapping[str, Any], by: Actor, at: datetime) -> object:
    scan = values["scan"]
    facts = {name: value for name, value in values.items() if name != "scan"}
    return hand_in_paper(
        supplier,
        PaperFacts(**{**facts, "paper_type": PaperType(values["paper_type"])}),
        scans=(Upload(scan.name, scan),) if scan else (),
        by=by,
        at=at,
    )


@admin.register(Supplier)
class SupplierAdmin(LinkDesk):
    record_page = "suppliers/supplier_desk/supplier.html"
    list_display = ["name", "credit_code", "representative", "region", "remaining_record"]
    list_display_links = ["name", "credit_code"]
    list_select_related = ["merged_into"]
    list_filter = ["region", BlacklistFilter, WatchFilter]
    search_fields = ["name"]
    search_help_text = _("名称、信用代码、法定代表人、股东、电话或地址的一部分")
    ordering = ["name", "pk"]
    verbs = (
        ChangeFactsVerb(
            "change_supplier_facts",
            _("修改档案"),
            "suppliers.change_supplier_facts",
            lambda supplier, values, by, at: change_supplier_facts(
                supplier, SupplierForm.facts(values), by=by, at=at
            ),
            _("档案已修改，原内容可在变更记录中查看。"),
            form=SupplierForm,
            allowed=_remaining,
            shows_facts=True,
        ),
        Verb(
            "apply_for_admission",
            _("申请准入"),
            "suppliers.apply_for_admission",
            lambda supplier, values, by, at: apply_for_admission(
                supplier, values["category"], reason=values["reason"], by=by, at=at
            ),
            _("准入申请已提交，等待第1级审批。"),
            form=AdmissionForm,
            allowed=_remaining,
        ),
        Verb(
            "hand_in_paper",
            _("登记证照"),
            "suppliers.hand_in_paper",
            _hand_in,
            _("证照已登记，须由另一人核验后才算数。"),
            form=PaperForm,
            allowed=_remaining,
        ),
        Verb(
            "propose_bank_account",
            _("变更收款账户"),
            "suppliers.propose_bank_account",
            lambda supplier, values, by, at: propose_bank_account(supplier, **values, by=by, at=at),
            _("新账户已提出；另一人复核之前，对该供应商的付款暂停。"),
            form=BankAccountForm,
            allowed=_remaining,
        ),
        Verb(
            "declare_relation",
            _("登记关联关系"),
            "suppliers.declare_relation",
            lambda supplier, values, by, at: declare_relation(
                supplier, values["credit_code"], reason=values["reason"], by=by, at=at
            ),
            _("关联关系已登记。"),
            form=RelationForm,
            allowed=_remaining,
        ),
        Verb(
            "merge_suppliers",
            _("并入另一家"),
            "suppliers.merge_suppliers",
            lambda supplier, values, by, at: merge_suppliers(
                supplier, values["credit_code"], reason=values["reason"], by=by, at=at
            ),
            _("已合并；本档案不再参与新业务。"),
            form=RelationForm,
            question=_("合并不能撤销。本档案保留已有证照和往来，不再参与新业务。"),
            allowed=_remaining,
        ),
        LINK_VERB,
        *WATCH_VERBS,
        *BLACKLIST_VERBS,
    )

    @admin.display(description=_("并入"))
    def remaining_record(self, supplier: Supplier) -> str:
        return supplier.merged_into.name if supplier.merged_into else ""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        value = normal_form(term)
        # Bank accounts are traits too, but are not searched: who may not see a number could guess
        # it digit by digit from the rows that appear.
        traits = (
            Q(traits__kind__in=_SEARCHED, traits__value__contains=value) if value else Q(pk__in=[])
        )
        code = Q(credit_code__contains=value) if value else Q(pk__in=[])
        return queryset.filter(Q(name__contains=term) | code | traits).distinct(), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm("suppliers.register_supplier")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Enters a new supplier."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = SupplierForm(request.POST) if request.method == "POST" else SupplierForm()
        return form_page(
            self,
            request,
            form,
            lambda values: register_supplier(
                SupplierForm.facts(values), by=actor_of(request), at=timezone.now()
            ),
            title=_("供应商建档"),
        )

    def record_context(self, request: HttpRequest, record: Supplier) -> dict[str, Any]:
        today = business_date(timezone.now())
        papers = list(record.papers.prefetch_related("verifications__by"))
        accounts = list(record.bank_accounts.select_related("proposed_by", "decided_by"))
        return {
            "title": record.name,
            "bars": bars_on(record),
            "owners": record.owners.all(),
            "contacts": record.contacts.all(),
            "papers": [{"paper": paper, "counts": counts_on(paper, today)} for paper in papers],
            "account": next(
                (row for row in accounts if row.state == BankAccountState.CONFIRMED), None
            ),
            "account_proposed": next(
                (row for row in accounts if row.state == BankAccountState.PROPOSED), None
            ),
            "sees_numbers": user_of(request).has_perm("suppliers.view_supplierbankaccount"),
            "relations": relations_of(record),
            "admissions": record.admissions.select_related("category", "qualification"),
            "ratings": record.ratings.select_related("run").prefetch_related("certificates"),
            "documents": documents_of(record, user_of(request))[:50],
            "timeline": journal.timeline(record)[:30],
        }


@admin.register(SupplierBankAccount)
class SupplierBankAccountAdmin(RecordAdmin):
    workflow = BANK_ACCOUNT
    list_display = ["supplier", "bank", "number", "state", "proposed_by", "proposed_at"]
    list_select_related = ["supplier", "proposed_by"]
    list_filter = ["state"]
    search_fields = ["supplier__name"]
    fields = [
        *("supplier", "state", "bank", "holder", "number", "reason"),
        *("proposed_by", "proposed_at", "decided_by", "decided_at", "remark"),
    ]
    verbs = (
        Verb(
            "confirm_bank_account",
            _("复核通过"),
            "suppliers.confirm_bank_account",
            lambda account, values, by, at: confirm_bank_account(account, **values, by=by, at=at),
            _("账户已启用，付款恢复。"),
            form=RemarkForm,
            look="button-primary",
        ),
        Verb(
            "reject_bank_account",
            _("不通过"),
            "suppliers.confirm_bank_account",
            lambda account, values, by, at: reject_bank_account(account, **values, by=by, at=at),
            _("已退回；原账户继续使用，付款恢复。"),
            form=ReasonForm,
        ),
    )


@admin.register(SupplierPaper)
class SupplierPaperAdmin(RecordAdmin):
    workflow = PAPER
    list_display = ["supplier", "paper_type", "number", "valid_until", "state"]
    list_select_related = ["supplier"]
    list_filter = ["state", "paper_type", ExpiringFilter]
    search_fields = ["supplier__name", "number"]
    fields = [
        *("supplier", "paper_type", "state", "number", "issuer", "valid_from", "valid_until"),
        *("handed_in_by", "handed_in_at"),
    ]
    verbs = (
        Verb(
            "verify_paper",
            _("核验通过"),
            "suppliers.verify_paper",
            lambda paper, values, by, at: verify_paper(paper, **values, by=by, at=at),
            _("证照已核验，从现在起算数。"),
            form=VerificationForm,
            look="button-primary",
        ),
        Verb(
            "reject_paper",
            _("不通过"),
            "suppliers.verify_paper",
            lambda paper, values, by, at: reject_paper(paper, **values, by=by, at=at),
            _("证照未通过核验。"),
            form=VerificationForm,
        ),
    )


class ReserveFilter(SimpleListFilter):
    """Filters the categories for which fewer than three independent suppliers are qualified."""

    title = _("储备")
    parameter_name = "reserve"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("short", _("不足三家")), ("enough", _("三家以上"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        short = short_categories(timezone.now()).order_by().values("pk")
        if self.value() == "short":
            return queryset.filter(pk__in=short)
        if self.value() == "enough":
            return queryset.filter(pk__in=leaf_categories().values("pk")).exclude(pk__in=short)
        return queryset


@admin.register(SupplyCategory)
class SupplyCategoryAdmin(ReferenceAdmin):
    list_display = ["code", "name", "kind", "parent", "independent", "in_use"]
    list_select_related = ["parent"]
    list_filter = [ReserveFilter, "kind", "in_use"]
    search_fields = ["code__startswith", "name"]
    fields = ["parent", "code", "name", "kind", "in_use"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # The reserve is computed in Python and goes into the rows, once for the whole page.
        counts = [
            When(pk=pk, then=Value(reserve.independent))
            for pk, reserve in reserves_at(timezone.now()).items()
        ]
        independent = Case(*counts, default=None, output_field=IntegerField())
        rows: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(independent=independent)
        return counted

    @admin.display(description=_("独立合格供应商"), ordering="independent")
    def independent(self, category: Any) -> str:
        return "—" if category.independent is None else f"{category.independent}"


@admin.register(PaperRequirement)
class PaperRequirementAdmin(ReferenceAdmin):
    list_display = ["paper_type", "category", "starts", "ends", "most_days", "source"]
    list_select_related = ["category"]
    list_filter = ["paper_type"]
    fields = ["paper_type", "category", "starts", "ends", "most_days", "source"]
