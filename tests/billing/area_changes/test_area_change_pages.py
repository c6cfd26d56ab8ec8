"""Area changes on the screen: the form with a line for each flat, and the page that approves it."""

import pytest
from django.test import Client

from billing.models import AreaChange
from office.approvals.steps import pending_approval
from office.models import User
from tests.billing.adjustments.desk import Desk
from tests.builders import a_company, an_account

pytestmark = pytest.mark.django_db
ADD = "/admin/billing/areachange/add/"


def signed_in(user: User | None) -> Client:
    assert user is not None
    client = Client()
    client.force_login(user)
    return client


def sent(areas: str) -> dict[str, str]:
    return {
        "company": f"{a_company().pk}",
        "effective_from": "2025-12-10",
        "basis": "building",
        "areas": areas,
        "due_on": "",
        "reason": "实测更正",
        "source": "实测记录",
    }


def test_two_flats_are_drafted_and_approved_by_another_person(desk: Desk) -> None:
    first, second = (an_account(a_company(), area="89.50") for _ in range(2))
    clerk, manager = signed_in(desk.clerk.user), signed_in(desk.manager.user)
    assert clerk.get(ADD).status_code == 200
    answer = clerk.post(ADD, sent(f"{first.number} 91.20\n{second.number}/1，\t80"))
    assert (answer.status_code, AreaChange.objects.count()) == (422, 0)
    answer = clerk.post(ADD, sent(f"{first.number} 91.20\n{second.number}/1 80"))
    change = AreaChange.objects.get()
    page = f"/admin/billing/areachange/{change.pk}/"
    assert (answer.status_code, answer["Location"]) == (302, f"{page}change/")
    shown = manager.get(f"{page}change/").content.decode()
    assert all(words in shown for words in (first.number, "89.50", "91.20", "审核通过"))
    approval = pending_approval(change)
    assert approval is not None
    assert clerk.post(f"{page}approve_area_change/", {"seen": approval.step}).status_code == 403
    manager.post(f"{page}approve_area_change/", {"seen": approval.step, "text": ""})
    change.refresh_from_db()
    assert change.state == "approved"
    assert first.premise.area_lines.count() == second.premise.area_lines.count() == 2


@pytest.mark.parametrize(
    ("areas", "sentence"),
    [
        ("1100000001", "第 1 行看不懂"),
        ("9999999999 91.20", "没有户号 9999999999"),
        ("{number} 89.50", "新面积与现有面积相同"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_drafted(
    desk: Desk, areas: str, sentence: str
) -> None:
    account = an_account(a_company(), area="89.50")
    page = signed_in(desk.clerk.user).post(ADD, sent(areas.format(number=account.number)))
    assert page.status_code >= 400
    assert sentence in page.content.decode()
    assert AreaChange.objects.count() == 0
