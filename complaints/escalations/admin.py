"""Escalations: what a role was told of promises running out, and when. Read only."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin import ShowFacets, SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from complaints.classes import Subject, TicketKind
from complaints.escalations.open_escalations import WAITING, told_roles
from complaints.ladder import LADDER
from complaints.models import Escalation
from complaints.promises.words import due_date_text
from complaints.states import TicketState
from complaints.templatetags.service import look
from complaints.ticket_place import with_place
from office.admin.filters import CompanyFilter, DeclaredFiltersList
from office.admin.records import RecordAdmin
from office.requests import user_of
from office.roles import Role


class RoleFilter(SimpleListFilter):
    """What the person's own role was told, unless something else is asked for."""

    title = _("通知角色")
    parameter_name = "role"

    def __init__(self, request: HttpRequest, *given: Any) -> None:
        self.mine = told_roles(user_of(request))
        super().__init__(request, *given)

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        roles = [(role.value, role.label) for role in sorted({rung.role for rung in LADDER})]
        # Who is never told anything begins with everything.
        return [*roles, ("all", str(_("全部")))] if self.mine else roles

    def choices(self, changelist: Any) -> Any:
        shown = list(super().choices(changelist))
        shown[0]["display"] = _("我的角色") if self.mine else _("全部")
        return shown

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value in {rung.role for rung in LADDER}:
            return queryset.filter(role=value)
        if value is None and self.mine:
            return queryset.filter(role__in=self.mine)
        return queryset


class WaitingFilter(SimpleListFilter):
    """Whether what was told of still waits."""

    title = _("办理情况")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [("yes", str(_("未办结")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(WAITING) if self.value() == "yes" else queryset


class _LeadsToTheTicket(DeclaredFiltersList):
    """An escalation has nothing to say beyond its row; what is to be done is on the ticket."""

    def url_for_result(self, result: Any) -> str:
        return reverse("admin:complaints_ticket_change", args=[result.ticket_id])


@admin.register(Escalation)
class EscalationAdmin(RecordAdmin):
    list_display = [
        *("number", "clock", "step", "due", "role_told", "found_at"),
        *("about", "where", "standing", "company"),
    ]
    list_select_related = ["ticket__company"]
    list_filter = [RoleFilter, WaitingFilter, "clock", "step", CompanyFilter]
    search_fields = ["ticket__number__exact"]
    search_help_text = _("完整的工单号")
    ordering = ["-pk"]
    show_facets = ShowFacets.NEVER
    fields = ["number", "clock", "step", "role_told", "due", "found_at"]
    readonly_fields = ["number", "role_told", "due"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_place(super().get_queryset(request), "ticket__")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DeclaredFiltersList]:
        return _LeadsToTheTicket

    @admin.display(description=_("工单"))
    def number(self, told: Escalation) -> str:
        return told.ticket.number

    @admin.display(description=_("到期时间"))
    def due(self, told: Escalation) -> str:
        return due_date_text(told.due_at)

    @admin.display(description=_("通知角色"))
    def role_told(self, told: Escalation) -> str:
        return Role(told.role).label

    @admin.display(description=_("事项"))
    def about(self, told: Escalation) -> str:
        ticket = told.ticket
        return f"{TicketKind(ticket.kind).label} {Subject(ticket.subject).label}"

    @admin.display(description=_("地点"))
    def where(self, told: Any) -> str:
        return str(told.place_text)

    @admin.display(description=_("状态"))
    def standing(self, told: Escalation) -> str:
        state = TicketState(told.ticket.state)
        return format_html('<span class="badge {}">{}</span>', look(state), state.label)

    @admin.display(description=_("公司"))
    def company(self, told: Escalation) -> str:
        return told.ticket.company.short_name
