"""The demo's admissions: suppliers qualified for what is bought, and one at each step before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from office.actors import Actor
from office.approvals.steps import Opinion
from office.calendar import business_date
from suppliers.admission.kind import CHECKS, LEVELS
from suppliers.admission.operations import (
    apply_for_admission,
    approve_admission,
    reject_admission,
    return_admission,
    withdraw_admission,
)
from suppliers.admission.qualification import qualify_supplier
from suppliers.admission.site_visits import VisitReport, pass_site_visit, plan_site_visit
from suppliers.admission.trials import give_trial_opinion, inspect_trial, order_trial
from suppliers.models import MOST_POINTS, Admission, PaperType, Supplier, SupplyCategory, TrialRole
from suppliers.papers.operations import PaperFacts, hand_in_paper, verify_paper

# The steps of an admission, one a day, in their order.
STEPS = ("level 1", "level 2", "level 3", "planned", "visited", "ordered", "inspected", "tried")
QUALIFIED = len(STEPS) + 1
_APPROVERS = ("procurement-manager", "technical", "leader")
_OPINIONS = {
    TrialRole.CONSTRUCTION: "engineer",
    TrialRole.TECHNICAL: "technical",
    TrialRole.OPERATIONS: "operations",
}


@dataclass(frozen=True)
class Applicants:
    """Those of whom an admission is told, with the people who decide."""

    staff: dict[str, Actor]
    category: SupplyCategory

    def go(self, supplier: Supplier, *, steps: int, begun: datetime) -> Admission:
        """Takes an application so many steps, one a day; the last one qualifies the supplier."""
        staff, at = self.staff, begun
        buyer = staff["procurement"]
        admission = apply_for_admission(
            supplier, self.category, reason="本类别储备不足", by=buyer, at=at
        )
        for step in STEPS[:steps]:
            at += timedelta(days=1)
            self._step(step, admission, at)
        if steps == QUALIFIED:
            qualify_supplier(
                admission,
                valid_until=business_date(at) + timedelta(days=2 * 365),
                by=staff["procurement-manager"],
                at=at + timedelta(days=1),
            )
        return admission

    def _step(self, step: str, admission: Admission, at: datetime) -> None:
        staff, today = self.staff, business_date(at)
        buyer, technical = staff["procurement"], staff["technical"]
        if step.startswith("level"):
            level = int(step[-1]) - 1
            approve_admission(
                admission,
                Opinion("资料齐全，同意"),
                checks=CHECKS[LEVELS[level]],
                by=staff[_APPROVERS[level]],
                at=at,
            )
        elif step == "planned":
            team = [staff[name].user for name in ("technical", "operations")]
            plan_site_visit(
                admission,
                place=admission.supplier.address,
                planned_for=today,
                team=[person for person in team if person],
                by=buyer,
                at=at,
            )
        elif step == "visited":
            report = VisitReport(
                today,
                {item: most - 1 for item, most in MOST_POINTS.items()},
                [("榆次热力公司", "三个采暖季未见渗漏")],
                "产线齐全，质检记录完整",
            )
            pass_site_visit(admission, report, by=technical, at=at)
        elif step == "ordered":
            order_trial(
                admission,
                goods=f"{self.category.name}（试用）",
                quantity=Decimal(10),
                unit="件",
                by=buyer,
                at=at,
            )
        elif step == "inspected":
            inspect_trial(
                admission,
                received_on=today,
                received=Decimal(10),
                accepted=Decimal(10),
                inspection="尺寸、外观、水压试验合格",
                by=buyer,
                at=at,
            )
        else:
            for role, name in _OPINIONS.items():
                give_trial_opinion(
                    admission, role, agrees=True, text="试用合格", by=staff[name], at=at
                )


def tell_of_admissions(
    qualified: Sequence[Supplier],
    applicants: Sequence[Supplier],
    category: SupplyCategory,
    staff: dict[str, Actor],
    *,
    at: datetime,
) -> None:
    """Qualifies suppliers for a category, and leaves an applicant at each step before it, one that
    was returned, one rejected and one withdrawn.
    """
    applications = Applicants(staff, category)
    buyer, manager = staff["procurement"], staff["procurement-manager"]
    for number, supplier in enumerate(qualified):
        _papers(supplier, staff, at=at - timedelta(days=200))
        applications.go(supplier, steps=QUALIFIED, begun=at - timedelta(days=190 - number))
    waiting = iter(applicants)
    for steps in range(len(STEPS) + 1):
        applications.go(next(waiting), steps=steps, begun=at - timedelta(days=steps + 1))
    for end in (return_admission, reject_admission):
        ended = applications.go(next(waiting), steps=0, begun=at - timedelta(days=9))
        end(ended, Opinion("近三年业绩材料不全"), by=manager, at=at - timedelta(days=8))
    withdrawn = applications.go(next(waiting), steps=0, begun=at - timedelta(days=7))
    withdraw_admission(withdrawn, reason="供应商放弃", by=buyer, at=at - timedelta(days=6))


def _papers(supplier: Supplier, staff: dict[str, Actor], *, at: datetime) -> None:
    """Hands in and verifies what every category asks for."""
    day = business_date(at)
    for paper_type, looked_at in (
        (PaperType.BUSINESS_LICENCE, "国家企业信用信息公示系统"),
        (PaperType.INTEGRITY_PLEDGE, "原件"),
        (PaperType.DISHONESTY_CHECK, "国家企业信用信息公示系统"),
        (PaperType.COURT_CHECK, "中国裁判文书网"),
    ):
        number = supplier.credit_code if paper_type == PaperType.BUSINESS_LICENCE else ""
        facts = PaperFacts(paper_type, day, None, number, "")
        paper = hand_in_paper(supplier, facts, by=staff["procurement"], at=at)
        verify_paper(
            paper,
            looked_at=looked_at,
            seen="在册，无不良记录",
            by=staff["technical"],
            at=at + timedelta(days=1),
        )
