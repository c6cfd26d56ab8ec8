"""Annual ratings for tests, at whatever step one is needed, made by the operations staff use."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from office.actors import Actor
from office.approvals.steps import Opinion
from office.jobs.queue import run_job
from suppliers.dimensions import Aspect, Dimension, PanelDepartment, WithoutData
from suppliers.models import RatingRule, RatingRun, Supplier, SupplierRating
from suppliers.rating.operations import (
    DimensionTerms,
    RuleFacts,
    draft_rating_rule,
    publish_rating_rule,
)
from suppliers.rating.panel import SheetFacts, fill_panel_sheet, name_panel_member
from suppliers.rating.runs import (
    approve_rating_run,
    close_panel,
    create_rating_run,
    finalise_rating_run,
    publish_rating_run,
    score_rating_run,
)
from tests.suppliers.admission_records import People
from tests.suppliers.supplier_records import a_supplier
from tests.suppliers.supply_records import NEW_YEAR, a_case, a_delivery, an_order

WEIGHTS = dict(zip(Dimension, map(Decimal, (40, 20, 20, 10, 10)), strict=True))
# Objections are taken for seven days; this is the first day after them.
AFTER_OBJECTIONS = NEW_YEAR + timedelta(days=8)


def rule_facts(**changes: Any) -> RuleFacts:
    """Weights 40/20/20/10/10, 60 qualifies, 90 is excellent, the panel has to give 60."""
    values: dict[str, Any] = {
        "title": "供应商评审办法",
        "source": "采购〔2026〕3号",
        "from_year": 2026,
        "qualified_from": Decimal(60),
        "excellent_from": Decimal(90),
        "panel_from": Decimal(60),
        "objection_days": 7,
        "dimensions": {part: DimensionTerms(weight) for part, weight in WEIGHTS.items()},
    }
    return RuleFacts(**(values | changes))


def quality_alone(**changes: Any) -> RuleFacts:
    """A rule by which accepted of received is the total."""
    parts = {part: DimensionTerms(Decimal(0), Decimal(0), WithoutData.SPREAD) for part in Dimension}
    parts[Dimension.QUALITY] = DimensionTerms(Decimal(100))
    return rule_facts(dimensions=parts, **changes)


def a_published_rule(staff: People, facts: RuleFacts | None = None) -> RatingRule:
    rule = draft_rating_rule(facts or rule_facts(), by=staff.manager, at=NEW_YEAR)
    return publish_rating_rule(rule, by=staff.leader, at=NEW_YEAR)


def a_perfect_year(number: int = 1) -> Supplier:
    """A supplier whose record of 2026 comes to 99.60: only the price is 4 percent above."""
    supplier = a_supplier(number)
    a_delivery(an_order(supplier))
    a_case(supplier)
    return supplier


def a_scored_run(staff: People, facts: RuleFacts | None = None, *, year: int = 2026) -> RatingRun:
    """A run that is with its panel."""
    a_published_rule(staff, facts)
    run = create_rating_run(year, by=staff.buyer, at=NEW_YEAR)
    run_job(score_rating_run(run, by=staff.buyer, at=NEW_YEAR).pk)
    run.refresh_from_db()
    return run


def a_panel(run: RatingRun, staff: People) -> dict[PanelDepartment, Actor]:
    """Names one person of technology and one of operations."""
    people = {
        PanelDepartment.TECHNICAL: staff.technician,
        PanelDepartment.OPERATIONS: staff.operator,
    }
    for department, person in people.items():
        assert person.user is not None
        name_panel_member(run, person.user, department, by=staff.manager, at=NEW_YEAR)
    return people


def sheet(points: str = "80", *, seen: int = 0, **changes: Any) -> SheetFacts:
    """The same points for every aspect."""
    values: dict[str, Decimal] = {item.value: Decimal(points) for item in Aspect}
    return SheetFacts(values | changes, "同意", seen=seen)


def seen_by_panel(run: RatingRun, staff: People, points: str = "80") -> None:
    """Two departments give everybody on the panel's list the same points."""
    people = a_panel(run, staff)
    for rating in SupplierRating.objects.filter(run=run, for_panel=True):
        for person in people.values():
            fill_panel_sheet(rating, sheet(points), by=person, at=NEW_YEAR)


def a_proposed_run(staff: People, facts: RuleFacts | None = None, **changes: Any) -> RatingRun:
    run = a_scored_run(staff, facts, **changes)
    seen_by_panel(run, staff)
    return close_panel(run, by=staff.buyer, at=NEW_YEAR)


def an_approved_run(staff: People, facts: RuleFacts | None = None, **changes: Any) -> RatingRun:
    run = a_proposed_run(staff, facts, **changes)
    for person in (staff.manager, staff.leader):
        approve_rating_run(run, Opinion("同意"), by=person, at=NEW_YEAR)
    run.refresh_from_db()
    return run


def a_final_run(staff: People, facts: RuleFacts | None = None, **changes: Any) -> RatingRun:
    run = an_approved_run(staff, facts, **changes)
    publish_rating_run(run, by=staff.manager, at=NEW_YEAR)
    return finalise_rating_run(run, by=staff.manager, at=AFTER_OBJECTIONS)


def rating_of(run: RatingRun, supplier: Supplier) -> SupplierRating:
    return SupplierRating.objects.get(run=run, supplier=supplier)
