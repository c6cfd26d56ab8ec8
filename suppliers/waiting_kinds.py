"""The work of procurement that waits for people (`office/waiting.py`)."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from office.calendar import business_date
from office.models import User
from office.waiting import WaitingKind
from suppliers.admission.reserve import short_categories
from suppliers.blacklist.gate import in_force_at, suspected_suppliers
from suppliers.leads.to_judge import leads_to_judge
from suppliers.models import Ban, Recheck, Supplier, SupplierIssue, SupplierPaper, SupplyCategory
from suppliers.sourcing.to_open import offers_to_open
from suppliers.states import IssueState, RecheckState
from suppliers.watch.expiry import expiring_papers


def _short(user: User, at: datetime) -> QuerySet[SupplyCategory]:
    return short_categories(at)


def _suspected(user: User, at: datetime) -> QuerySet[Supplier]:
    return suspected_suppliers(at)


def _bans_to_review(user: User, at: datetime) -> QuerySet[Ban]:
    due = Ban.objects.filter(in_force_at(at), review_on__lte=business_date(at))
    return due.select_related("supplier", "category").order_by("review_on", "pk")


def _expiring(user: User, at: datetime) -> QuerySet[SupplierPaper]:
    return expiring_papers(at).select_related("supplier")


def _rechecks(user: User, at: datetime) -> QuerySet[Recheck]:
    rows = Recheck.objects.filter(state=RecheckState.OPEN)
    return rows.select_related("supplier").order_by("due_on", "pk")


def _to_verify(user: User, at: datetime) -> QuerySet[SupplierIssue]:
    rows = SupplierIssue.objects.filter(state=IssueState.REPORTED)
    return rows.select_related("supplier").order_by("due_on", "pk")


KINDS = (
    WaitingKind(
        key="offers_to_open",
        title=_("待开启的报价"),
        empty=_("没有等待开启的报价。"),
        permission="suppliers.open_offers",
        page="suppliers_sourcing_changelist",
        query="?opening=due",
        rows=offers_to_open,
        name=str,
        link=lambda sourcing: reverse("admin:suppliers_sourcing_change", args=[sourcing.pk]),
        since="offers_until",
    ),
    WaitingKind(
        key="leads_to_judge",
        title=_("待判断的串标线索"),
        empty=_("没有待判断的串标线索。"),
        permission="suppliers.judge_lead",
        page="suppliers_collusionlead_changelist",
        query="?judgement=due",
        rows=leads_to_judge,
        name=str,
        link=lambda lead: reverse("admin:suppliers_collusionlead_change", args=[lead.pk]),
        since="found_at",
    ),
    WaitingKind(
        key="reserves",
        title=_("储备不足的采购类别"),
        empty=_("每个采购类别都有三家以上独立的合格供应商。"),
        permission="suppliers.apply_for_admission",
        page="suppliers_supplycategory_changelist",
        query="?reserve=short",
        rows=_short,
        name=str,
        link=lambda category: reverse("admin:suppliers_supplycategory_change", args=[category.pk]),
        # Nobody enters when a category falls short: it is asked for each moment.
        since="",
    ),
    WaitingKind(
        key="ban_matches",
        title=_("疑似黑名单人员"),
        empty=_("没有待核实的疑似黑名单人员。"),
        permission="suppliers.clear_match",
        page="suppliers_supplier_changelist",
        query="?blacklist=suspected",
        rows=_suspected,
        name=str,
        link=lambda supplier: reverse("admin:suppliers_supplier_change", args=[supplier.pk]),
        # A match comes about with any change of a record: it is asked for each moment.
        since="",
    ),
    WaitingKind(
        key="bans_to_review",
        title=_("黑名单复核到期"),
        empty=_("没有到期待复核的黑名单。"),
        permission="suppliers.review_ban",
        page="suppliers_ban_changelist",
        query="?now=review",
        rows=_bans_to_review,
        name=str,
        link=lambda ban: reverse("admin:suppliers_ban_change", args=[ban.pk]),
        since="",
    ),
    WaitingKind(
        key="expiring_papers",
        title=_("到期的供应商证照"),
        empty=_("90 天内没有到期的供应商证照。"),
        permission="suppliers.hand_in_paper",
        page="suppliers_supplierpaper_changelist",
        query="?expiring=90",
        rows=_expiring,
        name=lambda paper: f"{paper.supplier} {paper.get_paper_type_display()} {paper.valid_until}",
        link=lambda paper: reverse("admin:suppliers_supplier_change", args=[paper.supplier_id]),
        since="",
    ),
    WaitingKind(
        key="rechecks",
        title=_("待登记的年度复查"),
        empty=_("没有待登记的年度复查。"),
        permission="suppliers.record_recheck",
        page="suppliers_recheck_changelist",
        query="?state__exact=open",
        rows=_rechecks,
        name=str,
        link=lambda recheck: reverse("admin:suppliers_recheck_change", args=[recheck.pk]),
        since="opened_at",
    ),
    WaitingKind(
        key="issues_to_verify",
        title=_("待验证的整改"),
        empty=_("没有待验证的整改。"),
        permission="suppliers.verify_rectification",
        page="suppliers_supplierissue_changelist",
        query="?state__exact=reported",
        rows=_to_verify,
        name=str,
        link=lambda issue: reverse("admin:suppliers_supplierissue_change", args=[issue.pk]),
        since="reported_at",
    ),
)
