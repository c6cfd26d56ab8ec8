"""Routing by the organisation chart in the tables, when a report is filed and when somebody is let
in."""

import pytest

from office.interests.operations import InterestFacts, enter_interest
from office.models import Company, InterestScene, Person, Rank
from office.organisation.people import enter_person, link_person
from office.refusals import Refused
from tests.builders import HERE, NOW, a_company
from tests.office.organisation.charts import FIRST, a_department, a_post, an_appointment
from tests.whistleblowing.island_records import NOON, a_report, an_officer
from whistleblowing.keys.report_keys import Reader, readers_of
from whistleblowing.models import Officer, Report, SealedKey
from whistleblowing.officers.operations import Duties
from whistleblowing.routing.readers import is_involved
from whistleblowing.team.operations import grant_access

pytestmark = pytest.mark.django_db
EVERYDAY = Duties(takes_reports=True)
WORDS = {"rank": "staff", "accused": "工程部的赵强", "department": ""}


@pytest.fixture
def people() -> dict[str, Person]:
    """The head of engineering, a fitter below, and the company's auditor, all below the manager."""
    company = a_company()
    management, engineering, audit = (
        a_department(company, name) for name in ("经理层", "工程部", "审计室")
    )
    manager = a_post(management, "M", Rank.COMPANY_LEADER)
    head = a_post(engineering, "H", Rank.DEPARTMENT_HEAD, manager)
    posts = {
        "任国栋": manager,
        "贺明山": head,
        "赵强": a_post(engineering, "F", Rank.STAFF, head),
        "白素云": a_post(audit, "A", Rank.DEPARTMENT_HEAD, manager),
    }
    entered = {name: enter_person(company, name, name, by=HERE, at=NOW) for name in posts}
    for name, post in posts.items():
        an_appointment(entered[name], post)
    return entered


@pytest.fixture
def group_auditor() -> Reader:
    return an_officer()


def an_officer_of(person: Person, by: Reader, duties: Duties = EVERYDAY) -> Officer:
    """An officer who is that person of the chart."""
    officer = an_officer(person.name, duties, by=by).officer
    assert officer is not None
    link_person(person, officer.user, by=HERE, at=NOW)
    return officer


class TestFiling:
    def test_a_report_on_a_fitter_is_sealed_to_the_auditor_of_the_company(
        self, people: dict[str, Person], group_auditor: Reader
    ) -> None:
        auditor = an_officer_of(people["白素云"], group_auditor)
        an_officer_of(people["贺明山"], group_auditor)
        report, _ = a_report(at=NOON, **WORDS)
        assert readers_of(report) == [auditor]
        assert set(SealedKey.objects.exclude(officer=None).values_list("officer", flat=True)) == {
            auditor.pk
        }

    def test_a_declared_relation_takes_it_to_the_group(
        self, people: dict[str, Person], group_auditor: Reader
    ) -> None:
        auditor = an_officer_of(people["白素云"], group_auditor)
        facts = InterestFacts(InterestScene.RELATIVE, "夫妻", FIRST, people["赵强"])
        enter_interest(people["白素云"], facts, by=HERE, at=NOW)
        report, _ = a_report(at=NOON, **WORDS)
        assert readers_of(report) == [group_auditor.officer]
        assert not SealedKey.objects.filter(officer=auditor).exists()

    def test_the_manager_of_a_company_is_above_its_auditor(
        self, people: dict[str, Person], group_auditor: Reader
    ) -> None:
        auditor = an_officer_of(people["白素云"], group_auditor)
        report, _ = a_report(rank="staff", accused="任国栋")
        assert readers_of(report) == [group_auditor.officer]
        assert not SealedKey.objects.filter(officer=auditor).exists()

    def test_a_group_leader_leaves_no_row_below_the_board(
        self, people: dict[str, Person], group_auditor: Reader
    ) -> None:
        head_office = Company.objects.get(is_head_office=True)
        leading = a_department(head_office, "经营班子")
        president = enter_person(head_office, "p", "高志远", by=HERE, at=NOW)
        an_appointment(president, a_post(leading, "P", Rank.GROUP_LEADER))
        board = an_officer("顾承平", Duties(takes_leader_reports=True), by=group_auditor)
        # The reporter says less than the chart knows.
        report, _ = a_report(rank="unknown", accused="高志远")
        assert readers_of(report) == [board.officer]
        assert set(SealedKey.objects.exclude(officer=None).values_list("officer", flat=True)) == {
            board.officer.pk if board.officer else None
        }
        assert report.watcher is None

    def test_where_nobody_may_receive_it_nothing_is_written(
        self, people: dict[str, Person], group_auditor: Reader
    ) -> None:
        with pytest.raises(Refused, match="董事会审计委员会"):
            a_report(rank="group_leader", accused="高志远")
        assert Report.objects.count() == 0

    def test_the_watcher_is_neither_involved_nor_below(
        self, people: dict[str, Person], group_auditor: Reader
    ) -> None:
        watching = Duties(watches_deadlines=True)
        an_officer_of(people["白素云"], group_auditor)
        an_officer_of(people["贺明山"], group_auditor, watching)
        outside = an_officer("督办员", watching, by=group_auditor).officer
        report, _ = a_report(at=NOON, **WORDS)
        assert report.watcher == outside


class TestGrantAccess:
    def test_who_is_involved_is_not_let_in(
        self, people: dict[str, Person], group_auditor: Reader
    ) -> None:
        head = an_officer_of(people["贺明山"], group_auditor)
        outsider = an_officer("王二", EVERYDAY, by=group_auditor).officer
        assert outsider is not None
        facts = {"company": "", "partner": "", **WORDS}
        assert is_involved(head, facts, NOON)
        assert not is_involved(outsider, facts, NOON)
        report, _ = a_report("g" * 40, NOON, **WORDS)
        keys = SealedKey.objects.filter(officer=head).count()
        with pytest.raises(Refused) as refusal:
            grant_access(report, head, by=group_auditor, at=NOON)
        assert refusal.value.code == "officer_involved"
        assert (keys, SealedKey.objects.filter(officer=head).count()) == (0, 0)
