"""Stop-heat on the screen: a building applies by one form, somebody else approves, it resumes."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from billing.models import HeatingSeason, Resumption, StopHeat, StopHeatTerms
from office.approvals.steps import pending_approval
from office.models import User
from tests.billing.adjustments.desk import Desk
from tests.builders import a_company, a_contract, a_customer, a_season, a_tariff, an_account

pytestmark = pytest.mark.django_db
ADMIN = "/admin/billing"


def signed_in(user: User | None) -> Client:
    assert user is not None
    client = Client()
    client.force_login(user)
    return client


def seen(record: StopHeat | Resumption) -> dict[str, str]:
    approval = pending_approval(record)
    assert approval is not None
    return {"seen": approval.step, "text": ""}


@pytest.fixture
def season(desk: Desk) -> HeatingSeason:
    a_tariff(a_company(), stop_heat_ratio=Decimal("0.3"))
    return a_season(a_company(), "2026-2027")


def test_from_the_terms_to_the_resumption(desk: Desk, season: HeatingSeason) -> None:
    clerk, manager = signed_in(desk.clerk.user), signed_in(desk.manager.user)
    company = f"{a_company().pk}"
    terms = {
        "company": company,
        "season": season.label,
        "source": "办法",
        "separable": "on",
        "opens_on": "2026-09-01",
        "closes_on": "2026-12-15",
        "most_of_unit": "",
        "reopening_fee": "50",
        "self_reconnection_fee": "",
    }
    assert manager.post(f"{ADMIN}/stopheatterms/add/", terms).status_code == 302
    assert StopHeatTerms.objects.get().reopening_fee_fen == 5_000
    flats = [an_account(a_company()) for _ in range(2)]
    for flat in flats:
        a_contract(flat, a_customer(a_company()))
    form = {
        "company": company,
        "season": season.label,
        "accounts": "",
        "ordinals": "",
        "building": "汾河小区 3号楼",
        "warranty_until": "",
        "source": "申请书",
    }
    page = clerk.post(f"{ADMIN}/stopheat/add/", form)
    assert (page.status_code, StopHeat.objects.count()) == (409, 0)
    assert "不能分户关断" in page.content.decode()
    assert clerk.post(f"{ADMIN}/stopheat/add/", form | {"separable": "on"}).status_code == 302
    stops = list(StopHeat.objects.order_by("account__number"))
    assert [stop.account for stop in stops] == flats
    page_of = f"{ADMIN}/stopheat/{stops[0].pk}"
    assert "可以分户关断" in manager.get(f"{page_of}/change/").content.decode()
    assert clerk.post(f"{page_of}/approve_stop_heat/", seen(stops[0])).status_code == 403
    manager.post(f"{page_of}/approve_stop_heat/", seen(stops[0]))
    stops[0].refresh_from_db()
    assert stops[0].state == "approved"
    listed = manager.get(f"{ADMIN}/stopheat/?state__exact=approved").content.decode()
    assert flats[0].number in listed
    assert flats[1].number not in listed
    # Another company has an account with the same number, and the clerk works in both.
    there = a_company("21")
    assert desk.clerk.user is not None
    desk.clerk.user.companies.add(there)
    resume = {
        "company": f"{there.pk}",
        "account": flats[0].number,
        "season": season.label,
        "cause": "applied",
        "due_on": f"{date(2027, 1, 31)}",
        "source": "复热申请",
    }
    elsewhere = clerk.post(f"{ADMIN}/resumption/add/", resume)
    assert (elsewhere.status_code, Resumption.objects.count()) == (422, 0)
    assert "该公司没有这个采暖季" in elsewhere.content.decode()
    resume["company"] = company
    assert clerk.post(f"{ADMIN}/resumption/add/", resume).status_code == 302
    resumption = Resumption.objects.get()
    resumption_page = f"{ADMIN}/resumption/{resumption.pk}"
    assert "用户申请复热" in manager.get(f"{resumption_page}/change/").content.decode()
    manager.post(f"{resumption_page}/approve_resumption/", seen(resumption))
    stops[0].refresh_from_db()
    assert stops[0].state == "resumed"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"accounts": "9999999999"}, "没有户号 9999999999"),
        ({"building": "汾河小区 99号楼"}, "没有这栋楼"),
        ({}, "请填写户号或整栋楼"),
        ({"ordinals": "二"}, "序号应为数字"),
        ({"season": "1999-2000"}, "该公司没有这个采暖季"),
    ],
)
def test_what_the_form_cannot_read_is_said(
    desk: Desk, season: HeatingSeason, changed: dict[str, str], sentence: str
) -> None:
    form = {
        "company": f"{a_company().pk}",
        "season": season.label,
        "accounts": "",
        "ordinals": "",
        "building": "",
        "warranty_until": "",
        "source": "申请书",
        "separable": "on",
    }
    page = signed_in(desk.clerk.user).post(f"{ADMIN}/stopheat/add/", form | changed)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert StopHeat.objects.count() == 0
