"""The life of a supply contract: wording, paper, signature, amendment, renewal, transfer, end."""

from datetime import date, timedelta

import pytest

from billing.account_desk.ending import end_contract
from customers.contract_papers.amendments import amend_contract
from customers.contract_papers.papers import print_contract, sign_contract
from customers.contracts.expiring import expiring_contracts
from customers.contracts.ownership import transfer_ownership
from customers.contracts.papers import draw_up_contract, draw_up_transfer
from customers.models import ContractKind, ContractPaper
from customers.renewals.operations import (
    approve_renewal_run,
    create_renewal_run,
    issue_renewal_run,
    preview_renewal_run,
)
from heating.roles import AGENT
from office.actors import Actor
from office.jobs.queue import run_job
from tests.builders import NOW, a_company, a_contract, a_customer, a_member_of_staff, an_account
from tests.customers.contract_records import ON, a_signature, a_template, drafter, publisher

pytestmark = pytest.mark.django_db


def test_from_the_wording_to_the_end_of_the_contract() -> None:
    company = a_company()
    agent = Actor.staff(a_member_of_staff("agent", AGENT, company))
    assert agent.user is not None
    account = an_account(company)
    contract = a_contract(account, a_customer(company, "王秀英"))
    for kind in ContractKind:
        a_template(kind)

    # Signed at the counter for three years that end on the last day of this month.
    first = draw_up_contract(contract, date(2022, 12, 1), by=agent, at=NOW)
    assert print_contract(first, by=agent, at=NOW).copy == 0
    sign_contract(first, a_signature(), by=agent, at=NOW)
    amendment = amend_contract(first, "联系电话变更", ON, by=agent, at=NOW)
    sign_contract(amendment, a_signature(), by=agent, at=NOW)

    # It is due, and a run renews it; the manager who created it does not approve it.
    assert list(expiring_contracts(agent.user, NOW)) == [contract]
    run = create_renewal_run(company, ON, ON + timedelta(days=60), by=drafter(), at=NOW)
    run_job(preview_renewal_run(run, by=drafter(), at=NOW).pk)
    approve_renewal_run(run, by=publisher(), at=NOW)
    run_job(issue_renewal_run(run, by=drafter(), at=NOW).pk)
    renewed = ContractPaper.objects.get(renewal=run)
    assert (renewed.starts, renewed.ends) == (date(2025, 12, 1), date(2028, 11, 30))
    assert list(expiring_contracts(agent.user, NOW)) == []
    # The run printed the original.
    assert print_contract(renewed, by=agent, at=NOW).copy_mark == "副本 1"
    sign_contract(renewed, a_signature(), by=agent, at=NOW)

    # Sold: the new owner signs the transfer and an own contract, and ends it two days later.
    new = transfer_ownership(
        account, a_customer(company, "李建国"), ON, contract_number="GR-2", by=agent, at=NOW
    )
    transfer = draw_up_transfer(new, by=agent, at=NOW)
    sign_contract(transfer, a_signature("李建国"), by=agent, at=NOW)
    own = draw_up_contract(new, ON, by=agent, at=NOW)
    later = NOW + timedelta(days=2)
    ending = end_contract(new, ON + timedelta(days=2), reason="房屋拆迁", by=agent, at=later)
    new.refresh_from_db()
    assert new.ends == ON + timedelta(days=2)

    papers = ContractPaper.objects.order_by("number").values_list("kind", "party")
    assert list(papers) == [
        ("resident", "王秀英"),
        ("amendment", "王秀英"),
        ("resident", "王秀英"),
        ("transfer", "李建国"),
        ("resident", "李建国"),
        ("ending", "李建国"),
    ]
    assert [paper.number for paper in (first, own, ending)] == [
        "11202500000001",
        "11202500000005",
        "11202500000006",
    ]
