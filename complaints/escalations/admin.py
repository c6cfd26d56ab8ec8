"""Screen of the escalations: which role was notified of which promise, and when. Read only."""

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
from complaints.escalations.open_escalations import WAITING, notified_roles
from complaints.ladder import LADDER
from complaints.models import Escalation
from complaints.promises.words import due_text
from complaints.states import TicketState
from complaints.templatetags.service import look
from complaints.ticket_place import with_place
from office.lists.filters import CompanyFilter, RecordList
from office.requests import user_of
from office.roles import Role
from office.screens.records import RecordAdmin


class RoleFilter(SimpleListFilter):
    """The escalations of the user's own roles, unless another role is chosen."""

    title = _("通知角色")
    parameter_name = "role"

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        self.mine = notified_roles(user_of(request))
        super().__init__(request, *args)

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        roles = [(role.value, role.label) for role in sorted({rung.role for rung in LADDER})]
        # Users without such a role see all escalations first.
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
    """The escalations whose ticket or call-back is still open."""

    title = _("办理情况")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [("yes", str(_("未办结")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(WAITING) if self.value() == "yes" else queryset


class _LeadsToTheTicket(RecordList):
    """A list whose rows link to the ticket, since an escalation has no more than its row."""

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

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RecordList]:
        return _LeadsToTheTicket

    @admin.display(description=_("工单"))
    def number(self, escalation: Escalation) -> str:
        return escalation.ticket.number

    @admin.display(description=_("到期时间"))
    def due(self, escalation: Escalation) -> str:
        return due_text(escalation.due_at)

    @admin.display(description=_("通知角色"))
    def role_told(self, escalation: Escalation) -> str:
        return Role(escalation.role).label

    @admin.display(description=_("事项"))
    def about(self, escalation: Escalation) -> str:
        ticket = escalation.ticket
        return f"{TicketKind(ticket.kind).label} {Subject(ticket.subject).label}"

    @admin.display(description=_("地点"))
    def where(self, escalation: Any) -> str:
        return str(escalation.place_text)

    @admin.display(description=_("状态"))
    def standing(self, escalation: Escalation) -> str:
        state = TicketState(escalation.ticket.state)
        return format_html('<span class="badge {}">{}</span>', look(state), state.label)

    @admin.display(description=_("公司"))
    def company(self, escalation: Escalation) -> str:
        return escalation.ticket.company.short_name
