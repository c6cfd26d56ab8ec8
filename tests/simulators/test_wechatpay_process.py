"""The simulator as its own process: it starts from nothing, is killed, and remembers."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from billing.wechatpay import Accepted, Merchant, Notification, Order, Trust, WechatPay
from tests.clock import present
from tests.patience import PATIENCE_SECONDS

ROOT = Path(__file__).resolve().parents[2]


class TestRun:
    @pytest.fixture
    def start(self, tmp_path: Path) -> Iterator[Callable[[], tuple[subprocess.Popen[str], str]]]:
        with ExitStack() as stack:

            def start() -> tuple[subprocess.Popen[str], str]:
                command = [sys.executable, "-m", "simulators.wechatpay", "--port", "0"]
                command += ["--data", str(tmp_path / "made" / "here"), "--time-scale", "0.02"]
                process = subprocess.Popen(
                    command,
                    cwd=ROOT,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                )
                stack.enter_context(process)
                stack.callback(process.kill)
                assert process.stdout is not None
                match = re.search(r"at (http://[\d.:]+),", process.stdout.readline())
                assert match is not None
                return process, match[1]

            yield start

    def test_a_kill_between_payment_and_callback_loses_nothing(
        self, start: Any, tmp_path: Path, letter_box: Any, eventually: Any
    ) -> None:
        process, url = start()
        details = json.loads((tmp_path / "made/here/merchant.json").read_text())
        names = ("mchid", "appid", "serial", "private_key_pem", "apiv3_key", "trusted")
        credentials = {name: details[name] for name in names}
        merchant = Merchant(**credentials, base_url=url, notify_url=letter_box.url)
        letter_box.trust, letter_box.apiv3_key = Trust(merchant.trusted), merchant.apiv3_key
        letter_box.status = 500
        order = Order("HEATPROCESS1", 100, "采暖费", present() + timedelta(hours=1))
        with WechatPay(merchant) as wechat:
            assert isinstance(wechat.place_native_order(order), Accepted)
        paying = {"out_trade_no": order.out_trade_no}
        httpx.post(f"{url}/_pay", json=paying, trust_env=False).raise_for_status()
        eventually(lambda: len(letter_box.arrived) >= 1)
        process.kill()
        process.wait()
        refused = len(letter_box.arrived)
        letter_box.status = 204

        process, url = start()
        again = json.loads((tmp_path / "made/here/merchant.json").read_text())
        assert {name: again[name] for name in names} == credentials
        eventually(lambda: len(letter_box.arrived) > refused)
        assert all(isinstance(arrived, Notification) for arrived in letter_box.arrived)
        assert len({arrived.event_id for arrived in letter_box.arrived}) == 1
        restarted = Merchant(**credentials, base_url=url, notify_url=letter_box.url)
        with WechatPay(restarted) as wechat:
            outcome = wechat.query_by_out_trade_no(order.out_trade_no)
        assert isinstance(outcome, Accepted)
        assert outcome.value == letter_box.arrived[0].fact
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
