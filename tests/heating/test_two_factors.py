"""Password and authenticator: what is asked, what is shown before, and who takes one away."""

from io import StringIO
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from heating.roles import AUDITOR, CASHIER, SECURITY_ADMINISTRATOR, SYSTEM_ADMINISTRATOR
from heating.session_age import SIGNED_IN_AT
from office.actors import Actor
from office.models import JournalEntry, User
from office.refusals import Invalid, NotAllowed, Refused
from office.staff.authenticators import device_of
from office.staff.two_factors import (
    confirm_device,
    enrol_device,
    reset_two_factors,
)
from tests.builders import NOW, PASSWORD, a_company, a_member_of_staff

pytestmark = pytest.mark.django_db

INDEX = "/admin/"
SIGN_IN = "/admin/login/"
ENROL = "/admin/two-factors/"


@pytest.fixture(autouse=True)
def two_factors(settings: Any) -> None:
    settings.STAFF_TWO_FACTORS = True


@pytest.fixture
def cashier() -> User:
    return a_member_of_staff("cashier", CASHIER, a_company())


@pytest.fixture
def enrolled(cashier: User) -> TOTPDevice:
    return an_authenticator(cashier)


def an_authenticator(person: User) -> TOTPDevice:
    """Bound by the operations; its first code may be used again by the test."""
    by = Actor.staff(person)
    device = enrol_device(person, by=by, at=NOW)
    confirm_device(device, code_of(device), by=by, at=NOW)
    TOTPDevice.objects.update(last_t=-1)
    return TOTPDevice.objects.get(pk=device.pk)


def code_of(device: TOTPDevice) -> str:
    return f"{totp(device.bin_key):06d}"


def wrong_code_of(device: TOTPDevice) -> str:
    return f"{(totp(device.bin_key) + 500_000) % 1_000_000:06d}"


def sign_in(client: Client, person: User, code: str = "", password: str = PASSWORD) -> Any:
    form = {"username": person.username, "password": password, "code": code}
    return client.post(SIGN_IN, form)


class TestSignIn:
    def test_password_and_code_open_the_house(
        self, client: Client, cashier: User, enrolled: TOTPDevice
    ) -> None:
        assert sign_in(client, cashier, code_of(enrolled)).status_code == 302
        assert client.get(INDEX).status_code == 200

    def test_a_code_with_a_gap_as_phones_show_it(
        self, client: Client, cashier: User, enrolled: TOTPDevice
    ) -> None:
        code = code_of(enrolled)
        assert sign_in(client, cashier, f"{code[:3]} {code[3:]}").status_code == 302

    def test_the_form_asks_for_the_code_and_for_no_device(self, client: Client) -> None:
        page = client.get(SIGN_IN).content.decode()
        assert 'name="code"' in page
        assert 'autocomplete="one-time-code"' in page
        assert "otp_device" not in page
        assert "<select" not in page.split('id="login-form"')[1].split("</form>")[0]
        assert "<script>" not in page

    def test_without_two_factors_no_code_is_asked_for(
        self, client: Client, cashier: User, settings: Any
    ) -> None:
        settings.STAFF_TWO_FACTORS = False
        assert 'name="code"' not in client.get(SIGN_IN).content.decode()
        assert sign_in(client, cashier).status_code == 302
        assert client.get(INDEX).status_code == 200

    def test_a_wrong_code_a_missing_one_and_a_wrong_password_read_the_same(
        self, client: Client, cashier: User, enrolled: TOTPDevice
    ) -> None:
        pages = [
            sign_in(client, cashier, wrong_code_of(enrolled)),
            sign_in(client, cashier),
            sign_in(client, cashier, code_of(enrolled), password="wrong"),
        ]
        assert [page.status_code for page in pages] == [200, 200, 200]
        errors = {str(page.context["form"].errors) for page in pages}
        assert len(errors) == 1
        assert "用户名、密码或动态码不正确" in errors.pop()
        assert client.get(INDEX).status_code == 302

    def test_a_code_opens_one_session(
        self, client: Client, cashier: User, enrolled: TOTPDevice
    ) -> None:
        code = code_of(enrolled)
        assert sign_in(client, cashier, code).status_code == 302
        assert sign_in(Client(), cashier, code).status_code == 200

    def test_wrong_codes_lock_the_account_like_wrong_passwords(
        self, client: Client, cashier: User, enrolled: TOTPDevice
    ) -> None:
        for password in ("wrong", PASSWORD, "wrong", PASSWORD):
            answer = sign_in(client, cashier, wrong_code_of(enrolled), password=password)
            assert answer.status_code == 200
        assert sign_in(client, cashier, wrong_code_of(enrolled)).status_code == 429
        assert AccessAttempt.objects.get().failures_since_start == 5
        TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
        assert sign_in(client, cashier, code_of(enrolled)).status_code == 429
        assert client.get(INDEX).status_code == 302

    def test_another_persons_code_opens_nothing(
        self, client: Client, cashier: User, enrolled: TOTPDevice
    ) -> None:
        other = an_authenticator(a_member_of_staff("other", AUDITOR))
        assert sign_in(client, cashier, code_of(other)).status_code == 200

    def test_a_session_of_a_password_alone_sees_no_page(
        self, client: Client, cashier: User, enrolled: TOTPDevice
    ) -> None:
        client.force_login(cashier)
        for name in ("index", "counter", "search", "password_change", "customers_account_add"):
            answer = client.get(reverse(f"admin:{name}"))
            assert answer.status_code == 302
            assert answer.headers["Location"].startswith(SIGN_IN)
        assert client.get(SIGN_IN).status_code == 200


