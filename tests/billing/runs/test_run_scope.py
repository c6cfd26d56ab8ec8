"""The communities of a run are searched for, among those of the season's company."""

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import BillingRun, HeatingSeason
from billing.runs import admin as runs
from customers.models import Community
from heating.roles import CLERK
from office.models import Company
from tests.builders import a_company, a_member_of_staff

pytestmark = pytest.mark.django_db

ADD = "admin:billing_billingrun_add"


@pytest.fixture
def clerk(company: Company, client: Client) -> Client:
    """Works for two companies, each with a community of the same name."""
    clerk = a_member_of_staff("计费", CLERK, company)
    clerk.companies.add(a_company("21"))
    client.force_login(clerk)
    for owner in (company, a_company("21")):
        for name in ("汾河小区", "汾河花园", "迎泽花园"):
            Community.objects.create(company=owner, name=name)
    return client


def test_found_by_a_part_of_the_name_in_one_company(
    clerk: Client, season: HeatingSeason, company: Company
) -> None:
    garden = Community.objects.get(company=company, name="迎泽花园")
    form = {"season": season.pk, "communities": [garden.pk]}
    answer = clerk.post(reverse(ADD), {**form, "text": "汾河", "find": "1"})
    assert not BillingRun.objects.exists()
    assert answer.context["ticked"] == [garden]
    matches = answer.context["matches"]
    assert [(row.name, row.company) for row in matches] == [
        ("汾河小区", company),
        ("汾河花园", company),
    ]
    both = [garden.pk, matches[0].pk]
    assert clerk.post(reverse(ADD), {**form, "communities": both}).status_code == 302
    run = BillingRun.objects.get()
    assert set(run.communities.values_list("pk", flat=True)) == set(both)


def test_another_companys_community_is_no_choice(clerk: Client, season: HeatingSeason) -> None:
    foreign = Community.objects.get(company=a_company("21"), name="汾河小区")
    clerk.post(reverse(ADD), {"season": season.pk, "communities": [foreign.pk]})
    assert not BillingRun.objects.exists()


def test_a_search_that_stops_says_so(
    clerk: Client, season: HeatingSeason, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "MOST_MATCHES", 1)
    form = {"season": season.pk, "text": "汾河", "find": "1"}
    assert "只列出前 1 个，请输入更多字" in clerk.post(reverse(ADD), form).content.decode()
    none = clerk.post(reverse(ADD), {**form, "text": "晋源"}).content.decode()
    assert "该公司没有这个名称的小区" in none
