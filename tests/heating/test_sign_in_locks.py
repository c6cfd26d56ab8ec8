"""Failed sign-ins: five lock, all stay on record, an administrator unlocks."""

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog
from django.test import Client
from django.urls import reverse

from heating.roles import AUDITOR, CASHIER, SECURITY_ADMINISTRATOR, SYSTEM_ADMINISTRATOR
from office.actors import Actor
from office.models import JournalEntry, User
from office.refusals import Invalid, NotAllowed, Refused
from office.staff.sign_in_locks import is_locked
from office.staff.unlocking import unlock_sign_in
from tests.builders import PASSWORD, a_company, a_member_of_staff
from tests.clock import present
from tests.shown_form import send_shown

pytestmark = pytest.mark.django_db


def sign_in(person: User, password: str = PASSWORD) -> int:
    sent = {"username": person.username, "password": password}
    status: int = Client().post("/admin/login/", sent).status_code
    return status


@pytest.fixture
def cashier() -> User:
    return a_member_of_staff("cashier", CASHIER, a_company())


@pytest.fixture
def security() -> User:
    return a_member_of_staff("security", SECURITY_ADMINISTRATOR, a_company())


class TestFailuresStay:
    def test_a_success_starts_the_counter_again_and_keeps_the_record(self, cashier: User) -> None:
        assert [sign_in(cashier, "wrong") for _ in range(4)] == [200] * 4
        assert sign_in(cashier) == 302
        assert AccessAttempt.objects.count() == 0
        assert AccessFailureLog.objects.filter(username="cashier").count() == 4
        assert sign_in(cashier, "wrong") == 200
        assert AccessFailureLog.objects.filter(username="cashier").count() == 5

    @pytest.mark.parametrize("role", [SECURITY_ADMINISTRATOR, AUDITOR], ids=lambda role: role.key)
    def test_security_administrators_and_auditors_read_it(
        self, cashier: User, client: Client, role: Any
    ) -> None:
        sign_in(cashier, "wrong")
        sign_in(cashier)
        client.force_login(a_member_of_staff("reader", role, a_company()))
        page = client.get(reverse("admin:axes_accessfailurelog_changelist"))
        assert [row.username for row in page.context["cl"].result_list] == ["cashier"]


class TestUnlockSignIn:
    def test_a_locked_person_signs_in_again(self, cashier: User, security: User) -> None:
        assert [sign_in(cashier, "wrong") for _ in range(5)] == [200, 200, 200, 200, 429]
        assert (sign_in(cashier), is_locked(cashier, present())) == (429, True)
        failures = unlock_sign_in(
            cashier, reason="电话核实", by=Actor.staff(security), at=present()
        )
        assert (failures, is_locked(cashier, present())) == (6, False)
        assert sign_in(cashier) == 302
        assert AccessFailureLog.objects.filter(username="cashier").count() == 6
        entry = JournalEntry.objects.get(action="unlock_sign_in")
        assert (entry.record_id, entry.facts) == (
            cashier.pk,
            {"reason": "电话核实", "failures": 6},
        )

    def test_the_button_stands_on_the_page_of_who_is_locked(
        self, cashier: User, security: User, client: Client
    ) -> None:
        client.force_login(security)
        page = reverse("admin:office_user_change", args=[cashier.pk])
        button = reverse("admin:office_user_unlock_sign_in", args=[cashier.pk])
        assert button not in client.get(page).content.decode()
        for _ in range(5):
            sign_in(cashier, "wrong")
        assert button in client.get(page).content.decode()
        assert client.post(button, {"reason": "电话核实"}).status_code == 302
        assert sign_in(cashier) == 302

    def test_only_security_administrators_of_the_company(self, cashier: User) -> None:
        for _ in range(5):
            sign_in(cashier, "wrong")
        others = [
            a_member_of_staff("system", SYSTEM_ADMINISTRATOR, a_company()),
            a_member_of_staff("elsewhere", SECURITY_ADMINISTRATOR, a_company("21")),
        ]
        for other in others:
            with pytest.raises(NotAllowed):
                unlock_sign_in(cashier, reason="x", by=Actor.staff(other), at=present())
        assert is_locked(cashier, present())
        assert not JournalEntry.objects.filter(action="unlock_sign_in").exists()

    def test_a_reason_and_a_lock_are_needed(self, cashier: User, security: User) -> None:
        by, now = Actor.staff(security), present()
        with pytest.raises(Refused) as refusal:
            unlock_sign_in(cashier, reason="x", by=by, at=now)
        assert refusal.value.code == "not_locked"
        for _ in range(5):
            sign_in(cashier, "wrong")
        with pytest.raises(Invalid) as missing:
            unlock_sign_in(cashier, reason=" ", by=by, at=present())
        assert missing.value.code == "reason_missing"
        assert is_locked(cashier, present())
        assert not is_locked(cashier, present() + timedelta(minutes=31))


