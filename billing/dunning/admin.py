"""The screen of dunning: the age of open debts."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.dunning.ageing import AGE_CLASSES, with_ages
from billing.models import DebtAge
from office.calendar import business_date
from office.lists.filters import CompanyFilter
from office.lists.list_columns import MoneyColumn
from office.screens.records import RecordAdmin


@admin.register(DebtAge)
class DebtAgeAdmin(RecordAdmin):
    """Open debts by season, community, kind of payer and due day, with the age of today."""

    list_display = [
        *("season", "community", "payer_kind", "due_on", "contract_count", "owed"),
        *(age.column for age in AGE_CLASSES),
    ]
    list_display_links = None
    list_select_related = ["season", "community"]
    list_filter = [CompanyFilter, "season", "payer_kind", "due_on"]
    search_fields = ["community__name"]
    search_help_text = _("小区名称中的字")
    fields = ["season", "community", "payer_kind", "due_on", "contract_count", "owed"]
    readonly_fields = ["owed"]

    owed = MoneyColumn("open_fen", _("欠费（元）"), admin_order_field="open_fen")
    not_due_fen, to_30_fen, to_90_fen, to_365_fen, beyond_fen = (
        MoneyColumn(age.column, age.label, hides_zero=True) for age in AGE_CLASSES
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return with_ages(rows, on=business_date(timezone.now()))
