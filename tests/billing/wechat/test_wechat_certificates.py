"""Platform certificates are learnt, kept for every process, and checked from the command line."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import httpx
import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from pytest_django.live_server_helper import LiveServer

from billing import tasks
from billing.models import Attempt, Bill, Method, Payment, PlatformCertificate, ProviderEvent
from billing.payments.intents import create_intent
from billing.wechat import merchants
from billing.wechat.attempts import start_wechat_payment
from billing.wechat.merchants import close_client, new_client, wechat_pay
from billing.wechat.wechat_calls import place_order
from billing.wechatpay.merchant import PUBLIC_KEY_ID
from heating.schedule import BEAT_SCHEDULE
from office.actors import Actor
from office.models import JournalEntry
from tests.clock import present
from tests.patience import wait_for
from tests.wechat_world import WechatWorld

pytestmark = pytest.mark.django_db(transaction=True)

BY = Actor.customer("test")


@pytest.fixture
def serials(settings: Any, wechat_world: WechatWorld) -> tuple[str, str]:
    """The public key's id and the certificate's serial, which the full file both trusts."""
    trusted_keys = settings.WECHATPAY["trusted"]
    (public,) = [serial for serial in trusted_keys if serial.startswith(PUBLIC_KEY_ID)]
    (certificate,) = set(trusted_keys) - {public}
    return public, certificate


@pytest.fixture
def believe(settings: Any, serials: tuple[str, str]) -> Callable[..., None]:
    """Have the merchant file trust these only."""

    def only(*trusted: str) -> None:
        trusted_keys = settings.WECHATPAY["trusted"]
        settings.WECHATPAY = {
            **settings.WECHATPAY,
            "trusted": {s: trusted_keys[s] for s in trusted},
        }
        close_client()

    return only


@pytest.fixture
def served(wechat_world: WechatWorld) -> Any:
    yield wechat_world
    wechat_world.settle(certificates="served")


def an_order(bill: Bill) -> Attempt:
    at = present()
    intent = create_intent(bill.contract, [bill], by=BY, at=at)
    attempt = start_wechat_payment(intent, method=Method.WECHAT_NATIVE, by=BY, at=at)
    return place_order(attempt, at=at)


class TestRefreshCertificates:
    def test_a_certificate_is_learnt_once_for_every_process(
        self, serials: tuple[str, str], believe: Callable[..., None]
    ) -> None:
        public, certificate = serials
        believe(public)
        assert wechat_pay().trust.serials == (public,)
        assert tasks.refresh_certificates() == 1
        assert wechat_pay().trust.serials == (public, certificate)
        stored_certificate = PlatformCertificate.objects.get()
        assert (stored_certificate.serial, "BEGIN CERTIFICATE" in stored_certificate.pem) == (
            certificate,
            True,
        )
        entry = JournalEntry.objects.get(action="learn_certificate")
        assert (entry.actor, entry.record_id) == ("wechat certificates", stored_certificate.pk)
        # Asked again too soon, nothing is asked; a new process believes what the first has learnt.
        assert tasks.refresh_certificates() == 0
        close_client()
        assert wechat_pay().trust.serials == (public, certificate)
        assert tasks.refresh_certificates() == 0
        assert PlatformCertificate.objects.count() == 1

    def test_in_certificate_mode_too(
        self, serials: tuple[str, str], believe: Callable[..., None]
    ) -> None:
        _, certificate = serials
        believe(certificate)
        assert tasks.refresh_certificates() == 0
        assert not PlatformCertificate.objects.exists()
        assert wechat_pay().trust.serials == (certificate,)

    def test_a_merchant_with_the_public_key_only_has_none(
        self,
        serials: tuple[str, str],
        believe: Callable[..., None],
        served: WechatWorld,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        believe(serials[0])
        served.settle(certificates="gone")
        assert tasks.refresh_certificates() == 0
        assert wechat_pay().trust.serials == (serials[0],)
        assert "not refreshed" not in caplog.text

    @pytest.mark.parametrize("fault", ["bad_signature", "drop_after", "unsigned"])
    def test_what_proves_nothing_teaches_nothing(
        self,
        serials: tuple[str, str],
        believe: Callable[..., None],
        wechat_world: WechatWorld,
        caplog: pytest.LogCaptureFixture,
        fault: str,
    ) -> None:
        believe(serials[0])
        wechat_world.plan("certificates", fault)
        assert tasks.refresh_certificates() == 0
        assert not PlatformCertificate.objects.exists()
        assert "not refreshed" in caplog.text

    def test_what_another_process_learnt_is_believed_within_a_minute(
        self,
        serials: tuple[str, str],
        believe: Callable[..., None],
        settings: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        public, certificate = serials
        pem = settings.WECHATPAY["trusted"][certificate]
        believe(public)
        line = wechat_pay()
        PlatformCertificate.objects.create(
            serial=certificate, pem=pem, learnt_at=datetime(2026, 1, 1, tzinfo=UTC)
        )
        assert wechat_pay().trust.serials == (public,)
        monkeypatch.setattr(merchants, "CATCH_UP_SECONDS", 0)
        assert wechat_pay() is line
        assert line.trust.serials == (public, certificate)

    def test_a_production_does_not_believe_a_demos_certificate(
        self, serials: tuple[str, str], believe: Callable[..., None], settings: Any
    ) -> None:
        believe(serials[0])
        assert tasks.refresh_certificates() == 1
        settings.PRODUCTION = True
        close_client()
        assert wechat_pay().trust.serials == (serials[0],)

    def test_the_clock_starts_it_more_often_than_every_twelve_hours(self) -> None:
        entry = BEAT_SCHEDULE["refresh_certificates"]
        assert entry["task"] == tasks.refresh_certificates.name
        assert entry["schedule"] == 10 * 3600


class TestUnknownSerial:
    def test_a_callback_of_a_new_certificate_is_refused_learnt_and_booked_when_it_comes_again(
        self,
        bill: Bill,
        live_site: LiveServer,
        wechat_world: WechatWorld,
        serials: tuple[str, str],
        believe: Callable[..., None],
    ) -> None:
        public, certificate = serials
        believe(public)
        order = an_order(bill)
        wechat_world.settle(callback_key="certificate")
        wechat_world.pay(order.number)
        wait_for(lambda: wechat_world.deliveries()[-1]["attempts"] == 1)
        assert wechat_world.deliveries()[-1]["last_answer"] == "401"
        wait_for(PlatformCertificate.objects.exists)
        assert not ProviderEvent.objects.exists()
        assert wechat_world.deliver(order.number) == ["204"]
        wait_for(Payment.objects.exists)
        assert ProviderEvent.objects.get().headers["Wechatpay-Serial"] == certificate

    def test_what_another_process_learnt_needs_no_second_try(
        self,
        bill: Bill,
        live_site: LiveServer,
        wechat_world: WechatWorld,
        serials: tuple[str, str],
        believe: Callable[..., None],
        settings: Any,
    ) -> None:
        public, certificate = serials
        pem = settings.WECHATPAY["trusted"][certificate]
        believe(public)
        order = an_order(bill)
        PlatformCertificate.objects.create(
            serial=certificate, pem=pem, learnt_at=datetime(2026, 1, 1, tzinfo=UTC)
        )
        wechat_world.settle(callback_key="certificate")
        wechat_world.pay(order.number)
        wait_for(Payment.objects.exists)
        assert wechat_world.deliveries()[-1]["last_answer"] == "204"
        assert wechat_world.deliveries()[-1]["attempts"] == 1

    def test_strangers_make_us_ask_once(
        self,
        live_site: LiveServer,
        serials: tuple[str, str],
        believe: Callable[..., None],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        believe(serials[0])
        calls: list[int] = []
        monkeypatch.setattr(
            "billing.wechat.wechat_calls.refresh_certificates", lambda at: calls.append(1)
        )
        headers = {
            "Wechatpay-Serial": "F" * 40,
            "Wechatpay-Signature": "eA==",
            "Wechatpay-Nonce": "n",
            "Wechatpay-Timestamp": str(int(present().timestamp())),
        }
        for _ in range(3):
            answer = httpx.post(f"{live_site.url}/wechatpay/notify", content=b"{}", headers=headers)
            assert answer.status_code == 401
        wait_for(lambda: bool(calls))
        assert calls == [1]
        assert cache.get("wechatpay.unknown_serial") == 1
        assert not ProviderEvent.objects.exists()


class TestWechatpayCheck:
    def _run(self) -> tuple[str, str]:
        """What it says, and the sentence it fails with."""
        out = StringIO()
        try:
            call_command("wechatpay_check", stdout=out)
        except CommandError as failure:
            return out.getvalue(), str(failure)
        return out.getvalue(), ""

    def test_both_keys(self, serials: tuple[str, str]) -> None:
        public, certificate = serials
        output, failure = self._run()
        assert failure == ""
        assert "✓ 平台证书：下载 1 张，其中新增 0 张" in output
        assert f"✓ 公钥 {public}，长期有效" in output
        assert f"✓ 平台证书 {certificate}，" in output
        assert "✓ 签名与验签：正常" in output
        assert "✓ 时钟：" in output
        assert output.endswith("一切正常。\n")

    def test_the_public_key_alone(
        self, serials: tuple[str, str], believe: Callable[..., None], served: WechatWorld
    ) -> None:
        believe(serials[0])
        served.settle(certificates="gone")
        output, failure = self._run()
        assert failure == ""
        assert "✓ 平台证书：商户只使用微信支付公钥，无需平台证书" in output
        assert "✓ 签名与验签：正常" in output
        assert serials[1] not in output

    def test_the_certificate_alone(
        self, serials: tuple[str, str], believe: Callable[..., None]
    ) -> None:
        believe(serials[1])
        output, failure = self._run()
        assert failure == ""
        assert serials[0] not in output
        assert "✓ 签名与验签：正常" in output

    def test_what_it_learns_is_kept(
        self, serials: tuple[str, str], believe: Callable[..., None]
    ) -> None:
        believe(serials[0])
        assert "其中新增 1 张" in self._run()[0]
        with new_client() as line:
            assert line.trust.serials == serials

    @pytest.mark.parametrize("seconds", [400, -400])
    def test_a_clock_that_is_off(
        self, serials: tuple[str, str], wechat_world: WechatWorld, seconds: int
    ) -> None:
        wechat_world.plan("any", "clock_offset", seconds=seconds)
        output, failure = self._run()
        assert failure.endswith("项有问题，请按上面的提示处理。")
        word = "慢" if seconds > 0 else "快"
        # The two clocks are read one after the other, and a second may begin in between.
        assert re.search(f"✗ 时钟：本机比微信支付{word} (399|400|401) 秒，请立即校准", output)

    def test_a_clock_that_drifts(self, serials: tuple[str, str], wechat_world: WechatWorld) -> None:
        wechat_world.plan("any", "clock_offset", seconds=100)
        output, failure = self._run()
        assert failure == "1 项有问题，请按上面的提示处理。"
        assert re.search("✗ 时钟：本机比微信支付慢 (99|100|101) 秒", output)

    @pytest.mark.parametrize(
        ("fault", "sentence"),
        [
            ("bad_signature", "应答签名不正确"),
            ("unknown_serial", "应答由未登记的密钥签名"),
            ("error_before", "微信支付系统异常"),
            ("drop_before", "没有收到应答"),
        ],
    )
    def test_an_echo_that_fails(
        self, serials: tuple[str, str], wechat_world: WechatWorld, fault: str, sentence: str
    ) -> None:
        wechat_world.plan("echo", fault)
        output, failure = self._run()
        assert failure == "1 项有问题，请按上面的提示处理。"
        assert f"✗ 签名与验签：{sentence}" in output

    def test_the_wrong_apiv3_key(self, serials: tuple[str, str], settings: Any) -> None:
        settings.WECHATPAY = {**settings.WECHATPAY, "apiv3_key": "0" * 32}
        output, failure = self._run()
        assert failure == "1 项有问题，请按上面的提示处理。"
        assert "✗ 平台证书：应答无法解读，请检查 APIv3 密钥" in output

    def test_nobody_there_and_no_file(self, serials: tuple[str, str], settings: Any) -> None:
        settings.WECHATPAY = {**settings.WECHATPAY, "base_url": "http://127.0.0.1:9"}
        output, failure = self._run()
        assert "✗ 签名与验签：请求没有发出" in output
        assert failure == "2 项有问题，请按上面的提示处理。"
        settings.WECHATPAY = {}
        assert self._run()[1].startswith("商户文件无法使用")
