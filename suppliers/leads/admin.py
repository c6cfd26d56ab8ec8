"""The list of collusion leads, each with its judgement, and the networks honest bidders share."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office.admin.records import RecordAdmin, Verb
from office.admin.reference import ReferenceAdmin
from office.requests import user_of
from suppliers.leads.forms import VerdictForm
from suppliers.leads.operations import judge_lead
from suppliers.leads.to_judge import leads_to_judge
from suppliers.models import CollusionLead, CommonNetwork


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
        *("verdict", "reason", "judged_by", "judged_at"),
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
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[CollusionLead]:
        rows: QuerySet[CollusionLead] = super().get_queryset(request)
        return rows.prefetch_related("suppliers")

    @admin.display(description=_("供应商"))
    def names(self, lead: CollusionLead) -> str:
        return "、".join(supplier.name for supplier in lead.suppliers.all())


@admin.register(CommonNetwork)
class CommonNetworkAdmin(ReferenceAdmin):
    list_display = ["network", "name", "starts", "ends"]
    fields = ["network", "name", "starts", "ends"]
