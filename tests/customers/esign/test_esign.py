"""Electronic signatures against the simulated service over real HTTP."""

import base64
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import DatabaseError, connection, transaction

from customers.contract_papers.papers import as_it_stands
from customers.esign.operations import cancel_signing, open_request_of
from customers.esign.signing import fetch_signature, send_for_signature
from customers.models import ContractPaper, ContractSignature, SigningRequest
from customers.states import SIGNING_REQUEST
from heating.roles import AGENT
from office.actors import Actor
from office.refusals import Invalid, Refused
from simulators.esign.server import EsignSimulator
from tests.builders import a_company, a_contract, a_customer, a_member_of_staff, an_account
from tests.clock import present
from tests.customers.contract_records import a_paper, a_template

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(tmp_path: Path, settings: Any) -> Iterator[EsignSimulator]:
    """The simulator, to which our settings point."""
    simulator = EsignSimulator(tmp_path, port=0)
    thread = threading.Thread(target=simulator.serve, daemon=True)
    thread.start()
    settings.ESIGN_SERVICE_FILE = simulator.service_file
    yield simulator
    simulator.stop()
    thread.join()


@pytest.fixture
def agent() -> Actor:
    return Actor.staff(a_member_of_staff("agent", AGENT, a_company()))


@pytest.fixture
def paper() -> ContractPaper:
    company = a_company()
    return a_paper(a_contract(an_account(company), a_customer(company)), a_template())


def send(paper: ContractPaper, by: Actor) -> SigningRequest:
    return send_for_signature(paper, "王秀英", "13900000001", by=by, at=present())


class TestSendForSignature:
    def test_signed_on_the_services_page_and_fetched(
        self, service: EsignSimulator, paper: ContractPaper, agent: Actor
    ) -> None:
        request = send(paper, agent)
        assert (request.state, request.reference in service.orders) == ("placed", True)
        with pytest.raises(Refused, match="尚未签署"):
            fetch_signature(paper, by=agent, at=present())
        assert "王秀英" in httpx.get(request.page, trust_env=False).text
        assert "已签署" in httpx.post(request.page, trust_env=False).text
        signature = fetch_signature(paper, by=agent, at=present())
        assert (signature.way, signature.signer, signature.reference) == (
            "esign",
            "王秀英",
            request.reference,
        )
        assert signature.proof["digest"] == request.digest
        assert as_it_stands(paper).signed_how == f"电子签署 {request.reference}"
        assert open_request_of(paper) is None

    def test_a_second_click_places_the_same_order(
        self, service: EsignSimulator, paper: ContractPaper, agent: Actor
    ) -> None:
        assert send(paper, agent) == send(paper, agent)
        assert len(service.orders) == 1

    def test_an_answer_that_did_not_come_is_made_good(
        self, service: EsignSimulator, paper: ContractPaper, agent: Actor, tmp_path: Path
    ) -> None:
        account = json.loads(service.service_file.read_text())
        service.service_file.write_text(json.dumps(account | {"url": "http://127.0.0.1:9"}))
        with pytest.raises(Refused, match="没有应答"):
            send(paper, agent)
        (request,) = SigningRequest.objects.all()
        assert request.state == "asked"
        service.service_file.write_text(json.dumps(account))
        assert send(paper, agent).pk == request.pk
        assert len(service.orders) == 1

    def test_without_a_service_or_with_a_wrong_number_nothing_is_asked(
        self, paper: ContractPaper, agent: Actor, settings: Any, tmp_path: Path
    ) -> None:
        settings.ESIGN_SERVICE_FILE = tmp_path / "nothing.json"
        with pytest.raises(Refused, match="尚未接入电子签署平台"):
            send(paper, agent)
        assert not SigningRequest.objects.exists()

    def test_a_mobile_that_is_none(
        self, service: EsignSimulator, paper: ContractPaper, agent: Actor
    ) -> None:
        with pytest.raises(Invalid, match="11 位手机号码"):
            send_for_signature(paper, "王秀英", "12345", by=agent, at=present())
        assert not SigningRequest.objects.exists()


class TestFetchSignature:
    def test_a_seal_of_somebody_else_proves_nothing(
        self, service: EsignSimulator, paper: ContractPaper, agent: Actor
    ) -> None:
        service.sign(send(paper, agent).reference)
        account = json.loads(service.service_file.read_text())
        other = base64.b64encode(b"\x01" * 32).decode()
        service.service_file.write_text(json.dumps(account | {"public_key": other}))
        with pytest.raises(Refused, match="回执验证不通过"):
            fetch_signature(paper, by=agent, at=present())
        assert not ContractSignature.objects.exists()

    def test_another_document_is_not_this_contract(
        self, service: EsignSimulator, paper: ContractPaper, agent: Actor
    ) -> None:
        reference = send(paper, agent).reference
        service.orders[reference]["digest"] = "0" * 64
        service.sign(reference)
        with pytest.raises(Refused, match="不是这份合同的内容"):
            fetch_signature(paper, by=agent, at=present())
        assert not ContractSignature.objects.exists()

    def test_a_cancelled_request_is_fetched_no_more(
        self, service: EsignSimulator, paper: ContractPaper, agent: Actor
    ) -> None:
        request = send(paper, agent)
        service.sign(request.reference)
        assert cancel_signing(request, by=agent, at=present()).state == "cancelled"
        with pytest.raises(Refused, match="还没有发送电子签署"):
            fetch_signature(paper, by=agent, at=present())
        assert not ContractSignature.objects.exists()

    def test_the_database_guards_the_very_table(
        self, service: EsignSimulator, paper: ContractPaper, agent: Actor
    ) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT prosrc FROM pg_proc WHERE proname = 'customers_signingrequest_state_guard'"
            )
            [(body,)] = cursor.fetchall()
        assert body.strip() == SIGNING_REQUEST.guard_sql().split("$$")[1].strip()
        request = send(paper, agent)
        with pytest.raises(DatabaseError, match="no way from"), transaction.atomic():
            SigningRequest.objects.filter(pk=request.pk).update(state="asked")