class TestEnrolDevice:
    def test_a_person_without_an_authenticator_is_led_to_the_enrolment(
        self, client: Client, cashier: User
    ) -> None:
        form = {"username": cashier.username, "password": PASSWORD, "code": ""}
        wanted = reverse("admin:counter")
        answer = client.post(f"{SIGN_IN}?next={wanted}", {**form, "next": wanted}, follow=True)
        assert answer.redirect_chain[-1][0].startswith(ENROL)
        page = answer.content.decode()
        device = TOTPDevice.objects.get()
        assert (device.user, device.confirmed) == (cashier, False)
        assert '<svg class="qr"' in page
        assert answer.context["secret"].replace(" ", "") in device.config_url
        assert "收费台" not in page
        assert "<script>" not in page
        address = answer.redirect_chain[-1][0]
        answer = client.post(address, {"code": code_of(device)})
        assert (answer.status_code, answer.headers["Location"]) == (302, wanted)
        assert client.get(INDEX).status_code == 200
        assert device_of(cashier) == device
        actions = JournalEntry.objects.filter(record_id=cashier.pk).order_by("pk")
        assert list(actions.values_list("action", flat=True)) == ["enrol_device", "confirm_device"]

    def test_a_wrong_code_confirms_nothing(self, client: Client, cashier: User) -> None:
        sign_in(client, cashier)
        client.get(ENROL)
        answer = client.post(ENROL, {"code": wrong_code_of(TOTPDevice.objects.get())})
        assert answer.status_code == 200
        assert "动态码不正确" in answer.content.decode()
        assert not TOTPDevice.objects.get().confirmed
        assert client.get(INDEX).status_code == 302

    def test_wrong_codes_are_counted_and_slow_the_next_down(
        self, client: Client, cashier: User
    ) -> None:
        sign_in(client, cashier)
        client.get(ENROL)
        device = TOTPDevice.objects.get()
        client.post(ENROL, {"code": wrong_code_of(device)})
        device.refresh_from_db()
        assert (device.throttling_failure_count, device.confirmed) == (1, False)
        # The right code, too soon after a wrong one, is not looked at; later it is.
        client.post(ENROL, {"code": code_of(device)})
        device.refresh_from_db()
        assert not device.confirmed
        TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
        assert client.post(ENROL, {"code": code_of(device)}).status_code == 302
        device.refresh_from_db()
        assert device.confirmed

    def test_a_session_keeps_its_secret_and_another_gets_another(
        self, client: Client, cashier: User
    ) -> None:
        sign_in(client, cashier)
        first = client.get(ENROL).context["secret"]
        assert client.get(ENROL).context["secret"] == first
        elsewhere = Client()
        sign_in(elsewhere, cashier)
        assert elsewhere.get(ENROL).context["secret"] != first
        assert TOTPDevice.objects.count() == 1

    def test_no_open_redirect(self, client: Client, cashier: User) -> None:
        sign_in(client, cashier)
        client.get(ENROL)
        form = {"code": code_of(TOTPDevice.objects.get())}
        answer = client.post(f"{ENROL}?next=https://elsewhere.example/", form)
        assert answer.headers["Location"] == INDEX

    def test_the_page_is_nobodys_else(
        self, client: Client, cashier: User, enrolled: TOTPDevice
    ) -> None:
        assert client.get(ENROL).status_code == 302
        client.force_login(cashier)
        assert client.get(ENROL).status_code == 302
        assert TOTPDevice.objects.get() == enrolled

    def test_leaving_signs_out(self, client: Client, cashier: User) -> None:
        sign_in(client, cashier)
        assert client.post(ENROL, {"leave": "1"}).headers["Location"] == SIGN_IN
        assert client.get(SIGN_IN).status_code == 200

    def test_nobody_enrols_for_another_or_twice(self, cashier: User, enrolled: TOTPDevice) -> None:
        other = a_member_of_staff("other", AUDITOR)
        with pytest.raises(NotAllowed):
            enrol_device(other, by=Actor.staff(cashier), at=NOW)
        with pytest.raises(Refused) as refusal:
            enrol_device(cashier, by=Actor.staff(cashier), at=NOW)
        assert refusal.value.code == "already_enrolled"
        assert TOTPDevice.objects.get() == enrolled


