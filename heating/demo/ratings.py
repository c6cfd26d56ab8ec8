"""Two rated years: orders, deliveries and cases, the panel, approval, publication, certificates."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from office.actors import Actor
from office.approvals.steps import Opinion
from office.calendar import business_date
from office.jobs.queue import run_job
from office.models import Company
from suppliers.certificates.operations import issue_stretch, print_pile, revoke_certificate
from suppliers.dimensions import Aspect, Dimension, PanelDepartment, WithoutData
from suppliers.models import RatingRun, Supplier, SupplierRating, SupplyCategory
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
    finish_scoring,
    publish_rating_run,
    score_rating_run,
)
from suppliers.rating.score_rows import score_suppliers
from suppliers.supply_record.facts import CaseFacts, DeliveryFacts, OrderFacts
from suppliers.supply_record.operations import (
    enter_delivery,
    enter_order,
    open_case,
    record_breach,
)

WEIGHTS = dict(zip(Dimension, map(Decimal, (40, 20, 20, 10, 10)), strict=True))
# So many suppliers delivered something; the others are not rated.
DELIVERING = 24
ITEMS = (("预制直埋保温管 DN300", "米", 62000), ("球阀 DN150", "只", 98000), ("法兰", "片", 4600))


def tell_of_ratings(
    suppliers: Sequence[Supplier],
    company: Company,
    staff: dict[str, Actor],
    *,
    seed: int,
    at: datetime,
) -> None:
    """Rates the last two years that had been rated by `at`, as the people at their desks would."""
    random = Random(f"{seed}:ratings")  # noqa: S311 – the same demo every time
    today = business_date(at)
    last_year = today.year - (1 if today >= date(today.year, 2, 1) else 2)
    years = (last_year - 1, last_year)
    _rules(staff, years[0], at=at)
    delivering = [(supplier, random.uniform(0.62, 1.0)) for supplier in suppliers[:DELIVERING]]
    category = SupplyCategory.objects.filter(children__isnull=True).order_by("code")[0]
    for year in years:
        for supplier, skill in delivering:
            _deal(supplier, company, category, year, skill, random, by=staff["procurement"])
        _rate(year, staff, random)


def _rules(staff: dict[str, Actor], year: int, *, at: datetime) -> None:
    """Publishes the rule of both years and leaves a stricter one as a draft, to be tried out."""
    parts = {
        part: DimensionTerms(weight, without_data=WithoutData.SPREAD)
        for part, weight in WEIGHTS.items()
    }
    parts[Dimension.QUALITY] = DimensionTerms(Decimal(40), excellent_least=Decimal(95))
    facts = RuleFacts(
        title="供应商年度评审办法",
        source=f"采购管理制度（{year} 年版）",
        from_year=year,
        qualified_from=Decimal(60),
        excellent_from=Decimal(90),
        panel_from=Decimal(60),
        objection_days=7,
        dimensions=parts,
        grace_days=1,
    )
    manager, leader = staff["procurement-manager"], staff["leader"]
    rule = draft_rating_rule(facts, by=manager, at=_moment(year, 11, 20))
    publish_rating_rule(rule, by=leader, at=_moment(year, 11, 25))
    stricter = dict(parts)
    stricter[Dimension.DELIVERY] = DimensionTerms(Decimal(20), excellent_least=Decimal(98))
    draft_rating_rule(
        RuleFacts(
            title="供应商年度评审办法（修订稿）",
            source="采购部征求意见稿",
            from_year=business_date(at).year,
            qualified_from=Decimal(65),
            excellent_from=Decimal(92),
            panel_from=Decimal(65),
            objection_days=10,
            dimensions=stricter,
        ),
        by=manager,
        at=at - timedelta(days=3),
    )


def _deal(
    supplier: Supplier,
    company: Company,
    category: SupplyCategory,
    year: int,
    skill: float,
    random: Random,
    *,
    by: Actor,
) -> None:
    """Enters a year's orders, deliveries and cases of one supplier."""
    at = _moment(year, 12, 29)
    key = f"{year}{supplier.pk:05d}"
    for number in range(2):
        item, unit, price = random.choice(ITEMS)
        ordered = date(year, random.randint(2, 8), random.randint(1, 28))
        lowest = price - random.randint(0, round(price * 0.25 * (1.05 - skill)))
        order = enter_order(
            OrderFacts(
                company,
                supplier,
                f"CG{key}{number}",
                category,
                item,
                unit,
                Decimal(random.randint(20, 400)),
                price,
                ordered,
                ordered + timedelta(days=40),
                lowest,
            ),
            by=by,
            at=at,
        )
        if random.random() > skill + 0.25:
            record_breach(order, reason="未按约定数量供货", by=by, at=at)
        for part in range(2):
            promised = ordered + timedelta(days=30 + 10 * part)
            received = Decimal(random.randint(20, 200))
            rejected = round(received * Decimal(random.uniform(0, 0.32) * (1.02 - skill)), 0)
            late = 0 if random.random() < skill else random.randint(1, 9)
            enter_delivery(
                DeliveryFacts(
                    order,
                    f"DH{key}{number}{part}",
                    promised,
                    promised + timedelta(days=late),
                    received,
                    received - rejected,
                ),
                by=by,
                at=at,
            )
    if random.random() < 0.6:
        opened = date(year, random.randint(3, 10), random.randint(1, 20))
        open_case(
            CaseFacts(
                company,
                supplier,
                f"SH{key}",
                "法兰渗漏，要求更换",
                opened,
                opened + timedelta(days=7),
                opened + timedelta(days=5 if random.random() < skill else 9),
            ),
            by=by,
            at=at,
        )


