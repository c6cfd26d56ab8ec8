"""The ticket's page over HTTP: what it shows, which buttons, and what each of them does."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.service_desk import Desk, a_ticket

pytestmark = pytest.mark.django_db


class TestSmoke:
    def test_pages(self, desk: Desk, client: Client) -> None:
        client.force_login(desk.agent.user)
        ticket = a_ticket(desk, "2026-01-12 09:00")
        for where in (
            reverse("admin:complaints_ticket_changelist"),
            reverse("admin:complaints_ticket_changelist") + "?q=1234",
            reverse("admin:complaints_ticket_changelist") + "?q=王",
            reverse("admin:complaints_ticket_changelist") + "?due=overdue&work=live&mine=crew",
            reverse("admin:complaints_ticket_change", args=[ticket.pk]),
            reverse("admin:complaints_ticket_explain_promise", args=[ticket.pk]),
            reverse("admin:ticket_opened", args=[ticket.pk]),
            reverse("admin:open_ticket"),
            reverse("admin:open_ticket") + "?phone=13900000001",
            reverse("admin:open_ticket") + f"?account={ticket.account_id}",
            reverse("admin:open_ticket") + "?q=汾河小区",
        ):
            answer = client.get(where)
            assert answer.status_code == 200, where
