"""Connections for tests, at whatever step one is needed, made by the operations that staff use."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count
from typing import Any

from django.db.models import Model

from customers.connection.applications import (
    ApplicationFacts,
    accept_application,
    apply_for_connection,
    hand_in_connection_paper,
)
from customers.connection.budgets import (
    BudgetFacts,
    approve_connection_plan,
    submit_connection_plan,
)
from customers.connection.designs import DesignFacts, submit_design
from customers.connection.papers import papers_asked
from customers.connection.review_steps import REVIEW_LINK
from customers.connection.reviews import (
    LINK_LIFE,
    OpinionFacts,
    OutsideExpert,
    give_outside_opinion,
    give_review_opinion,
    invite_reviewers,
    pass_review,
)
from customers.connection.surveys import SurveyReport, pass_survey, plan_survey
from customers.models import (
    AnnualPlan,
    Connection,
    ConnectionPaperRule,
    ConnectionRule,
    ConnectionTerms,
    CustomerKind,
    PaperOf,
    ReviewVerdict,
)
from heating.roles import (
    AGENT,
    ENGINEER,
    GROUP_LEADER,
    OPERATIONS_REVIEWER,
    SERVICE_MANAGER,
    TECHNICAL_REVIEWER,
)
from office.actors import Actor
from office.approvals.steps import Opinion
from office.documents.operations import Upload
from office.models import Company
from office.tokens.one_time_links import issue_link
from tests.builders import a_company, members_of_staff
from tests.clock import present
from tests.suppliers.supplier_records import a_credit_code

# A Monday at noon in Shanghai.
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
TODAY = date(2026, 3, 2)
DESIGN = DesignFacts(Decimal("960.50"), 420, "DN200 直埋，接汾河西路干管")
EXPERT = OutsideExpert("孙教授", "太原理工大学", "13900001234")
TAIL = "1234"
AGREED = OpinionFacts(ReviewVerdict.AGREE, "方案可行")
BUDGET = BudgetFacts("直埋敷设 420 m，新建换热站一座", 380_000_00, TODAY, date(2026, 9, 30))
_numbers = count(1)


@dataclass(frozen=True)
class People:
    """The people of a connection, all of one operating company."""

    agent: Actor
    manager: Actor
    engineer: Actor
    colleague: Actor
    technician: Actor
    operator: Actor
    leader: Actor


def people(code: str = "11") -> People:
    users = members_of_staff(
        {
            f"客服{code}": AGENT,
            f"客服主管{code}": SERVICE_MANAGER,
            f"工程甲{code}": ENGINEER,
            f"工程乙{code}": ENGINEER,
            f"技术{code}": TECHNICAL_REVIEWER,
            f"运营{code}": OPERATIONS_REVIEWER,
            f"领导{code}": GROUP_LEADER,
        },
        a_company(code),
    )
    return People(*map(Actor.staff, users.values()))


def publish_connection_rules(code: str = "11") -> Company:
    """The rules of a company: days for each step, and two papers of organisations."""
    company = a_company(code)
    ConnectionRule.objects.get_or_create(
        company=company,
        starts=date(2026, 1, 1),
        defaults={
            "accept_days": 3,
            "survey_days": 5,
            "design_days": 10,
            "review_days": 7,
            "plan_days": 5,
            "approval_days": 5,
            "contract_days": 10,
            "kick_off_days": 5,
            "construction_days": 120,
            "heat_on_days": 5,
            "quorum": 3,
            "outside_quorum": 1,
            "source": "报装办法",
        },
    )
    for name, paper_of in (("营业执照", PaperOf.ORGANISATION), ("规划许可证", PaperOf.EVERYBODY)):
        ConnectionPaperRule.objects.get_or_create(
            company=company,
            name=name,
            starts=date(2026, 1, 1),
            defaults={"paper_of": paper_of, "source": "报装办法"},
        )
    ConnectionTerms.objects.get_or_create(
        company=company,
        starts=date(2026, 1, 1),
        defaults={"price_fen": 5000, "tolerance_permille": 30, "source": "并发改〔2021〕8号"},
    )
    return company


def facts(**changes: Any) -> ApplicationFacts:
    values: dict[str, Any] = {
        "applicant": "太原某某房地产开发有限公司",
        "applicant_kind": CustomerKind.OTHER,
        "credit_code": a_credit_code(7),
        "contact": "赵工",
        "phone": "13800000001",
        "project": f"汾河新苑{next(_numbers)}期",
        "address": "太原市晋源区汾河西路",
        "area": Decimal("24000.50"),
        "flats": 200,
        "wanted_on": date(2026, 11, 1),
    }
    return ApplicationFacts(**(values | changes))


def a_scan(name: str = "扫描.pdf") -> Upload:
    """A scan, different from every other."""
    return Upload(name, BytesIO(b"%PDF-1.7 " + str(next(_numbers)).encode()))


def applied(staff: People, code: str = "11", at: datetime = NOON, **changes: Any) -> Connection:
    """An application that waits for its acceptance, without papers."""
    company = publish_connection_rules(code)
    return apply_for_connection(company, facts(**changes), by=staff.agent, at=at)


def with_papers(staff: People, *args: Any, **changes: Any) -> Connection:
    """An application with all its papers."""
    connection = applied(staff, *args, **changes)
    for rule in papers_asked(connection):
        hand_in_connection_paper(connection, rule, a_scan(), by=staff.agent, at=NOON)
    return connection


def accepted(staff: People, *args: Any, **changes: Any) -> Connection:
    """A connection that waits for its survey."""
    return accept_application(with_papers(staff, *args, **changes), by=staff.agent, at=NOON)


def survey_report(**changes: Any) -> SurveyReport:
    values: dict[str, Any] = {
        "surveyed_on": TODAY,
        "heat_load_kw": Decimal("960.50"),
        "distance_m": 350,
        "network_point": "汾河西路 DN500 阀门井",
        "conclusion": "具备接入条件",
    }
    return SurveyReport(**(values | changes))


def surveyed(staff: People, *args: Any, **changes: Any) -> Connection:
    """A connection whose survey was passed."""
    connection = accepted(staff, *args, **changes)
    assert staff.engineer.user
    plan_survey(
        connection, surveyor=staff.engineer.user, planned_for=TODAY, by=staff.engineer, at=NOON
    )
    pass_survey(connection, survey_report(), by=staff.engineer, at=NOON)
    connection.refresh_from_db()
    return connection


def designed(staff: People, *args: Any, **changes: Any) -> Connection:
    """A connection whose design waits for its joint review."""
    connection = surveyed(staff, *args, **changes)
    submit_design(connection, DESIGN, [a_scan("总图.pdf")], by=staff.engineer, at=NOON)
    connection.refresh_from_db()
    return connection


def invited(connection: Connection, staff: People) -> str:
    """Invites two experts of the house and one outside; returns the secret of the latter's link."""
    users = [person.user for person in (staff.technician, staff.operator) if person.user]
    (secret,) = invite_reviewers(connection, users, [EXPERT], by=staff.engineer, at=NOON).values()
    return secret


