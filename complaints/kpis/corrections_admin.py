"""Corrections of published figures on screen: the old value, the new value and the cause."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from complaints.kpis.admin import ticket_url
from complaints.kpis.arithmetic import read_kept
from complaints.kpis.tickets import rows_corrected
from complaints.measures import BY_CODE, Form, Measure
from complaints.models import KpiCorrection
from office.lists.filters import CompanyFilter
from office.requests import user_of
from office.screens.records import RecordAdmin


@admin.register(KpiCorrection)
class KpiCorrectionAdmin(RecordAdmin):
    record_page = "complaints/kpis/kpi_correction.html"
    list_display = ["day", "company", "kpi", "was", "is_now", "corrected_at"]
    list_select_related = ["night", "company"]
    list_filter = [CompanyFilter, "kpi"]
    ordering = ["-pk"]

    def record_context(self, request: HttpRequest, correction: KpiCorrection) -> dict[str, Any]:
        kpi = BY_CODE[correction.kpi]
        return {
            "title": _("指标更正"),
            "kpi": kpi,
            "minutes": kpi.form is Form.MINUTES,
            "records": rows_corrected(correction, kpi),
            "tests": kpi.measure is Measure.TEMPERATURE,
            "ticket_url": ticket_url(),
            "may_open": user_of(request).has_perm("complaints.view_ticket"),
        }

    @admin.display(description=_("业务日"), ordering="night__day")
    def day(self, correction: KpiCorrection) -> Any:
        return correction.night.day

    @admin.display(description=_("原值"))
    def was(self, correction: KpiCorrection) -> str:
        return read_kept(BY_CODE[correction.kpi], correction.before).whole

    @admin.display(description=_("现值"))
    def is_now(self, correction: KpiCorrection) -> str:
        return read_kept(BY_CODE[correction.kpi], correction.after).whole

    @admin.display(description=_("更正时间"), ordering="night__computed_at")
    def corrected_at(self, correction: KpiCorrection) -> Any:
        return correction.night.computed_at
