"""Temperature tests on screen: recorded with both signatures, read as evidence, printed."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import F, Min, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from complaints.models import TemperatureReading, TemperatureTest, Ticket
from complaints.temperature_tests.record_test import record_test_page
from complaints.temperature_tests.sheets import temperature_sheet
from customers.models import Account
from office import journal
from office.language import Text
from office.lists.filters import CompanyFilter
from office.pdf import render_pdf
from office.requests import user_of
from office.screens.pdf_answer import pdf_answer
from office.screens.records import RecordAdmin


class PassedFilter(SimpleListFilter):
    """A filter by whether every room was as warm as promised."""

    title = _("结果")
    parameter_name = "passed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [("yes", str(_("合格"))), ("no", str(_("不合格")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "yes":
            return queryset.filter(lowest__gte=F("required"))
        if self.value() == "no":
            return queryset.filter(lowest__lt=F("required"))
        return queryset


@admin.register(TemperatureTest)
class TemperatureTestAdmin(RecordAdmin):
    record_page = "complaints/temperature_tests/temperature_test.html"
    list_display = [
        "tested_at",
        "account",
        "address",
        "lowest",
        "required",
        "verdict",
        "outside",
        "tested_by",
        "company",
    ]
    list_select_related = ["account__premise", "company", "tested_by"]
    list_filter = [CompanyFilter, PassedFilter, "tested_at"]
    # The box is shown; what it finds is said below.
    search_fields = ["instrument"]
    search_help_text = _("完整的户号、工单号或仪器编号")
    ordering = ["-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        readings = TemperatureReading.objects.filter(test=OuterRef("pk")).order_by()
        lowest = readings.values("test").annotate(lowest=Min("celsius")).values("lowest")
        rows: QuerySet[Any] = super().get_queryset(request).annotate(lowest=Subquery(lowest))
        return rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Finds tests by instrument, account or ticket, each by its own index."""
        text = search_term.strip()
        if not text:
            return queryset, False
        user = user_of(request)
        tests = TemperatureTest.objects.visible_to(user).order_by()
        accounts = Account.objects.visible_to(user).filter(number=text).order_by()
        tickets = Ticket.objects.visible_to(user).filter(number=text).order_by()
        # A union and not an OR, which would compare every test with every ticket.
        matches = (
            tests.filter(instrument=text)
            .values("pk")
            .union(
                tests.filter(account__in=accounts).values("pk"),
                tests.filter(ticket__in=tickets).values("pk"),
            )
        )
        return queryset.filter(pk__in=matches), False

    @admin.display(description=_("地址"))
    def address(self, test: TemperatureTest) -> str:
        return test.account.premise.address

    @admin.display(description=_("最低室温"))
    def lowest(self, test: Any) -> Decimal:
        lowest: Decimal = test.lowest
        return lowest

    @admin.display(description=_("结果"))
    def verdict(self, test: Any) -> Text:
        return _("合格") if test.lowest >= test.required else _("不合格")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm("complaints.record_temperature_test")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return record_test_page(self, request)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.sheet_view)
        name = self._url_name("sheet")
        return [path("<int:pk>/sheet/", view, name=name), *super().get_urls()]

    def sheet_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Returns the test as a printed sheet."""
        test: TemperatureTest = self.record(request, pk)
        sheet = temperature_sheet(test)
        content = render_pdf(
            "complaints/temperature_tests/temperature_test_sheet.html", {"paper": sheet}
        )
        return pdf_answer(content, f"temperature-test-{sheet.number}")

    def record_context(self, request: HttpRequest, test: Any) -> dict[str, Any]:
        readings = list(test.readings.all())
        return {
            "title": str(_("测温记录")),
            "account": test.account,
            "readings": [(row, row.celsius >= test.required) for row in readings],
            "passed": test.lowest >= test.required,
            "signatures": [test.tester_signature, test.customer_signature],
            "may_open": user_of(request).has_perm("office.view_document"),
            "drawn": getattr(test, "spot_check", None),
            "timeline": journal.timeline(test)[:30],
        }
