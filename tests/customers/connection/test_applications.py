"""An application comes in, is accepted when its papers are complete, or goes back."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from customers.connection.applications import (
    accept_application,
    apply_for_connection,
    hand_in_connection_paper,
    resubmit_application,
    return_application,
)
from customers.connection_states import CONNECTION, ConnectionState
from customers.models import Connection, ConnectionPaper, ConnectionPaperRule, CustomerKind
from office.documents.operations import Upload
from office.models import JournalEntry
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import a_company
from tests.customers.connection_records import (
    NOON,
    People,
    a_scan,
    accepted,
    applied,
    facts,
    people,
    publish_connection_rules,
    with_papers,
)
from tests.office.guards import body_of_guard

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> People:
    return people()


class TestApplyForConnection:
    def test_waits_for_its_acceptance_in_three_working_days(self, staff: People) -> None:
        connection = applied(staff)
        assert (connection.number, connection.state) == ("RW11-2026-0001", ConnectionState.APPLIED)
        # From Monday 2 March, three working days end with Thursday.
        assert connection.due_at == datetime(2026, 3, 5, 16, tzinfo=UTC)
        (stay,) = connection.stays.all()
        assert (stay.ordinal, stay.state, stay.days, stay.left_at) == (1, "applied", 3, None)

    def test_one_open_connection_for_a_project(self, staff: People) -> None:
        connection = applied(staff, project="汾河新苑")
        with pytest.raises(Refused, match="RW11-2026-0001"):
            applied(staff, project="汾河 新苑".replace(" ", ""))
        connection.pk = None
        connection.number = "RW11-2026-0009"
        with pytest.raises(IntegrityError, match="one_open_connection"), transaction.atomic():
            connection.save()
        assert Connection.objects.count() == 1

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"project": " "}, "application_incomplete"),
            ({"area": Decimal(0)}, "size_wrong"),
            ({"flats": 0}, "size_wrong"),
            ({"wanted_on": date(2026, 3, 1)}, "wanted_in_past"),
            ({"phone": "12"}, "application_wrong"),
            ({"credit_code": ""}, "credit_code_missing"),
        ],
    )
    def test_what_is_wrong_is_refused(
        self, staff: People, wrong: dict[str, object], code: str
    ) -> None:
        company = publish_connection_rules()
        with pytest.raises(Invalid) as refusal:
            apply_for_connection(company, facts(**wrong), by=staff.agent, at=NOON)
        assert refusal.value.code == code
        assert not Connection.objects.exists()

    def test_a_company_without_rules_takes_none(self, staff: People) -> None:
        with pytest.raises(Refused) as refusal:
            apply_for_connection(a_company(), facts(), by=staff.agent, at=NOON)
        assert refusal.value.code == "no_connection_rule"

    def test_not_in_another_company_and_not_by_an_engineer(self, staff: People) -> None:
        other = publish_connection_rules("21")
        for company, actor in ((other, staff.agent), (a_company(), staff.engineer)):
            with pytest.raises(NotAllowed):
                apply_for_connection(company, facts(), by=actor, at=NOON)


class TestHandInConnectionPaper:
    def test_a_file_of_another_kind_is_refused(self, staff: People) -> None:
        connection = applied(staff)
        rule = ConnectionPaperRule.objects.filter(company=connection.company)[0]
        for name, content in (("a.exe", b"MZ"), ("a.pdf", b"MZ"), ("a.pdf", b"")):
            with pytest.raises(Invalid):
                hand_in_connection_paper(
                    connection, rule, Upload(name, BytesIO(content)), by=staff.agent, at=NOON
                )
        assert not ConnectionPaper.objects.exists()

    def test_what_the_list_does_not_ask_is_refused(self, staff: People) -> None:
        connection = applied(staff, applicant_kind=CustomerKind.RESIDENT, credit_code="")
        licence = ConnectionPaperRule.objects.get(name="营业执照")
        with pytest.raises(Invalid) as refusal:
            hand_in_connection_paper(connection, licence, a_scan(), by=staff.agent, at=NOON)
        assert refusal.value.code == "paper_not_on_list"

    def test_a_paper_stays_as_it_was_handed_in(self, staff: People) -> None:
        paper = with_papers(staff).papers.all()[0]
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            ConnectionPaper.objects.filter(pk=paper.pk).delete()


class TestAcceptApplication:
    def test_names_what_is_missing(self, staff: People) -> None:
        connection = applied(staff)
        with pytest.raises(Refused, match="还缺材料：营业执照、规划许可证"):
            accept_application(connection, by=staff.agent, at=NOON)
        connection.refresh_from_db()
        assert connection.state == ConnectionState.APPLIED

    def test_complete_it_goes_to_the_survey_with_a_new_promise(self, staff: People) -> None:
        connection = accepted(staff)
        assert connection.state == ConnectionState.SURVEY
        assert connection.due_at == datetime(2026, 3, 9, 16, tzinfo=UTC)
        assert list(connection.stays.values_list("state", "days", "left_by")) == [
            ("applied", 3, "accept_application"),
            ("survey", 5, ""),
        ]

    def test_the_database_has_the_workflow(self) -> None:
        table, database = body_of_guard(CONNECTION)
        assert table == database

    def test_the_database_refuses_a_step_out_of_order(self, staff: People) -> None:
        connection = accepted(staff)
        rows = Connection.objects.filter(pk=connection.pk)
        with pytest.raises(DatabaseError, match="no way"), transaction.atomic():
            rows.update(state=ConnectionState.RETURNED)
        with pytest.raises(DatabaseError, match="no survey that was passed"), transaction.atomic():
            rows.update(state=ConnectionState.DESIGN)
        connection.refresh_from_db()
        assert connection.state == ConnectionState.SURVEY


class TestReturnApplication:
    def test_says_what_is_missing_and_promises_nothing_meanwhile(self, staff: People) -> None:
        connection = return_application(
            applied(staff), reason="面积与规划不符", by=staff.agent, at=NOON
        )
        assert connection.state == ConnectionState.RETURNED
        assert connection.remark == "面积与规划不符；缺：营业执照、规划许可证"
        assert connection.due_at is None

    def test_complete_papers_need_a_reason(self, staff: People) -> None:
        connection = with_papers(staff)
        with pytest.raises(Invalid):
            return_application(connection, reason="  ", by=staff.agent, at=NOON)
        connection.refresh_from_db()
        assert connection.state == ConnectionState.APPLIED

    def test_submitted_again_with_what_was_corrected(self, staff: People) -> None:
        connection = return_application(applied(staff), reason="", by=staff.agent, at=NOON)
        corrected = facts(project=connection.project, area=Decimal("25000.00"))
        resubmit_application(connection, corrected, by=staff.agent, at=NOON)
        connection.refresh_from_db()
        assert (connection.state, connection.area) == (
            ConnectionState.APPLIED,
            Decimal("25000.00"),
        )
        entry = JournalEntry.objects.get(action="resubmit_application")
        assert entry.facts["changed"] == {"area": ["24000.50", "25000.00"]}
