"""The connection's page with what may be done now, the board, the counter's form, the rules."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.connection.applications import apply_for_connection
from customers.connection.board import board_at
from customers.connection.contract_drafts import latest_draft
from customers.connection.forms import ApplicationForm
from customers.connection.invite_pages import invite_page
from customers.connection.papers import papers_asked
from customers.connection.to_review import to_review
from customers.connection.verbs import VERBS
from customers.connection_states import CONNECTION, OPEN_CONNECTIONS, ConnectionState
from customers.models import (
    Connection,
    ConnectionPaperRule,
    ConnectionRule,
    ConnectionTerms,
    HeatOn,
)
from office import journal
from office.approvals.screen import passages_of
from office.calendar import business_date
from office.documents.admin import documents_of
from office.lists.filters import CompanyFilter
from office.models import User
from office.money import yuan_text
from office.requests import actor_of, user_of
from office.screens.desk_page import require_any
from office.screens.form_records import FormAdmin
from office.screens.panels import panels_of
from office.screens.reference import ReferenceAdmin


class StepFilter(SimpleListFilter):
    """Filters the connections that are worked on at a step, on hold, or past their promise."""

    title = _("办理中")
    parameter_name = "now"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        steps = [(state.value, state.label) for state in OPEN_CONNECTIONS]
        others = [("late", _("已超期")), ("held", _("已暂缓")), ("mine", _("待我会审"))]
        return [*steps, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value == "late":
            return queryset.filter(due_at__lt=timezone.now())
        if value == "mine":
            waiting = to_review(user_of(request), timezone.now())
            return queryset.filter(pk__in=waiting.order_by().values("pk"))
        if value == "held":
            return queryset.filter(held_at__isnull=False)
        if value in {state.value for state in OPEN_CONNECTIONS}:
            return queryset.filter(state=value, held_at=None)
        return queryset


@admin.register(Connection)
class ConnectionAdmin(FormAdmin):
    workflow = CONNECTION
    permission = "customers.apply_for_connection"
    record_page = "customers/connection/connection.html"
    list_display = [
        *("number", "project", "applicant", "state", "area", "waiting_since", "due_at"),
    ]
    list_display_links = ["number", "project"]
    list_filter = [StepFilter, CompanyFilter, "state"]
    search_fields = ["number", "project", "applicant"]
    ordering = ["-pk"]
    verbs = VERBS

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.board_view)
        invite = self.admin_site.admin_view(self.invite_view)
        return [
            path("board/", view, name="connection_board"),
            path("<int:pk>/invite/", invite, name="invite_reviewers"),
            *super().get_urls(),
        ]

    def invite_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks whom to invite to the joint review, then shows each outside expert's link once."""
        return invite_page(self, request, self.record(request, pk))

    def board_view(self, request: HttpRequest) -> HttpResponse:
        """Shows where each connection stands, how long, until when and with whom."""
        user = require_any(request, "customers.view_connection")
        columns = board_at(user, timezone.now())
        return self.page(
            request, "customers/connection/board.html", title=_("入网进度"), columns=columns
        )

    def make_form(self, user: User, *args: Any) -> forms.Form:
        form = ApplicationForm(*args)
        form.offer(user)
        return form

    def make(self, form: Any, request: HttpRequest) -> Connection:
        return apply_for_connection(
            form.cleaned_data["company"], form.facts(), by=actor_of(request), at=timezone.now()
        )

    def record_context(self, request: HttpRequest, record: Connection) -> dict[str, Any]:
        now = timezone.now()
        papers = {
            paper.rule_id: paper
            for paper in record.papers.select_related("document", "handed_in_by")
        }
        return {
            "title": str(record),
            "papers": [(rule, papers.get(rule.pk)) for rule in papers_asked(record)],
            "stays": stays_of(record, now),
            "holds": record.holds.select_related("begun_by"),
            "surveys": record.surveys.select_related("surveyor", "planned_by"),
            "late": record.due_at is not None and record.due_at < now,
            "designs": record.designs.select_related(
                "submitted_by", "review__closed_by"
            ).prefetch_related("review__reviewers__opinion__conditions__met_by"),
            "budgets": record.budgets.select_related("drafted_by"),
            "draft": latest_draft(record),
            "contracts": record.contracts.select_related("terms").prefetch_related("instalments"),
            "all_works": record.works.select_related("contractor", "accepted_by").prefetch_related(
                "inspections__inspected_by", "defects__closed_by"
            ),
            "table": record.tables.first(),
            "heated": HeatOn.objects.filter(connection=record).first(),
            "passages": passages_of(record),
            "may_invite": record.state == ConnectionState.REVIEW
            and record.held_at is None
            and user_of(request).has_perm("customers.convene_review"),
            "panels": panels_of(record, user_of(request)),
            "documents": documents_of(record, user_of(request))[:50],
            "timeline": journal.timeline(record)[:40],
        }


def stays_of(connection: Connection, at: datetime) -> list[Mapping[str, Any]]:
    """Returns each step that the connection was at, with its days and whether it was late."""
    return [
        {
            "stay": stay,
            "days": ((stay.left_at or at) - stay.received_at).days,
            "late": bool(stay.days)
            and (
                stay.left_at > stay.due_at
                if stay.left_at
                else connection.due_at is not None and connection.due_at < at
            ),
        }
        for stay in connection.stays.all()
    ]


class DatedRuleAdmin(ReferenceAdmin):
    """A rule that binds from its first day: from then on nobody edits it."""

    def is_open(self, request: HttpRequest, record: Any) -> bool:
        return record.starts is None or bool(record.starts > business_date(timezone.now()))


@admin.register(ConnectionRule)
class ConnectionRuleAdmin(DatedRuleAdmin):
    list_display = ["company", "starts", "source", "quorum", "outside_quorum"]
    list_select_related = ["company"]
    fields = [
        *("company", "starts", "source"),
        *("accept_days", "survey_days", "design_days", "review_days", "plan_days"),
        *("approval_days", "contract_days", "kick_off_days", "construction_days"),
        *("heat_on_days", "quorum", "outside_quorum"),
    ]


@admin.register(ConnectionPaperRule)
class ConnectionPaperRuleAdmin(DatedRuleAdmin):
    list_display = ["name", "company", "paper_of", "starts", "ends", "source"]
    list_select_related = ["company"]
    list_filter = ["paper_of"]
    fields = ["company", "name", "paper_of", "starts", "ends", "source"]


@admin.register(ConnectionTerms)
class ConnectionTermsAdmin(DatedRuleAdmin):
    list_display = ["company", "starts", "price", "residents_pay", "tolerance_permille", "source"]
    list_select_related = ["company"]
    fields = ["company", "starts", "price_fen", "residents_pay", "tolerance_permille", "source"]

    @admin.display(description=_("入网单价（元/m²）"))
    def price(self, terms: ConnectionTerms) -> str:
        return yuan_text(terms.price_fen)
