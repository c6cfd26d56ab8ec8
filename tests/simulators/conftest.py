"""A running simulator with keys of this session, our client on it, and a merchant's letter box."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from billing.wechatpay import (
    Malformed,
    Merchant,
    Notification,
    NotTrusted,
    Order,
    SealBroken,
    Trust,
    WechatPay,
    read_notification,
)
from simulators.wechatpay.keys import load_or_make_keys
from simulators.wechatpay.server import Simulator
from tests.clock import present
from tests.patience import wait_for


@dataclass
class LetterBox:
    """Receives callbacks over real HTTP, reads them as the back office would, and answers."""

    url: str
    status: int = 204
    trust: Trust | None = None
    apiv3_key: str = ""
    arrived: list[Notification | Exception] = field(default_factory=list)
    serials: list[str] = field(default_factory=list)

    def receive(self, headers: dict[str, str], body: bytes) -> int:
        assert self.trust is not None
        self.serials.append(headers["Wechatpay-Serial"])
        try:
            notification = read_notification(self.trust, self.apiv3_key, headers, body, present())
        except (NotTrusted, SealBroken, Malformed) as refused:
            self.arrived.append(refused)
            return refused.status
        self.arrived.append(notification)
        return self.status


@pytest.fixture(scope="session")
def keys_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("wechatpay-keys")
    load_or_make_keys(directory)
    return directory


@pytest.fixture
def directory(keys_directory: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(keys_directory, tmp_path / "wechatpay"))


@pytest.fixture
def simulator(directory: Path) -> Iterator[Simulator]:
    running = Simulator(directory, time_scale=0.001)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def letter_box() -> Iterator[LetterBox]:
    class Slot(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(box.receive(dict(self.headers.items()), body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Slot)
    box = LetterBox(f"http://127.0.0.1:{server.server_port}/notify")
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield box
    server.shutdown()
    server.server_close()


@pytest.fixture
def merchant(simulator: Simulator, letter_box: LetterBox) -> Merchant:
    details = json.loads(simulator.merchant_file.read_text())
    names = ("mchid", "appid", "serial", "private_key_pem", "apiv3_key", "trusted", "base_url")
    merchant = Merchant(**{name: details[name] for name in names}, notify_url=letter_box.url)
    letter_box.trust, letter_box.apiv3_key = Trust(merchant.trusted), merchant.apiv3_key
    return merchant


@pytest.fixture
def connect(merchant: Merchant) -> Iterator[Callable[..., WechatPay]]:
    """Make a client for the merchant, or for a changed one; it is closed after the test."""
    with ExitStack() as stack:

        def connect(change: dict[str, Any] | None = None, **options: Any) -> WechatPay:
            changed = Merchant(**(vars(merchant) | (change or {})))
            return stack.enter_context(WechatPay(changed, **options))

        yield connect


@pytest.fixture
def wechat(connect: Callable[..., WechatPay]) -> WechatPay:
    return connect()


@pytest.fixture
def order() -> Order:
    return Order("HEAT20261115A", 268050, "采暖费 3号楼", present() + timedelta(hours=2))


@pytest.fixture
def control(simulator: Simulator) -> Iterator[Callable[..., Any]]:
    """Call a control endpoint: a body makes it a POST, and the answer must be a 2xx."""
    with httpx.Client(base_url=simulator.url, trust_env=False) as http:

        def call(path: str, body: dict[str, object] | None = None) -> Any:
            answer = http.get(path) if body is None else http.post(path, json=body)
            assert answer.is_success, answer.text
            return answer.json()

        yield call


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    return wait_for
