"""The operations of an annual plan: drafted → areas surveyed → submitted → approved or returned."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.annual_plans.kind import ANNUAL_PLAN_APPROVAL
from customers.connection_states import ANNUAL_PLAN
from customers.models import AnnualPlan, SurveyedArea
from office import journal
from office.actors import Actor
from office.approvals.steps import (
    EMPTY_OPINION,
    Opinion,
    authorise_decision,
    facts_of,
    give_opinion,
    open_approval,
)
from office.calendar import business_date
from office.entered_times import DayBound, refuse_earlier_day
from office.intake.cells import clean_text
from office.models import Company, Verdict
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from office.states import ApprovalState

_MOST_AREA = Decimal(1_000_000_000)
# A point in China, in degrees; whoever mixes up the two is refused.
# A market looks different after so long: the area is surveyed anew.
_OLDEST_SURVEY = timedelta(days=3 * 366)
_LONGITUDES = (Decimal(73), Decimal(136))
_LATITUDES = (Decimal(3), Decimal(54))


@dataclass(frozen=True)
class AreaFacts:
    """What a survey found: the heat load in kW, areas in m², the middle in degrees."""

    name: str
    demand_kw: Decimal
    potential_area: Decimal
    target_area: Decimal
    longitude: Decimal
    latitude: Decimal
    surveyed_on: date
    remark: str


@transaction.atomic
def draft_annual_plan(
    company: Company, year: int, target_area: Decimal, *, source: str, by: Actor, at: datetime
) -> AnnualPlan:
    """Drafts the plan of a company for a year; refuses a second one and a year that has passed."""
    authorise(by, "customers.draft_annual_plan", company)
    if by.user is None:
        raise NotAllowed()
    this_year = business_date(at).year
    if not this_year <= year <= this_year + 5:
        raise Invalid("year_wrong", _("计划年度应在今年至今后五年之间。"))
    if not 0 < target_area <= _MOST_AREA:
        raise Invalid("target_wrong", _("年度目标须大于 0，请核对。"))
    if not clean_text(source):
        raise Invalid("source_missing", _("请填写编制依据。"))
    if AnnualPlan.objects.filter(company=company, year=year).exists():
        raise Refused(
            "plan_exists",
            _("%(company)s %(year)s 年已有入网计划，请在那里继续。"),
            company=company,
            year=year,
        )
    plan = AnnualPlan.objects.create(
        company=company,
        year=year,
        target_area=target_area,
        source=clean_text(source),
        drafted_by=by.user,
        drafted_at=at,
    )
    journal.record("draft_annual_plan", plan, by=by, at=at, title=str(plan), area=f"{target_area}")
    return plan


@transaction.atomic
def add_surveyed_area(
    plan: AnnualPlan, facts: AreaFacts, *, by: Actor, at: datetime
) -> SurveyedArea:
    """Enters a surveyed area; entered again under its name, it replaces what was entered."""
    authorise(by, "customers.draft_annual_plan", plan.company)
    if by.user is None:
        raise NotAllowed()
    checked_facts = _checked(facts, at)
    locked_plan = _lock(plan)
    ANNUAL_PLAN.next_state(locked_plan.state, "add_surveyed_area")
    values = asdict(checked_facts)
    area, _is_new = SurveyedArea.objects.update_or_create(
        plan=locked_plan,
        name=values.pop("name"),
        defaults={**values, "entered_by": by.user, "entered_at": at},
    )
    journal.record(
        "add_surveyed_area",
        locked_plan,
        by=by,
        at=at,
        title=area.name,
        area=f"{area.target_area:f}",
    )
    return area


@transaction.atomic
def submit_annual_plan(plan: AnnualPlan, *, by: Actor, at: datetime) -> AnnualPlan:
    """Submits the plan to the leaders; refuses one whose areas do not make up its target."""
    authorise(by, "customers.draft_annual_plan", plan.company)
    if by.user is None:
        raise NotAllowed()
    locked_plan = _lock(plan)
    state = ANNUAL_PLAN.next_state(locked_plan.state, "submit_annual_plan")
    planned = sum(locked_plan.areas.values_list("target_area", flat=True), Decimal(0))
    if planned != locked_plan.target_area:
        raise Refused(
            "target_differs",
            _("各片区计划面积合计 %(planned)s m²，与年度目标 %(target)s m² 不符。"),
            planned=f"{planned:f}",
            target=f"{locked_plan.target_area:f}",
        )
    locked_plan.state = state
    locked_plan.save(update_fields=["state"])
    open_approval(
        locked_plan,
        ANNUAL_PLAN_APPROVAL,
        company=locked_plan.company,
        drafted_by=by.user,
        at=at,
    )
    journal.record("submit_annual_plan", locked_plan, by=by, at=at, title=str(locked_plan))
    return locked_plan


@transaction.atomic
def approve_annual_plan(
    plan: AnnualPlan, opinion: Opinion = EMPTY_OPINION, *, by: Actor, at: datetime
) -> AnnualPlan:
    """Approves the open level; with the last one the plan is in force and changes no more."""
    return _decide(plan, "approve_annual_plan", Verdict.APPROVED, opinion, by=by, at=at)


@transaction.atomic
def return_annual_plan(
    plan: AnnualPlan, opinion: Opinion, *, by: Actor, at: datetime
) -> AnnualPlan:
    """Returns the plan with the reason; it is corrected and submitted again."""
    return _decide(plan, "return_annual_plan", Verdict.RETURNED, opinion, by=by, at=at)


def _decide(
    plan: AnnualPlan, verb: str, verdict: Verdict, opinion: Opinion, *, by: Actor, at: datetime
) -> AnnualPlan:
    """Gives the opinion, and moves the plan when that ends its approval."""
    authorise_decision(ANNUAL_PLAN_APPROVAL, plan.company, by=by, at=at)
    locked_plan = _lock(plan)
    state = ANNUAL_PLAN.next_state(locked_plan.state, verb)
    given = give_opinion(locked_plan, verdict, opinion, by=by, at=at)
    if given.approval.state != ApprovalState.PENDING:
        locked_plan.state = state
        locked_plan.approved_at = at if verdict == Verdict.APPROVED else None
        locked_plan.save()
    journal.record(verb, locked_plan, by=by, at=at, **facts_of(given))
    return locked_plan


def _lock(plan: AnnualPlan) -> AnnualPlan:
    """Locks the plan and returns it, freshly read."""
    # Somebody may add an area at the moment at which another submits the plan.
    return (
        AnnualPlan.objects.select_for_update(of=("self",)).select_related("company").get(pk=plan.pk)
    )


def _checked(facts: AreaFacts, at: datetime) -> AreaFacts:
    """Returns the facts with their texts cleaned; raises `Invalid` for the first that is wrong."""
    name, remark = clean_text(facts.name), clean_text(facts.remark)
    if not name or not remark:
        raise Invalid("area_incomplete", _("请填写片区名称和市场情况。"))
    if facts.demand_kw <= 0 or not 0 < facts.potential_area <= _MOST_AREA:
        raise Invalid("size_wrong", _("热负荷和潜在面积须大于 0，请核对。"))
    if not 0 <= facts.target_area <= facts.potential_area:
        raise Invalid("target_wrong", _("计划面积不能超过潜在面积。"))
    if not (
        _LONGITUDES[0] <= facts.longitude <= _LONGITUDES[1]
        and _LATITUDES[0] <= facts.latitude <= _LATITUDES[1]
    ):
        raise Invalid("place_wrong", _("坐标不在中国境内，请核对经度和纬度是否填反。"))
    if facts.surveyed_on > business_date(at):
        raise Invalid("surveyed_in_future", _("调研日期不能晚于今天。"))
    oldest = DayBound(business_date(at) - _OLDEST_SURVEY, _("三年前的今天"))
    refuse_earlier_day(facts.surveyed_on, oldest, day_name=_("调研日期"))
    return replace(facts, name=name, remark=remark)
