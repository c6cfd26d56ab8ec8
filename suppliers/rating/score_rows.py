"""The ratings and scores of a run: computed from the record, and once more with the panel's points.

Both write all rows of a run in a few statements; the arithmetic is that of the pure rules.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from suppliers.dimensions import Aspect, Dimension
from suppliers.models import RatingRun, RatingScore, Supplier, SupplierRating
from suppliers.rating.face_to_face import (
    SheetPoints,
    class_after_panel,
    dimension_points,
    mean_of,
    mean_points,
    needs_panel,
)
from suppliers.rating.scoring import Rating, RatingTerms, Ratio, Score, rate
from suppliers.rating.sums import ratios_of_year
from suppliers.rating.terms import terms_of
from suppliers.rating_states import RatingRunState

_ZERO = Decimal(0)
_RATINGS = """
COPY suppliers_supplierrating (id, run_id, supplier_id, total, rating_class, for_panel,
    panel_points, counted_records) FROM STDIN
"""
_SCORES = """
COPY suppliers_ratingscore (rating_id, dimension, weight, numerator, denominator, rows,
    panel_share, panel_mean, value) FROM STDIN
"""
_CLEAR = """
DELETE FROM suppliers_ratingscore score USING suppliers_supplierrating rating
WHERE score.rating_id = rating.id AND rating.run_id = %(run)s;
DELETE FROM suppliers_supplierrating WHERE run_id = %(run)s;
"""
_NEXT_IDS = """
SELECT nextval(pg_get_serial_sequence('suppliers_supplierrating', 'id'))
FROM generate_series(1, %s)
"""
# The latest sheet of each member counts.
_MARKS = """
SELECT latest.supplier_id, latest.id, member.department, mark.item, mark.points
FROM (SELECT DISTINCT ON (supplier_id, member_id) id, supplier_id, member_id
      FROM suppliers_panelsheet WHERE run_id = %s
      ORDER BY supplier_id, member_id, version DESC) latest