class TestThreeAdministratorsApart:
    """Who keeps the system cannot enter by the name of who grants the rights or looks on."""

    @pytest.fixture
    def keeper(self, client: Client) -> User:
        user = a_member_of_staff("keeper", SYSTEM_ADMINISTRATOR, a_company())
        client.force_login(user)
        return user

    def _set_password(self, client: Client, person: User) -> int:
        address = reverse("admin:auth_user_password_change", args=[person.pk])
        sent = {"password1": "quite-another-password", "password2": "quite-another-password"}
        return int(client.post(address, sent).status_code)

    @pytest.mark.parametrize("role", [SECURITY_ADMINISTRATOR, AUDITOR], ids=lambda role: role.key)
    def test_no_password_of_the_other_two(self, client: Client, keeper: User, role: Any) -> None:
        person = a_member_of_staff("person", role, a_company())
        assert self._set_password(client, person) == 403
        person.refresh_from_db()
        assert person.check_password(PASSWORD)

    @pytest.mark.parametrize("role", [CASHIER, SYSTEM_ADMINISTRATOR], ids=lambda role: role.key)
    def test_passwords_of_all_others(self, client: Client, keeper: User, role: Any) -> None:
        person = a_member_of_staff("person", role, a_company())
        assert self._set_password(client, person) == 302
        person.refresh_from_db()
        assert person.check_password("quite-another-password")

    def test_nor_their_user_name_nor_whether_they_work_here(
        self, client: Client, keeper: User
    ) -> None:
        person = a_member_of_staff("person", AUDITOR, a_company())
        address = reverse("admin:office_user_change", args=[person.pk])
        send_shown(client, address, {"username": "other", "companies": [], "is_active": ""})
        person.refresh_from_db()
        assert (person.username, person.is_active) == ("person", True)
        assert person.company_ids == [a_company().pk]

    @pytest.mark.parametrize(
        ("viewer", "person", "linked"),
        [
            (SYSTEM_ADMINISTRATOR, CASHIER, True),
            (SYSTEM_ADMINISTRATOR, SECURITY_ADMINISTRATOR, False),
            (SECURITY_ADMINISTRATOR, CASHIER, False),
            (AUDITOR, CASHIER, False),
        ],
        ids=lambda value: getattr(value, "key", value),
    )
    def test_the_page_leads_to_the_password_only_who_may_set_it(
        self, client: Client, viewer: Any, person: Any, linked: bool
    ) -> None:
        client.force_login(a_member_of_staff("viewer", viewer, a_company()))
        shown = a_member_of_staff("shown", person, a_company())
        page = client.get(reverse("admin:office_user_change", args=[shown.pk]))
        assert page.status_code == 200
        assert ("../password/" in page.content.decode()) is linked
        address = reverse("admin:auth_user_password_change", args=[shown.pk])
        assert client.get(address).status_code == (200 if linked else 403)
