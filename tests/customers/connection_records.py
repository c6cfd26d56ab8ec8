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
from customers.connection.papers import papers_asked
from customers.connection.surveys import SurveyReport, pass_survey, plan_survey
from customers.models import (
    Connection,
    ConnectionPaperRule,
    ConnectionRule,
    CustomerKind,
    PaperOf,
)
from heating.roles import AGENT, ENGINEER, SERVICE_MANAGER
from office.actors import Actor
from office.models import Company
from office.operations.documents import Upload
from tests.builders import a_company, members_of_staff
from tests.suppliers.supplier_records import a_credit_code

# A Monday at noon in Shanghai.
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
TODAY = date(2026, 3, 2)
_numbers = count(1)


@dataclass(frozen=True)
class People:
    """The people of a connection, all of one operating company."""

    agent: Actor
    manager: Actor
    engineer: Actor
    colleague: Actor


def people(code: str = "11") -> People:
    users = members_of_staff(
        {
            f"客服{code}": AGENT,
            f"客服主管{code}": SERVICE_MANAGER,
            f"工程甲{code}": ENGINEER,
            f"工程乙{code}": ENGINEER,
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
        defaults={"accept_days": 3, "survey_days": 5, "design_days": 10, "source": "报装办法"},
    )
    for name, paper_of in (("营业执照", PaperOf.ORGANISATION), ("规划许可证", PaperOf.EVERYBODY)):
        ConnectionPaperRule.objects.get_or_create(
            company=company,
            name=name,
            starts=date(2026, 1, 1),
            defaults={"paper_of": paper_of, "source": "报装办法"},
        )
    return company


def facts(**given: Any) -> ApplicationFacts:
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
    return ApplicationFacts(**(values | given))


def a_scan(name: str = "扫描.pdf") -> Upload:
    """A scan, different from every other."""
    return Upload(name, BytesIO(b"%PDF-1.7 " + str(next(_numbers)).encode()))


def applied(staff: People, code: str = "11", at: datetime = NOON, **given: Any) -> Connection:
    """An application that waits for its acceptance, without papers."""
    company = publish_connection_rules(code)
    return apply_for_connection(company, facts(**given), by=staff.agent, at=at)


def with_papers(staff: People, *args: Any, **given: Any) -> Connection:
    """An application with all its papers."""
    connection = applied(staff, *args, **given)
    for rule in papers_asked(connection):
        hand_in_connection_paper(connection, rule, a_scan(), by=staff.agent, at=NOON)
    return connection


def accepted(staff: People, *args: Any, **given: Any) -> Connection:
    """A connection that waits for its survey."""
    return accept_application(with_papers(staff, *args, **given), by=staff.agent, at=NOON)


def survey_report(**given: Any) -> SurveyReport:
    values: dict[str, Any] = {
        "surveyed_on": TODAY,
        "heat_load_kw": Decimal("960.50"),
        "distance_m": 350,
        "network_point": "汾河西路 DN500 阀门井",
        "conclusion": "具备接入条件",
    }
    return SurveyReport(**(values | given))


def surveyed(staff: People, *args: Any, **given: Any) -> Connection:
    """A connection whose survey was passed."""
    connection = accepted(staff, *args, **given)
    assert staff.engineer.user
    plan_survey(
        connection, surveyor=staff.engineer.user, planned_for=TODAY, by=staff.engineer, at=NOON
    )
    pass_survey(connection, survey_report(), by=staff.engineer, at=NOON)
    connection.refresh_from_db()
    return connection


def days_later(days: int) -> datetime:
    return NOON + timedelta(days=days)


def connection_rows(code: str) -> list[Model]:
    """One record of every table of grid connection that a screen shows."""
    connection = surveyed(people(code), code)
    return [
        connection,
        ConnectionRule.objects.get(company=connection.company),
        ConnectionPaperRule.objects.filter(company=connection.company)[0],
    ]
