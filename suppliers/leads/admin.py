"""The list of collusion leads, each with its judgement, and the networks honest bidders share."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from office.requests import user_of
from office.screens.records import RecordAdmin, Verb
from office.screens.reference import ReferenceAdmin
from suppliers.blacklist.forms import RingForm
from suppliers.blacklist.rings import members_to_propose, propose_ring
from suppliers.leads.forms import VerdictForm
from suppliers.leads.operations import judge_lead
from suppliers.leads.to_judge import leads_to_judge
from suppliers.models import CollusionLead, CommonNetwork, LeadVerdict


class JudgementFilter(SimpleListFilter):
    """Filters the leads that wait for a judgement."""

    title = _("判断")
    parameter_name = "judgement"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("due", _("待判断"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[CollusionLead]
    ) -> QuerySet[CollusionLead]:
        if self.value() != "due":
            return queryset
        return queryset.filter(pk__in=leads_to_judge(user_of(request), timezone.now()).values("pk"))


@admin.register(CollusionLead)
class CollusionLeadAdmin(RecordAdmin):
    list_display = ["sourcing", "signal", "strength", "names", "verdict", "found_at"]
    list_display_links = ["sourcing", "signal"]
    list_select_related = ["sourcing"]
    list_filter = [JudgementFilter, "signal", "strength", "verdict"]
    search_fields = ["sourcing__number"]
    search_help_text = _("询价采购编号的一部分")
    fields = [
        *("sourcing", "signal", "strength", "names", "evidence", "found_at"),
        *("verdict", "reason", "judged_by", "judged_at", "proposed"),
    ]
    verbs = (
        Verb(
            "judge_lead",
            _("判断"),
            "suppliers.judge_lead",
            lambda lead, values, by, at: judge_lead(
                lead, values["verdict"], reason=values["reason"], by=by, at=at
            ),
            _("判断已登记。"),
            form=VerdictForm,
            look="button-primary",
            allowed=lambda lead: not lead.verdict,
        ),
        Verb(
            "propose_ring",
            _("提出列入黑名单"),
            "suppliers.propose_ban",
            lambda lead, values, by, at: propose_ring(lead, RingForm.facts(values), by=by, at=at),
            _("线索中的供应商已逐家提出列入黑名单，等待采购审核。"),
            form=RingForm,
            allowed=lambda lead: (
                lead.verdict == LeadVerdict.CONFIRMED and bool(members_to_propose(lead))
            ),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[CollusionLead]:
        rows: QuerySet[CollusionLead] = super().get_queryset(request)
        return rows.prefetch_related("suppliers")

    @admin.display(description=_("供应商"))
    def names(self, lead: CollusionLead) -> str:
        return "、".join(supplier.name for supplier in lead.suppliers.all())

    @admin.display(description=_("列入黑名单"))
    def proposed(self, lead: CollusionLead) -> str:
        bans = lead.bans.select_related("supplier").order_by("pk")
        return format_html_join(
            "、",
            '<a href="{}">{}（{}）</a>',
            (
                (
                    reverse("admin:suppliers_ban_change", args=[ban.pk]),
                    ban.supplier.name,
                    ban.get_state_display(),
                )
                for ban in bans
            ),
        )


@admin.register(CommonNetwork)
class CommonNetworkAdmin(ReferenceAdmin):
    list_display = ["network", "name", "starts", "ends"]
    fields = ["network", "name", "starts", "ends"]
