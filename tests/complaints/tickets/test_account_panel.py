"""An account's page leads to its tickets and to a new report."""

import pytest
from django.test import Client
from django.urls import reverse

from heating.roles import AGENT, CASHIER, StaffRole
from tests.builders import a_member_of_staff, an_account
from tests.service_desk import Desk, a_repair, a_ticket

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("role", "sees"), [(AGENT, True), (CASHIER, False)])
def test_to_whom_the_tickets_are_shown(
    desk: Desk, client: Client, role: StaffRole, sees: bool
) -> None:
    account, neighbour = an_account(desk.company), an_account(desk.company)
    own = a_ticket(desk, "2026-01-12 09:00", a_repair(account=account))
    other = a_ticket(desk, "2026-01-12 09:00", a_repair(account=neighbour))
    client.force_login(a_member_of_staff("who", role, desk.company))
    answer = client.get(reverse("admin:customers_account_change", args=[account.pk]))
    text = answer.content.decode()
    assert answer.status_code == 200
    ticket_page = reverse("admin:complaints_ticket_change", args=[own.pk])
    intake_page = f"{reverse('admin:open_ticket')}?account={account.pk}"
    assert (f'href="{ticket_page}"' in text, f'href="{intake_page}"' in text) == (sees, sees)
    assert other.number not in text
    if sees:
        assert client.get(intake_page).context["caller"].chosen.account == account
