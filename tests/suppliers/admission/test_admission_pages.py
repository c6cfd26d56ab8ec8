"""The screens of admission: the page with its buttons, the board, the reserve and its list."""

from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from heating.roles import TECHNICAL_REVIEWER
from office.approvals.steps import pending_approval
from office.models import Approval
from suppliers.admission.kind import CHECKS, LEVELS
from suppliers.models import Admission, Qualification, SupplyCategory, TrialRole
from suppliers.states import AdmissionState
from tests.clock import present
from tests.suppliers.admission_records import People, an_admission, people, qualified, tried
from tests.suppliers.supplier_records import NOON, a_category, a_supplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> People:
    return people()


def signed_in(client: Client, actor: object) -> Client:
    client.force_login(actor.user)  # type: ignore[attr-defined]
    return client


def press(client: Client, admission: Admission, verb: str, **values: object) -> str:
    """Presses a button of the page and returns the page that is shown then."""
    address = reverse(f"admin:suppliers_admission_{verb}", args=[admission.pk])
    return client.post(address, values, follow=True).content.decode()


class TestAdmissionPage:
    def test_level_2_by_the_approver_of_level_1_reads_why_not(
        self, client: Client, staff: People
    ) -> None:
        admission = an_admission(staff)
        assert staff.manager.user
        staff.manager.user.groups.add(Group.objects.get(name=TECHNICAL_REVIEWER.name))
        signed_in(client, staff.manager)
        for level, sentence in ((0, "意见已登记"), (1, "其他级次须由另外的人审批")):
            approval = pending_approval(admission)
            assert approval
            page = press(
                client,
                admission,
                "approve_admission",
                seen=approval.step,
                text="同意",
                checks=[item.value for item in CHECKS[LEVELS[level]]],
            )
            assert sentence in page
        approval = Approval.objects.get()
        assert (approval.level, approval.opinions.count()) == (2, 1)

    def test_a_condition_comes_with_its_day(self, client: Client, staff: People) -> None:
        admission = an_admission(staff)
        signed_in(client, staff.manager)
        values = {
            "text": "有条件同意",
            "checks": [item.value for item in CHECKS[LEVELS[0]]],
            "conditions": "补交检测报告\n\n补签廉政责任书",
        }
        assert "请填写条件期限" in press(client, admission, "approve_admission", **values)
        assert admission.conditions.count() == 0
        press(client, admission, "approve_admission", **values, due_on="2099-12-31")
        assert list(admission.conditions.values_list("text", "due_on")) == [
            ("补交检测报告", date(2099, 12, 31)),
            ("补签廉政责任书", date(2099, 12, 31)),
        ]

    def test_bulk_supply_after_a_refused_trial_names_it(
        self, client: Client, staff: People
    ) -> None:
        admission = tried(staff, against=TrialRole.CONSTRUCTION)
        signed_in(client, staff.manager)
        page = press(client, admission, "qualify_supplier", valid_until="2099-12-31")
        assert "还不能准予批量供应，缺：试用未通过（施工不同意）。" in page
        assert "批量供应还缺：试用未通过（施工不同意）" in page
        assert Qualification.objects.count() == 0
        admission.refresh_from_db()
        assert admission.state == AdmissionState.TRIAL

    def test_applied_for_from_the_suppliers_page(self, client: Client, staff: People) -> None:
        supplier, category = a_supplier(), a_category()
        signed_in(client, staff.buyer)
        address = reverse("admin:suppliers_supplier_apply_for_admission", args=[supplier.pk])
        page = client.post(address, {"category": category.pk, "reason": "缺货"}, follow=True)
        assert "等待第1级审批" in page.content.decode()
        admission = Admission.objects.get()
        assert (admission.supplier, admission.category) == (supplier, category)


class TestBoard:
    def test_says_where_how_long_and_with_whom(self, client: Client, staff: People) -> None:
        an_admission(staff)
        tried(staff, a_supplier(2))
        signed_in(client, staff.buyer)
        answer = client.get(reverse("admin:supplier_admission_board"))
        places = {
            place.admission.state: (place.step, place.people, place.days)
            for _title, column in answer.context["columns"]
            for place in column
        }
        days = (present() - NOON).days
        assert places == {
            AdmissionState.IN_REVIEW: ("准入商务审查", "采购主管", days),
            AdmissionState.TRIAL: ("准予批量供应", "采购主管", days),
        }


class TestReserveFilter:
    def test_the_list_shows_what_the_task_counts(self, client: Client, staff: People) -> None:
        category, other = a_category("01"), a_category("02")
        for number in (1, 2, 3):
            qualified(staff, a_supplier(number), category)
        signed_in(client, staff.buyer)
        lists = {}
        for reserve in ("short", "enough"):
            address = reverse("admin:suppliers_supplycategory_changelist")
            rows = client.get(address, {"reserve": reserve}).context["cl"].result_list
            lists[reserve] = [(row, row.independent) for row in rows]
        assert lists == {"short": [(other, 0)], "enough": [(category, 3)]}
        page = client.get(reverse("admin:index")).content.decode()
        assert "储备不足的采购类别（1）" in page
        assert SupplyCategory.objects.count() == 2
