"""Construction: nodes before, during and after, defects, and an acceptance that counts."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from customers.connection.contracts import amend_connection_contract
from customers.connection.works import (
    KickOffFacts,
    accept_construction,
    close_defect,
    inspect_node,
    kick_off_connection,
    missing_nodes,
    report_defect,
)
from customers.connection_states import ConnectionState
from customers.models import Connection, NodeInspection, WorksNode
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.models import Evaluation
from tests.customers.connection_records import NOON, TODAY, People, a_scan, people
from tests.customers.connection_works_records import (
    CONTRACT,
    inspect_all,
    ready,
    signed,
    under_construction,
)
from tests.suppliers.supplier_records import a_supplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> People:
    return people()


class TestKickOffConnection:
    def test_neither_before_the_contract_was_signed_nor_ahead(self, staff: People) -> None:
        connection, contractor = signed(staff), a_supplier(31)
        for days, sentence in ((-1, "启动会日期 2026-03-01 早于合同签订"), (1, "不能晚于今天")):
            meeting = KickOffFacts(contractor, TODAY + timedelta(days), "管材", "焊工", "纪要")
            with pytest.raises(Invalid, match=sentence):
                kick_off_connection(connection, meeting, by=staff.manager, at=NOON)
        connection.refresh_from_db()
        assert (connection.state, connection.works.count()) == (ConnectionState.KICK_OFF, 0)

    def test_a_meeting_before_an_amendment_is_entered_with_its_day(self, staff: People) -> None:
        connection = signed(staff)
        next_day = NOON + timedelta(1)
        facts = replace(CONTRACT, signed_on=TODAY + timedelta(1))
        amend_connection_contract(
            connection, facts, a_scan(), reason="减少一栋", by=staff.manager, at=next_day
        )
        meeting = KickOffFacts(a_supplier(31), TODAY, "管材", "焊工", "纪要")
        works = kick_off_connection(connection, meeting, by=staff.manager, at=next_day)
        assert works.met_on == TODAY


class TestAcceptConstruction:
    def test_the_score_goes_into_the_contractors_record(self, staff: People) -> None:
        connection = ready(staff)
        evaluation = Evaluation.objects.get()
        works = connection.works.get()
        assert connection.state == ConnectionState.READY
        assert (works.score, works.accepted_at) == (Decimal("92.5"), NOON)
        assert (evaluation.supplier, evaluation.score, evaluation.work) == (
            works.contractor,
            Decimal("92.5"),
            connection.project,
        )

    def test_waits_for_every_node_and_the_latest_inspection_counts(self, staff: People) -> None:
        connection = under_construction(staff)
        inspect_all(connection, staff)
        inspect_node(
            connection, WorksNode.PRESSURE, passed=False, note="降压", by=staff.engineer, at=NOON
        )
        assert missing_nodes(connection.works.get()) == [WorksNode.PRESSURE]
        with pytest.raises(Refused, match="强度与严密性试压"):
            accept_construction(
                connection, score=Decimal(90), conclusion="合格", by=staff.technician, at=NOON
            )
        connection.refresh_from_db()
        assert connection.state == ConnectionState.CONSTRUCTION
        assert not Evaluation.objects.exists()

    def test_waits_for_the_defects(self, staff: People) -> None:
        connection = under_construction(staff)
        inspect_all(connection, staff)
        defect = report_defect(
            connection, text="补口缺陷", due_on=TODAY, by=staff.engineer, at=NOON
        )
        with pytest.raises(Refused, match="未整改的缺陷"):
            accept_construction(
                connection, score=Decimal(90), conclusion="合格", by=staff.technician, at=NOON
            )
        close_defect(defect, remedy="已重做", by=staff.colleague, at=NOON)
        with pytest.raises(Refused, match="已确认整改"):
            close_defect(defect, remedy="又重做", by=staff.colleague, at=NOON)
        accept_construction(
            connection, score=Decimal(90), conclusion="合格", by=staff.technician, at=NOON
        )
        defect.refresh_from_db()
        assert (defect.remedy, defect.closed_by) == ("已重做", staff.colleague.user)

    def test_not_by_an_engineer_and_not_with_an_impossible_score(self, staff: People) -> None:
        connection = under_construction(staff)
        inspect_all(connection, staff)
        with pytest.raises(NotAllowed):
            accept_construction(
                connection, score=Decimal(90), conclusion="合格", by=staff.engineer, at=NOON
            )
        with pytest.raises(Invalid):
            accept_construction(
                connection, score=Decimal(101), conclusion="合格", by=staff.technician, at=NOON
            )
        assert not Evaluation.objects.exists()

    def test_the_database_refuses_heat_without_it(self, staff: People) -> None:
        connection = under_construction(staff)
        rows = Connection.objects.filter(pk=connection.pk)
        with pytest.raises(DatabaseError, match="no works that were accept"), transaction.atomic():
            rows.update(state=ConnectionState.READY)


class TestInspectNode:
    def test_an_inspection_stays(self, staff: People) -> None:
        inspection = inspect_node(
            under_construction(staff),
            WorksNode.DRAWINGS,
            passed=True,
            note="图纸齐全",
            by=staff.engineer,
            at=NOON,
        )
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            NodeInspection.objects.filter(pk=inspection.pk).update(passed=False)