class TestConfirmDevice:
    def test_a_secret_that_was_replaced_is_refused(self, cashier: User) -> None:
        by = Actor.staff(cashier)
        old = enrol_device(cashier, by=by, at=NOW)
        enrol_device(cashier, by=by, at=NOW)
        with pytest.raises(Refused) as refusal:
            confirm_device(old, code_of(old), by=by, at=NOW)
        assert refusal.value.code == "device_gone"
        assert device_of(cashier) is None


class TestResetTwoFactors:
    @pytest.fixture
    def security(self) -> User:
        return a_member_of_staff("security", SECURITY_ADMINISTRATOR, a_company())

    def test_ends_the_sessions_and_leads_to_a_new_enrolment(
        self, client: Client, cashier: User, enrolled: TOTPDevice, security: User
    ) -> None:
        sign_in(client, cashier, code_of(enrolled))
        elsewhere = Client()
        elsewhere.force_login(security)
        ended = reset_two_factors(cashier, reason="手机遗失", by=Actor.staff(security), at=NOW)
        assert ended == 1
        assert Session.objects.count() == 1
        assert client.get(ENROL).status_code == 302
        assert "_auth_user_id" not in client.session
        answer = sign_in(client, cashier)
        assert (
            client.get(answer.headers["Location"], follow=True)
            .redirect_chain[-1][0]
            .startswith(ENROL)
        )
        entry = JournalEntry.objects.get(action="reset_two_factors")
        assert (entry.by, entry.record_id) == (security, cashier.pk)
        assert entry.facts == {"reason": "手机遗失", "ended": 1}

    def test_the_security_administrator_says_it_on_the_persons_page(
        self, client: Client, cashier: User, enrolled: TOTPDevice, security: User
    ) -> None:
        sign_in(client, security, "")
        client.get(ENROL)
        own = TOTPDevice.objects.get(user=security)
        client.post(ENROL, {"code": code_of(own)})
        page = reverse("admin:office_user_change", args=[cashier.pk])
        assert "重置身份验证器" in client.get(page).content.decode()
        address = reverse("admin:office_user_reset_two_factors", args=[cashier.pk])
        assert client.post(address, {"reason": "换手机"}).headers["Location"] == page
        assert device_of(cashier) is None
        assert "重置身份验证器" not in client.get(page).content.decode().split("messagelist")[0]

    @pytest.mark.parametrize("role", [SYSTEM_ADMINISTRATOR, AUDITOR, CASHIER])
    def test_no_other_desk_may(self, cashier: User, enrolled: TOTPDevice, role: Any) -> None:
        other = a_member_of_staff("other", role, a_company())
        with pytest.raises(NotAllowed):
            reset_two_factors(cashier, reason="x", by=Actor.staff(other), at=NOW)
        assert device_of(cashier) == enrolled

    def test_not_oneself_not_another_company_not_a_superuser(
        self, cashier: User, enrolled: TOTPDevice, security: User
    ) -> None:
        by = Actor.staff(security)
        mine = an_authenticator(security)
        far = a_member_of_staff("far", CASHIER, a_company("21"))
        boss = User.objects.create_superuser("boss", password=PASSWORD)
        boss.companies.add(a_company())
        devices = [mine, an_authenticator(far), an_authenticator(boss)]
        with pytest.raises(Refused) as refusal:
            reset_two_factors(security, reason="x", by=by, at=NOW)
        assert refusal.value.code == "own_device"
        for person in (far, boss):
            with pytest.raises(NotAllowed):
                reset_two_factors(person, reason="x", by=by, at=NOW)
        assert set(TOTPDevice.objects.all()) == {enrolled, *devices}

    def test_needs_a_reason_and_an_authenticator(
        self, cashier: User, enrolled: TOTPDevice, security: User
    ) -> None:
        by = Actor.staff(security)
        with pytest.raises(Invalid):
            reset_two_factors(cashier, reason=" ", by=by, at=NOW)
        without = a_member_of_staff("without", CASHIER, a_company())
        with pytest.raises(Refused) as refusal:
            reset_two_factors(without, reason="x", by=by, at=NOW)
        assert refusal.value.code == "no_device"
        assert device_of(cashier) == enrolled

    def test_the_command_line_helps_the_last_security_administrator(self, security: User) -> None:
        an_authenticator(security)
        out = StringIO()
        call_command("reset_two_factors", "security", reason="手机遗失", stdout=out)
        assert out.getvalue() == "security的身份验证器已重置，已退出 0 处登录。\n"
        assert device_of(security) is None
        assert JournalEntry.objects.get(action="reset_two_factors").actor == "command line"
        for username, sentence in (("security", "还没有绑定"), ("nobody", "没有用户名")):
            with pytest.raises(CommandError, match=sentence):
                call_command("reset_two_factors", username, reason="x")


