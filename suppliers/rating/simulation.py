"""What a rule would give for a year beside the result there is; nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from suppliers.dimensions import RatingClass
from suppliers.models import RatingRule, RatingRun, Supplier, SupplierRating
from suppliers.rating.face_to_face import class_after_panel, mean_points
from suppliers.rating.score_rows import rate_run_by, sheets_of_run
from suppliers.rating.scoring import Rating
from suppliers.rating.sums import rate_year
from suppliers.rating.terms import rule_of_year, terms_of
from suppliers.rating_states import RatingRunState


@dataclass(frozen=True)
class Outcome:
    """The total (None: not rated) and class of a supplier, with the five scores."""

    total: Decimal | None
    rating_class: RatingClass
    scores: tuple[Decimal | None, ...] = ()


@dataclass(frozen=True)
class SimulatedSupplier:
    """A supplier by the rule, and as the year's rating or the rule in force has it (None: neither
    is there).
    """

    supplier: Supplier
    outcome: Outcome
    present: Outcome | None

    @property
    def differs(self) -> bool:
        return self.present is not None and self.outcome.rating_class != self.present.rating_class


@dataclass(frozen=True)
class Simulation:
    """The suppliers of a year, those of another class first, and how many are in each class.

    `run` is the rating of the year that is compared with; without one it is `present_rule`.
    """

    year: int
    run: RatingRun | None
    present_rule: RatingRule | None
    rows: list[SimulatedSupplier]
    counts: list[tuple[RatingClass, int, int | None]]


def simulate(rule: RatingRule, year: int, *, as_of: datetime) -> Simulation:
    """Rates a year by the rule, beside the year's own rating.

    Where the year has one, the record is read as it stood then and the panel's points count;
    else the record counts as it stands at `as_of`, beside what the rule in force would give.
    """
    run = scored_run(year)
    present_rule: RatingRule | None
    if run is not None:
        outcomes, present = _by_run(rule, run)
        present_rule = run.rule
    else:
        in_force = rule_of_year(year)
        present_rule = in_force if in_force != rule else None
        outcomes = _by_record(rule, year, as_of)
        present = _by_record(present_rule, year, as_of) if present_rule else {}
    return Simulation(year, run, present_rule, _rows(outcomes, present), _counts(outcomes, present))


def scored_run(year: int) -> RatingRun | None:
    """Returns the year's rating once it has been scored."""
    idle = (RatingRunState.SCOPED, RatingRunState.SCORING, RatingRunState.CANCELLED)
    return (
        RatingRun.objects.filter(year=year).exclude(state__in=idle).select_related("rule").first()
    )


def _by_record(rule: RatingRule, year: int, as_of: datetime) -> dict[int, Outcome]:
    ratings = rate_year(terms_of(rule), year, as_of=as_of)
    return {pk: _outcome(rating, rating.rating_class) for pk, rating in ratings.items()}


def _by_run(rule: RatingRule, run: RatingRun) -> tuple[dict[int, Outcome], dict[int, Outcome]]:
    """Returns the run's suppliers by the rule, and as they stand in the run."""
    stored = {
        row.supplier_id: Outcome(row.total, RatingClass(row.rating_class))
        for row in SupplierRating.objects.filter(run=run)
    }
    sheets = sheets_of_run(run)
    has_met = run.state != RatingRunState.PANEL
    outcomes = {}
    for pk, rating in rate_run_by(terms_of(rule), run).items():
        points = mean_points(sheets.get(pk, []))
        rating_class = rating.rating_class
        if has_met:
            rating_class = class_after_panel(rating, points, rule.panel_from)
        outcomes[pk] = _outcome(rating, rating_class)
    return outcomes, {pk: outcome for pk, outcome in stored.items() if pk in outcomes}


def _outcome(rating: Rating, rating_class: RatingClass) -> Outcome:
    return Outcome(rating.total, rating_class, tuple(score.value for score in rating.scores))


def _rows(
    outcomes: Mapping[int, Outcome], present: Mapping[int, Outcome]
) -> list[SimulatedSupplier]:
    suppliers = Supplier.objects.in_bulk(outcomes)
    return sorted(
        (
            SimulatedSupplier(suppliers[pk], outcome, present.get(pk))
            for pk, outcome in outcomes.items()
        ),
        key=lambda row: (not row.differs, row.supplier.name, row.supplier.pk),
    )


def _counts(
    outcomes: Mapping[int, Outcome], present: Mapping[int, Outcome]
) -> list[tuple[RatingClass, int, int | None]]:
    def count(group: Mapping[int, Outcome], rating_class: RatingClass) -> int:
        return sum(outcome.rating_class == rating_class for outcome in group.values())

    return [
        (
            rating_class,
            count(outcomes, rating_class),
            count(present, rating_class) if present else None,
        )
        for rating_class in RatingClass
    ]