JOIN suppliers_panelmember member ON member.id = latest.member_id
JOIN suppliers_panelmark mark ON mark.sheet_id = latest.id
ORDER BY latest.supplier_id, latest.id, mark.id
"""


@transaction.atomic
def score_suppliers(run: RatingRun) -> int:
    """A step of `carry_on_rating_run`, in a transaction of its own: rates every supplier by the
    record alone and returns how many there are.

    The rows of an earlier scoring of the run are replaced.
    """
    # A worker that was believed dead may still be at it: the next one waits here and sees its end.
    locked_run = (
        RatingRun.objects.select_for_update(of=("self",)).select_related("rule").get(pk=run.pk)
    )
    if locked_run.state != RatingRunState.SCORING or locked_run.record_as_of is None:
        return locked_run.supplier_count
    terms = terms_of(locked_run.rule)
    sums = ratios_of_year(
        locked_run.year, grace_days=terms.grace_days, as_of=locked_run.record_as_of
    )
    records = _records_of_suppliers(locked_run)
    panel_counts = any(terms.panel_share.values())
    ratings = {supplier: rate(terms, sums.get(supplier, {}), {}) for supplier in records}
    with connection.cursor() as cursor:
        cursor.execute(_CLEAR, {"run": locked_run.pk})
        cursor.execute(_NEXT_IDS, [len(ratings)])
        ids = [row[0] for row in cursor.fetchall()]
        _copy(
            cursor,
            _RATINGS,
            (
                (
                    pk,
                    locked_run.pk,
                    supplier,
                    rating.total,
                    rating.rating_class.value,
                    needs_panel(rating, panel_counts=panel_counts),
                    None,
                    f"[{', '.join(map(str, records[supplier]))}]",
                )
                for pk, (supplier, rating) in zip(ids, ratings.items(), strict=True)
            ),
        )
        _copy(
            cursor,
            _SCORES,
            (
                (pk, *_columns(score))
                for pk, rating in zip(ids, ratings.values(), strict=True)
                for score in rating.scores
            ),
        )
    locked_run.supplier_count = len(ratings)
    locked_run.save(update_fields=["supplier_count"])
    return len(ratings)


def add_panel_points(run: RatingRun) -> None:
    """A step of `close_panel`: rates everybody again with what the panel gave.

    The caller holds the run's lock; the sums of the record stay as they were scored.
    """
    terms = terms_of(run.rule)
    sheets = sheets_of_run(run)
    ratings = list(SupplierRating.objects.filter(run=run))
    ratios = ratios_of_run(run)
    scores_by_rating: dict[int, list[RatingScore]] = defaultdict(list)
    for stored in RatingScore.objects.filter(rating__run=run):
        scores_by_rating[stored.rating_id].append(stored)
    changed_scores = []
    for row in ratings:
        of_supplier = sheets.get(row.supplier_id, [])
        rating = rate(terms, ratios.get(row.supplier_id, {}), dimension_points(of_supplier))
        row.total = rating.total
        row.panel_points = mean_points(of_supplier)
        row.rating_class = class_after_panel(rating, row.panel_points, run.rule.panel_from)
        by_dimension = {score.dimension: score for score in rating.scores}
        for stored in scores_by_rating[row.pk]:
            computed = by_dimension[Dimension(stored.dimension)]
            if not computed.panel_share:
                continue
            stored.value = computed.value
            stored.panel_mean = mean_of(computed.panel_scores)
            changed_scores.append(stored)
    SupplierRating.objects.bulk_update(
        ratings, ["total", "panel_points", "rating_class"], batch_size=1000
    )
    RatingScore.objects.bulk_update(changed_scores, ["value", "panel_mean"], batch_size=1000)


def sheets_of_run(run: RatingRun) -> dict[int, list[SheetPoints]]:
    """Returns the latest sheet of each member of the panel by the id of the supplier."""
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, [run.pk])
        rows = cursor.fetchall()
    departments: dict[int, tuple[int, str]] = {}
    marks: dict[int, dict[str, Any]] = defaultdict(dict)
    for supplier, sheet, department, item, points in rows:
        departments[sheet] = (supplier, department)
        marks[sheet][item] = points
    sheets: dict[int, list[SheetPoints]] = defaultdict(list)
    for sheet, (supplier, department) in departments.items():
        sheets[supplier].append(sheet_points(department, marks[sheet]))
    return dict(sheets)


def sheet_points(department: str, marks: Mapping[str, Any]) -> SheetPoints:
    """Returns points by item as the pure rules take them."""
    return SheetPoints(
        department,
        {Aspect(item): points for item, points in marks.items() if item in Aspect.values},
        {Dimension(item): points for item, points in marks.items() if item in Dimension.values},
    )


def ratios_of_run(run: RatingRun) -> dict[int, dict[Dimension, Ratio]]:
    """Returns what was scored by the id of the supplier: numerator, denominator and entries."""
    ratios: dict[int, dict[Dimension, Ratio]] = defaultdict(dict)
    for supplier, dimension, numerator, denominator, rows in RatingScore.objects.filter(
        rating__run=run
    ).values_list("rating__supplier_id", "dimension", "numerator", "denominator", "rows"):
        ratios[supplier][Dimension(dimension)] = Ratio(numerator, denominator, rows)
    return dict(ratios)


def rate_run_by(terms: RatingTerms, run: RatingRun) -> dict[int, Rating]:
    """Rates the run's suppliers by other terms, with the panel's points; nothing is written."""
    if run.record_as_of is None:
        return {}
    sums = ratios_of_year(run.year, grace_days=terms.grace_days, as_of=run.record_as_of)
    sheets = sheets_of_run(run)
    return {
        supplier: rate(terms, ratios, dimension_points(sheets.get(supplier, [])))
        for supplier, ratios in sums.items()
    }


def items_of_sheet(terms: RatingTerms) -> list[str]:
    """Returns what a sheet has points for: all aspects, and the dimensions the panel shares in."""
    shared = [dimension.value for dimension in Dimension if terms.panel_share.get(dimension)]
    return [*Aspect.values, *shared]


def names_of_items() -> dict[str, Any]:
    """Returns the names of all items of a sheet, in the reader's language."""
    return {**dict(Aspect.choices), **dict(Dimension.choices)}


def _records_of_suppliers(run: RatingRun) -> dict[int, list[int]]:
    """Returns, by the id of each supplier of that time, the records that count for it."""
    suppliers = Supplier.objects.filter(registered_at__lte=run.record_as_of).order_by("pk")
    remaining = suppliers.filter(merged_into__isnull=True).values_list("pk", flat=True)
    records = {pk: [pk] for pk in remaining}
    for supplier in suppliers.filter(merged_into__isnull=False).only("merged_into_id"):
        if supplier.merged_into_id in records:
            records[supplier.merged_into_id].append(supplier.pk)
    return records


def _columns(score: Score) -> Sequence[Any]:
    ratio = score.ratio or Ratio(_ZERO, _ZERO)
    return (
        score.dimension.value,
        score.weight,
        ratio.numerator,
        ratio.denominator,
        ratio.rows,
        score.panel_share,
        None,
        score.value,
    )


def _copy(cursor: Any, statement: str, rows: Iterable[Sequence[Any]]) -> None:
    """Writes rows of numbers, dates and identifiers by COPY, which is faster than INSERT."""
    with cursor.copy(statement) as copy:
        for block in _blocks(rows):
            copy.write(block)


def _blocks(rows: Iterable[Sequence[Any]], size: int = 5_000) -> Iterator[str]:
    lines: list[str] = []
    for row in rows:
        lines.append("\t".join("\\N" if cell is None else _text(cell) for cell in row))
        if len(lines) == size:
            yield "\n".join(lines) + "\n"
            lines = []
    if lines:
        yield "\n".join(lines) + "\n"


def _text(cell: Any) -> str:
    if cell is True or cell is False:
        return "t" if cell else "f"
    return str(cell)
