"""A connection contract that is drawn up, signed by scan, in force, and amended by a paper."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from customers.connection.contract_drafts import (
    draw_up_connection_contract,
    enter_signed_contract,
    latest_draft,
)
from customers.connection.contracts import contract_in_force
from customers.contract_papers.papers import (
    SignatureFacts,
    as_it_stands,
    revoke_contract_paper,
    sign_contract,
)
from customers.models import (
    Connection,
    ConnectionContract,
    ConnectionDraft,
    ContractKind,
    ContractPaper,
    CustomerKind,
)
from office.pdf import render_pdf
from office.refusals import Invalid, Refused
from tests.customers.connection_records import (
    NOON,
    TODAY,
    People,
    a_scan,
    approved,
    people,
)
from tests.customers.contract_records import a_template

pytestmark = pytest.mark.django_db

AREA = Decimal("24000.50")
SCHEDULE = [(date(2026, 5, 1), 600_000_00), (date(2026, 9, 1), 600_025_00)]


@pytest.fixture
def staff() -> People:
    for kind in (ContractKind.CONNECTION, ContractKind.AMENDMENT):
        a_template(kind)
    return people()


@pytest.fixture
def connection(staff: People) -> Connection:
    return approved(staff)


def draw_up(connection: Connection, staff: People, area: Decimal = AREA) -> ConnectionDraft:
    schedule = SCHEDULE if area == AREA else [(date(2026, 9, 1), int(area * 5000))]
    return draw_up_connection_contract(connection, area, schedule, by=staff.manager, at=NOON)


def sign(paper: ContractPaper, staff: People) -> None:
    facts = SignatureFacts("赵总", TODAY, a_scan())
    sign_contract(paper, facts, by=staff.manager, at=NOON)


class TestEnterSignedContract:
    def test_drawn_up_signed_and_in_force_without_typing_it_twice(
        self, staff: People, connection: Connection
    ) -> None:
        draft = draw_up(connection, staff)
        values = {value["name"]: value["text"] for value in draft.paper.values["values"]}
        assert (values["入网面积"], values["合同金额"], values["付款安排"]) == (
            "24,000.50 m²",
            "1,200,025.00 元",
            "2026年5月1日前 600,000.00 元；2026年9月1日前 600,025.00 元",
        )
        with pytest.raises(Refused) as refusal:
            enter_signed_contract(connection, by=staff.manager, at=NOON)
        assert refusal.value.code == "contract_not_signed"
        assert not ConnectionContract.objects.exists()
        sign(draft.paper, staff)
        contract = enter_signed_contract(connection, by=staff.manager, at=NOON)
        connection.refresh_from_db()
        assert (connection.state, contract.paper, contract.document) == (
            "kick_off",
            draft.paper,
            None,
        )
        assert (contract.amount_fen, contract.price_fen, contract.signed_on) == (
            1_200_025_00,
            5000,
            TODAY,
        )
        assert list(contract.instalments.values_list("due_on", "amount_fen")) == SCHEDULE

        amendment = draw_up(connection, staff, Decimal(25000))
        assert (amendment.paper.kind, amendment.paper.amends) == ("amendment", draft.paper)
        sign(amendment.paper, staff)
        enter_signed_contract(connection, by=staff.manager, at=NOON)
        assert contract_in_force(connection).amount_fen == 1_250_000_00
        assert latest_draft(connection) is None
        assert render_pdf(
            "customers/contract_papers/contract.html", {"paper": as_it_stands(amendment.paper)}
        ).startswith(b"%PDF")

    def test_a_revoked_paper_is_drawn_up_again(self, staff: People, connection: Connection) -> None:
        first = draw_up(connection, staff)
        revoke_contract_paper(first.paper, reason="面积有误", by=staff.manager, at=NOON)
        with pytest.raises(Refused) as refusal:
            enter_signed_contract(connection, by=staff.manager, at=NOON)
        assert refusal.value.code == "no_contract_drawn_up"
        second = draw_up(connection, staff)
        assert latest_draft(connection) == second

    def test_refusals_draw_up_nothing(self, staff: People, connection: Connection) -> None:
        with pytest.raises(Invalid, match="不符"):
            draw_up_connection_contract(connection, AREA, SCHEDULE[:1], by=staff.manager, at=NOON)
        Connection.objects.filter(pk=connection.pk).update(applicant_kind=CustomerKind.RESIDENT)
        with pytest.raises(Refused, match="不得向居民个人收取"):
            draw_up(connection, staff)
        assert not ContractPaper.objects.exists()

    def test_the_page_links_the_paper(
        self, staff: People, connection: Connection, client: Client
    ) -> None:
        draft = draw_up(connection, staff)
        assert staff.manager.user is not None
        client.force_login(staff.manager.user)
        page = client.get(f"/admin/customers/connection/{connection.pk}/change/")
        assert f"/admin/customers/contractpaper/{draft.paper_id}/change/" in page.content.decode()
