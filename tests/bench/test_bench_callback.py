"""WeChat's callback against a bare view that inserts a row.

`pytest -s tests/bench/test_bench_callback.py`

Both run in one gunicorn worker with four threads, so the ratio tells what verifying, keeping
and booking cost on top of a request and a commit.
"""

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection

from billing.models import Attempt, Method, Payment, ProviderEvent
from billing.payments.intents import create_intent
from billing.wechat.attempts import start_wechat_payment
from office.actors import Actor
from simulators.wechatpay.callbacks import Courier
from simulators.wechatpay.keys import load_or_make_keys
from simulators.wechatpay.signatures import signed_headers
from simulators.wechatpay.store import Store
from simulators.wechatpay.world import World
from tests.builders import a_company, a_contract, a_customer, an_account, an_issued_bill
from tests.clock import present
from tests.wechat_world import WechatWorld

CALLS = 200
BY = Actor.customer("bench")


@pytest.fixture
def server(transactional_db: None, wechat_world: WechatWorld, tmp_path: Path) -> Iterator[str]:
    """Our site and the bare view under gunicorn, on the tests' database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    where: Any = connection.settings_dict
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.bench.callback_site",
        "BENCH_DATABASE": str(where["NAME"]),
        "WECHATPAY_MERCHANT_FILE": str(wechat_world.merchant_file),
    }
    options = ["--bind", f"127.0.0.1:{port}", "--threads", "4", "--log-level", "error"]
    command = [sys.executable, "-m", "gunicorn", "heating.wsgi", *options]
    process = subprocess.Popen(command, env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def envelope(wechat_world: WechatWorld, tmp_path: Path) -> Callable[..., Any]:
    """Sealed and signed callbacks, made before the clock runs."""
    keys = load_or_make_keys(wechat_world.merchant_file.parent)
    store = Store(tmp_path / "store.sqlite3")
    world = World(keys=keys, store=store, public_url="", merchant_name="")
    courier = Courier(world)

    def make(attempt: Attempt, event: str, transaction: str) -> tuple[dict[str, str], bytes]:
        import json

        resource = {
            "mchid": keys.mchid,
            "appid": keys.appid,
            "out_trade_no": attempt.number,
            "transaction_id": transaction,
            "trade_type": "NATIVE",
            "trade_state": "SUCCESS",
            "success_time": "2026-01-05T12:00:00+08:00",
            "payer": {"openid": "oBENCH"},
            "amount": {
                "total": attempt.amount_fen,
                "payer_total": attempt.amount_fen,
                "currency": "CNY",
                "payer_currency": "CNY",
            },
        }
        delivery: Any = {"event_type": "TRANSACTION.SUCCESS", "created_at": 1_700_000_000}
        body = courier._envelope(delivery, event, json.dumps(resource).encode())
        return signed_headers(world, keys.public_key_id, body), body

    return make


def orders(count: int) -> list[Attempt]:
    company, at = a_company(), present()
    attempts = []
    for _ in range(count):
        contract = a_contract(an_account(company), a_customer(company))
        intent = create_intent(contract, [an_issued_bill(contract)], by=BY, at=at)
        attempts.append(start_wechat_payment(intent, method=Method.WECHAT_NATIVE, by=BY, at=at))
    return attempts


def test_callback_against_a_bare_view(server: str, envelope: Callable[..., Any]) -> None:
    waiting = orders(CALLS)
    callbacks = [
        envelope(attempt, f"EV-BENCH-{n}", f"4200{n:08d}") for n, attempt in enumerate(waiting)
    ]
    bare: list[float] = []
    real: list[float] = []
    whole: list[float] = []
    booked = ProviderEvent.objects.filter(verdict="booked")
    with httpx.Client(trust_env=False) as http:

        def post(path: str, headers: dict[str, str], body: bytes) -> float:
            begun = time.perf_counter()
            answer = http.post(f"{server}{path}", content=body, headers=headers)
            spent = time.perf_counter() - begun
            assert answer.status_code == 204, answer.text
            return spent

        # Turn and turn about, each to an idle server: what else the machine does falls on both.
        for n, (headers, body) in enumerate(callbacks, start=1):
            bare.append(post("/bare", headers, body))
            begun = time.perf_counter()
            real.append(post("/wechatpay/notify", headers, body))
            while booked.count() < n:
                time.sleep(0.001)
            whole.append(time.perf_counter() - begun)
    assert Payment.objects.count() == CALLS
    per_bare, per_real, per_whole = map(statistics.median, (bare, real, whole))
    print(
        f"\ncallback to committed 204, median of {CALLS}: {1000 * per_real:.1f} ms,"
        f" bare view {1000 * per_bare:.1f} ms: ratio {per_real / per_bare:.2f};"
        f" until the payment is booked and its receipt written {1000 * per_whole:.1f} ms:"
        f" ratio {per_whole / per_bare:.2f}"
    )


def test_keeping_against_a_bare_view(server: str, envelope: Callable[..., Any]) -> None:
    """The same without the booking: a repeat of what is known is verified and acknowledged."""
    (attempt,) = orders(1)
    headers, body = envelope(attempt, "EV-BENCH-ONE", "420000000001")
    bare: list[float] = []
    real: list[float] = []
    with httpx.Client(trust_env=False) as http:
        for _ in range(CALLS):
            for path, spent in (("/bare", bare), ("/wechatpay/notify", real)):
                begun = time.perf_counter()
                assert http.post(f"{server}{path}", content=body, headers=headers).is_success
                spent.append(time.perf_counter() - begun)
                # What follows the answer must not fall on the next one.
                time.sleep(0.02)
    ratio = statistics.median(real) / statistics.median(bare)
    print(f"\nrepeat of a known callback, median of {CALLS}: ratio {ratio:.2f}")


def test_twenty_parallel_copies_make_one_posting(server: str, envelope: Callable[..., Any]) -> None:
    (attempt,) = orders(1)
    headers, body = envelope(attempt, "EV-BENCH-20", "420000000020")

    def post(_: int) -> int:
        answer = httpx.post(
            f"{server}/wechatpay/notify", content=body, headers=headers, trust_env=False
        )
        return answer.status_code

    with ThreadPoolExecutor(20) as crowd:
        answers = list(crowd.map(post, range(20)))
    assert answers == [204] * 20
    _wait_until(Payment.objects.exists)
    assert Payment.objects.count() == ProviderEvent.objects.count() == 1
    print("\n20 parallel copies: 20 × 204, one posting")


def _wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "gunicorn ended at once"
        try:
            httpx.get(f"{url}/wechatpay/notify", trust_env=False)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server does not answer")
