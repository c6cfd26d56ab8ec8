"""An agent who is signed in."""

import pytest
from django.test import Client

from customers.models import Account
from tests.builders import a_contract, a_customer, an_account
from tests.complaints.tickets.intake_form import PHONE
from tests.service_desk import Desk


@pytest.fixture
def account(desk: Desk) -> Account:
    account = an_account(desk.company)
    a_contract(account, a_customer(desk.company, name="王秀英", phone=PHONE))
    return account


@pytest.fixture
def agent(desk: Desk, client: Client) -> Client:
    assert desk.agent.user is not None
    client.force_login(desk.agent.user)
    return client
