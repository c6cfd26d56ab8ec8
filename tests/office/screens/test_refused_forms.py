"""A refused form of a record's page keeps what was typed, open and marked."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from billing.alarms.operations import raise_alarm
from billing.models import Alarm
from heating.roles import MANAGER
from office.models import JournalEntry
from tests.builders import NOW, a_company, a_customer, a_member_of_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def alarm(client: Client) -> Alarm:
    company = a_company()
    client.force_login(a_member_of_staff("manager", MANAGER, company))
    return raise_alarm("refund", key="1", sentence="退款", at=NOW, company=company)


def test_what_was_typed_stands_there_and_the_field_is_marked(client: Client, alarm: Alarm) -> None:
    address = reverse("admin:billing_alarm_resolve_alarm", args=[alarm.pk])
    lines = JournalEntry.objects.count()
    too_long = "已退" * 151
    answer = client.post(address, {"decision": too_long})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert '<details class="ask" name="ask" open>' in text
    (field,) = re.findall(r"<textarea[^>]*name=\"decision\"[^>]*>\s*([^<]*)<", text)
    assert field == too_long
    assert 'aria-invalid="true"' in text
    alarm.refresh_from_db()
    assert (alarm.resolved_at, JournalEntry.objects.count()) == (None, lines)


def test_an_accepted_form_leads_back_to_the_record(client: Client, alarm: Alarm) -> None:
    address = reverse("admin:billing_alarm_resolve_alarm", args=[alarm.pk])
    answer = client.post(address, {"decision": "已核对"})
    page = reverse("admin:billing_alarm_change", args=[alarm.pk])
    assert (answer.status_code, answer["Location"]) == (302, page)
    alarm.refresh_from_db()
    assert alarm.decision == "已核对"


def test_a_customers_page_has_no_forms(client: Client, alarm: Alarm) -> None:
    customer = a_customer(a_company())
    page = reverse("admin:customers_customer_change", args=[customer.pk])
    assert 'class="ask"' not in client.get(page).content.decode()