def _rate(year: int, staff: dict[str, Actor], random: Random) -> RatingRun:
    """Takes the year's rating from scoring to certificates, in the January that follows."""
    buyer, manager = staff["procurement"], staff["procurement-manager"]

    def january(day: int) -> datetime:
        return _moment(year + 1, 1, day)

    run = create_rating_run(year, by=buyer, at=january(6))
    job = score_rating_run(run, by=buyer, at=january(6))
    score_suppliers(run)
    finish_scoring(run, by=buyer, at=january(6))
    # Its work was done above, at the hour of the story; the job finds nothing left to do.
    run_job(job.pk)
    panel = (("technical", PanelDepartment.TECHNICAL), ("operations", PanelDepartment.OPERATIONS))
    for name, department in panel:
        user = staff[name].user
        if user is not None:
            name_panel_member(run, user, department, by=manager, at=january(7))
    listed = SupplierRating.objects.filter(run=run, for_panel=True).select_related("run")
    for number, rating in enumerate(listed):
        # One supplier does not convince the panel.
        middle = 48 if number == 7 else random.randint(70, 94)
        for name, _department in panel:
            points = {
                aspect.value: Decimal(min(100, max(0, middle + random.randint(-6, 6))))
                for aspect in Aspect
            }
            opinion = "现场核实，产能与售后网点不足" if number == 7 else "资料齐全，同意"
            fill_panel_sheet(rating, SheetFacts(points, opinion), by=staff[name], at=january(12))
    close_panel(run, by=buyer, at=january(13))
    approve_rating_run(run, Opinion("已核对得分与评审表"), by=manager, at=january(14))
    approve_rating_run(run, Opinion("同意"), by=staff["leader"], at=january(15))
    publish_rating_run(run, by=manager, at=january(16))
    finalise_rating_run(run, by=manager, at=january(24))
    while issue_stretch(run, by=manager, at=january(25)) < _deserving(run):
        pass
    print_pile(run, by=manager, at=january(25))
    withdrawn = run.certificates.order_by("-number").first()
    if withdrawn is not None:
        revoke_certificate(withdrawn, reason="供应商已注销，证书收回", by=manager, at=january(28))
    return run


def _deserving(run: RatingRun) -> int:
    return run.ratings.filter(rating_class__in=("excellent", "qualified")).count()


def _moment(year: int, month: int, day: int) -> datetime:
    """Ten in the morning of a day in Shanghai."""
    return timezone.make_aware(datetime.combine(date(year, month, day), time(10)))
