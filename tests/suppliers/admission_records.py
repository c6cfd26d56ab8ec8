"""Admissions for tests, at whatever step one is needed, made by the operations that staff use."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from heating.roles import (
    ENGINEER,
    GROUP_LEADER,
    OPERATIONS_REVIEWER,
    PROCUREMENT,
    PROCUREMENT_MANAGER,
    TECHNICAL_REVIEWER,
)
from office.actors import Actor
from office.approvals.steps import Opinion
from office.head_office import head_office
from suppliers.admission.kind import CHECKS, LEVELS
from suppliers.admission.operations import apply_for_admission, approve_admission
from suppliers.admission.qualification import qualify_supplier
from suppliers.admission.site_visits import VisitReport, pass_site_visit, plan_site_visit
from suppliers.admission.trials import give_trial_opinion, inspect_trial, order_trial
from suppliers.models import (
    MOST_POINTS,
    Admission,
    Qualification,
    Supplier,
    SupplyCategory,
    TrialRole,
)
from tests.builders import members_of_staff
from tests.suppliers.supplier_records import NOON, a_category, a_supplier

TODAY = date(2026, 3, 2)
LAST_DAY = date(2027, 12, 31)
# The least marks that let a visit pass: 60 of 100.
REPORT = VisitReport(
    TODAY,
    dict(zip(MOST_POINTS, (6, 9, 12, 12, 9, 6, 6), strict=True)),
    [("榆次热力公司", "三个采暖季未见渗漏")],
    "产线齐全",
)


@dataclass(frozen=True)
class People:
    """The people of an admission, all of the head office."""

    buyer: Actor
    colleague: Actor
    manager: Actor
    technician: Actor
    operator: Actor
    leader: Actor
    builder: Actor

    @property
    def levels(self) -> tuple[Actor, Actor, Actor]:
        """Who decides levels 1, 2 and 3."""
        return self.manager, self.technician, self.leader

    @property
    def opinions(self) -> dict[TrialRole, Actor]:
        """Who gives the three opinions after a trial."""
        return {
            TrialRole.CONSTRUCTION: self.builder,
            TrialRole.TECHNICAL: self.technician,
            TrialRole.OPERATIONS: self.operator,
        }


def people() -> People:
    users = members_of_staff(
        {
            "采购甲": PROCUREMENT,
            "采购乙": PROCUREMENT,
            "采购主管": PROCUREMENT_MANAGER,
            "技术评审": TECHNICAL_REVIEWER,
            "运营评审": OPERATIONS_REVIEWER,
            "集团领导": GROUP_LEADER,
            "施工": ENGINEER,
        },
        head_office(),
    )
    return People(*map(Actor.staff, users.values()))


def an_admission(
    staff: People, supplier: Supplier | None = None, category: SupplyCategory | None = None
) -> Admission:
    """An application that waits at level 1."""
    return apply_for_admission(
        supplier or a_supplier(),
        category or a_category(),
        reason="管件供应不足",
        by=staff.buyer,
        at=NOON,
    )


def approve_level(admission: Admission, level: int, by: Actor) -> Admission:
    return approve_admission(
        admission, Opinion("同意"), checks=CHECKS[LEVELS[level - 1]], by=by, at=NOON
    )


def approved(staff: People, *records: object) -> Admission:
    """An admission that all three levels have approved."""
    admission = an_admission(staff, *records)  # type: ignore[arg-type]
    for level, person in enumerate(staff.levels, start=1):
        approve_level(admission, level, person)
    admission.refresh_from_db()
    return admission


def visited(staff: People, *records: object) -> Admission:
    """An admission whose visit was passed."""
    admission = approved(staff, *records)
    team = [staff.colleague.user, staff.technician.user]
    plan_site_visit(
        admission,
        place="太原市小店区厂区",
        planned_for=TODAY,
        team=[person for person in team if person],
        by=staff.buyer,
        at=NOON,
    )
    pass_site_visit(admission, REPORT, by=staff.colleague, at=NOON)
    admission.refresh_from_db()
    return admission


def on_trial(staff: People, *records: object) -> Admission:
    """An admission whose lot of ten came in sound and waits for three opinions."""
    admission = visited(staff, *records)
    order_trial(
        admission, goods="DN200 弯头", quantity=Decimal(10), unit="件", by=staff.buyer, at=NOON
    )
    inspect_trial(
        admission,
        received_on=TODAY,
        received=Decimal(10),
        accepted=Decimal(10),
        inspection="尺寸合格",
        by=staff.buyer,
        at=NOON,
    )
    return admission


def tried(staff: People, *records: object, against: TrialRole | None = None) -> Admission:
    """An admission whose three opinions are given; one may be against it."""
    admission = on_trial(staff, *records)
    for role, person in staff.opinions.items():
        give_trial_opinion(
            admission, role, agrees=role != against, text="用后意见", by=person, at=NOON
        )
    return admission


def qualified(staff: People, *records: object) -> Qualification:
    """A qualification until the end of the year 2027."""
    return qualify_supplier(tried(staff, *records), valid_until=LAST_DAY, by=staff.manager, at=NOON)
