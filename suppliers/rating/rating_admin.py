"""The screen of one supplier's rating: charts, scores, the entries behind them, panel sheets."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office import journal
from office.lists.filters import ChosenRecordFilter
from office.outcomes import carry_out
from office.requests import actor_of, user_of
from office.screens.records import RecordAdmin
from suppliers.dimensions import Dimension
from suppliers.models import PanelMember, PanelSheet, SupplierRating
from suppliers.rating.charts import columns, pentagon
from suppliers.rating.forms import PanelSheetForm
from suppliers.rating.panel import fill_panel_sheet
from suppliers.rating.rating_entries import entries_of_score, figure_text
from suppliers.rating.score_rows import items_of_sheet, names_of_items
from suppliers.rating.terms import terms_of
from suppliers.rating_states import RatingRunState

SHOWN_YEARS = 8


@admin.register(SupplierRating)
class SupplierRatingAdmin(RecordAdmin):
    record_page = "suppliers/rating/supplier_rating.html"
    list_display = ["supplier", "year", "rating_class", "total", "panel_points", "for_panel"]
    list_select_related = ["supplier", "run"]
    list_filter = [("run", ChosenRecordFilter), "rating_class", "for_panel", "run__year"]
    search_fields = ["supplier__name"]
    search_help_text = _("供应商名称的一部分")

    @admin.display(description=_("评审年度"), ordering="run__year")
    def year(self, rating: SupplierRating) -> int:
        return rating.run.year

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/panel/", wrap(self.panel_view), name="fill_panel_sheet"),
            path("<int:pk>/entries/", wrap(self.entries_view), name="score_entries"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("supplier", "run__rule")

    def record_context(self, request: HttpRequest, record: SupplierRating) -> dict[str, Any]:
        scores = list(record.scores.all())
        entries_page = reverse("admin:score_entries", args=[record.pk])
        return {
            "title": str(record),
            "scores": [
                (
                    score,
                    figure_text(score.dimension, score.numerator),
                    figure_text(score.dimension, score.denominator),
                    f"{entries_page}?dimension={score.dimension}",
                )
                for score in scores
            ],
            "chart": pentagon([(score.get_dimension_display(), score.value) for score in scores]),
            "trend": _trend(record),
            "sheets": _sheets(record),
            "may_fill": _member(request, record) is not None,
            "timeline": journal.timeline(record)[:30],
        }

    def entries_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows the entries of one score."""
        record = self.record(request, pk)
        dimension = request.GET.get("dimension", Dimension.QUALITY.value)
        if dimension not in Dimension.values:
            raise Http404
        score = (
            record.scores.filter(dimension=dimension).select_related("rating__run__rule").first()
        )
        if score is None:
            raise Http404
        entries = entries_of_score(score, user_of(request))
        shown = partial(figure_text, dimension)
        return self.page(
            request,
            "suppliers/rating/score_entries.html",
            title=f"{record} · {score.get_dimension_display()}",
            record=record,
            score=score,
            entries=entries,
            rows=[(row, shown(row.numerator), shown(row.denominator)) for row in entries.rows],
            sums=[shown(entries.numerator), shown(entries.denominator)],
            scored=[shown(score.numerator), shown(score.denominator)],
            by_price=dimension == Dimension.PRICE,
        )

    def panel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows the member's own sheet on the supplier and hands it in."""
        record = self.record(request, pk)
        if not user_of(request).has_perm("suppliers.sit_on_panel"):
            raise PermissionDenied
        items = items_of_sheet(terms_of(record.run.rule))
        latest = _own_sheet(request, record)
        posted = request.POST if request.method == "POST" else None
        form = PanelSheetForm(items, latest, posted)
        refusal, status = None, 200
        if form.is_bound:
            outcome = carry_out(
                form,
                lambda values: fill_panel_sheet(
                    record, form.facts(values), by=actor_of(request), at=timezone.now()
                ),
            )
            if outcome.result is not None:
                return HttpResponseRedirect(self._next_page(request, record))
            refusal, status = outcome.refusal, outcome.status
        page = self.page(
            request,
            "suppliers/rating/panel_sheet.html",
            title=_("评审表：%(supplier)s") % {"supplier": record.supplier},
            record=record,
            form=form,
            refusal=refusal,
            back=self.record_url(record),
        )
        page.status_code = status
        return page

    def _next_page(self, request: HttpRequest, record: SupplierRating) -> str:
        """Returns the page of the next supplier that waits for the member, or of this rating."""
        member = _member(request, record)
        waiting = SupplierRating.objects.filter(run=record.run, for_panel=True).exclude(
            supplier__in=PanelSheet.objects.filter(member=member).values("supplier")
        )
        following = waiting.order_by("supplier__name", "pk").first()
        if following is None:
            return self.record_url(record)
        return reverse("admin:fill_panel_sheet", args=[following.pk])


def _member(request: HttpRequest, record: SupplierRating) -> PanelMember | None:
    """Returns the reader's seat on the panel while it is in session and this supplier is on its
    list.
    """
    if record.run.state != RatingRunState.PANEL or not record.for_panel:
        return None
    return PanelMember.objects.filter(run=record.run, user=user_of(request)).first()


def _own_sheet(request: HttpRequest, record: SupplierRating) -> PanelSheet | None:
    return (
        PanelSheet.objects.filter(
            run=record.run, supplier=record.supplier, member__user=user_of(request)
        )
        .prefetch_related("marks")
        .order_by("-version")
        .first()
    )


def _trend(record: SupplierRating) -> list[Any]:
    """Returns a column of the total for each year of the supplier that is not cancelled."""
    rows = (
        SupplierRating.objects.filter(supplier=record.supplier_id)
        .exclude(run__state=RatingRunState.CANCELLED)
        .select_related("run")
        .order_by("-run__year")[:SHOWN_YEARS]
    )
    return columns(
        [
            (str(row.run.year), row.total, "now" if row.pk == record.pk else "plain")
            for row in reversed(rows)
        ],
        width=300,
        height=110,
        highest=100,
    )


def _sheets(record: SupplierRating) -> list[Any]:
    """Returns the latest sheet of each member, with its points by item."""
    names = names_of_items()
    latest: dict[int, PanelSheet] = {}
    for sheet in (
        PanelSheet.objects.filter(run=record.run_id, supplier=record.supplier_id)
        .select_related("member__user")
        .prefetch_related("marks")
        .order_by("member__department", "member_id", "version")
    ):
        latest[sheet.member_id] = sheet
    return [
        (sheet, [(names[mark.item], mark.points, mark.remark) for mark in sheet.marks.all()])
        for sheet in latest.values()
    ]
