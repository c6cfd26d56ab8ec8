"""The form of a crew."""

import pytest
from django.test import Client
from django.urls import reverse

from complaints.models import Crew
from heating.roles import SERVICE_MANAGER
from tests.builders import a_company, a_member_of_staff

pytestmark = pytest.mark.django_db


def test_a_crew_without_a_company_is_asked_for_one(client: Client) -> None:
    client.force_login(a_member_of_staff("manager", SERVICE_MANAGER, a_company()))
    answer = client.post(reverse("admin:complaints_crew_add"), {"name": "一班"})
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == ["company"]
    assert Crew.objects.count() == 0