def opinions_given(
    connection: Connection, staff: People, technician: OpinionFacts = AGREED
) -> Connection:
    """The three experts have signed; one of them may say something else."""
    secret = invited(connection, staff)
    give_review_opinion(connection, technician, by=staff.technician, at=NOON)
    give_review_opinion(connection, AGREED, by=staff.operator, at=NOON)
    give_outside_opinion(
        secret,
        AGREED,
        signature=EXPERT.name,
        phone_tail=TAIL,
        by=Actor.customer(EXPERT.name),
        at=NOON,
    )
    return connection


def reviewed(staff: People, *args: Any, technician: OpinionFacts = AGREED) -> Connection:
    """A connection whose design was passed."""
    connection = opinions_given(designed(staff, *args), staff, technician)
    pass_review(connection, summary="会审通过", by=staff.engineer, at=NOON)
    connection.refresh_from_db()
    return connection


def planned(staff: People, *args: Any) -> Connection:
    """A connection whose plan waits at level 1."""
    connection = reviewed(staff, *args)
    submit_connection_plan(connection, BUDGET, by=staff.engineer, at=NOON)
    connection.refresh_from_db()
    return connection


def approved(staff: People, *args: Any) -> Connection:
    """A connection whose plan all three levels have approved."""
    connection = planned(staff, *args)
    for person in (staff.manager, staff.technician, staff.leader):
        approve_connection_plan(connection, Opinion("同意"), by=person, at=NOON)
    connection.refresh_from_db()
    return connection


def days_later(days: int) -> datetime:
    return NOON + timedelta(days=days)


def connection_rows(code: str) -> list[Model]:
    """One record of every table of grid connection that a screen shows."""
    connection = planned(people(code), code)
    assert connection.applied_by is not None
    return [
        connection,
        ConnectionRule.objects.get(company=connection.company),
        ConnectionPaperRule.objects.filter(company=connection.company)[0],
        ConnectionTerms.objects.get(company=connection.company),
        AnnualPlan.objects.create(
            company=connection.company,
            year=2026,
            target_area=1,
            source="规划",
            drafted_by=connection.applied_by,
            drafted_at=NOON,
        ),
    ]


def review_link(connection: Connection) -> str:
    """The secret of an outside expert's link to a review that is open now."""
    staff = connection.applied_by
    assert staff
    design = connection.designs.create(
        version=2, heat_load_kw=1, pipe_m=1, scheme="x", submitted_by=staff, submitted_at=NOON
    )
    review = connection.reviews.create(design=design, quorum=1, outside_quorum=1, opened_at=NOON)
    reviewer = review.reviewers.create(
        name="x", organisation="x", phone="1", invited_by=staff, invited_at=NOON
    )
    return issue_link(
        reviewer,
        REVIEW_LINK,
        recipient="x",
        valid_until=present() + LINK_LIFE,
        company=connection.company,
        by=Actor.system("tests"),
        at=present(),
    )