class TestSessionAge:
    def test_busy_sessions_end_after_twelve_hours(
        self, client: Client, cashier: User, enrolled: TOTPDevice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sign_in(client, cashier, code_of(enrolled))
        began = client.session[SIGNED_IN_AT]
        for hour in range(1, 12):
            monkeypatch.setattr("heating.session_age.time.time", lambda h=hour: began + h * 3600)
            assert client.get(INDEX).status_code == 200
        monkeypatch.setattr("heating.session_age.time.time", lambda: began + 12 * 3600)
        assert client.get(INDEX).status_code == 302
        assert "_auth_user_id" not in client.session

    def test_idle_sessions_end_after_thirty_minutes_of_the_last_request(
        self, client: Client, cashier: User, enrolled: TOTPDevice
    ) -> None:
        sign_in(client, cashier, code_of(enrolled))
        session = Session.objects.get()
        before = session.expire_date
        client.get(INDEX)
        session.refresh_from_db()
        assert session.expire_date > before
        assert client.session.get_expiry_age() == 30 * 60
        Session.objects.update(expire_date=NOW)
        assert client.get(INDEX).status_code == 302

    def test_a_new_sign_in_begins_anew(
        self, client: Client, cashier: User, enrolled: TOTPDevice
    ) -> None:
        client.force_login(cashier)
        session = client.session
        session[SIGNED_IN_AT] = 0
        session.save()
        sign_in(client, cashier, code_of(enrolled))
        assert client.get(INDEX).status_code == 200
