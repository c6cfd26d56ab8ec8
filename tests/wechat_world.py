"""The simulator as a process of its own, told over HTTP what to do next."""

import contextlib
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.patience import PATIENCE_SECONDS, wait_for


@dataclass(frozen=True)
class WechatWorld:
    """A running simulator; `merchant_file` is what our settings read."""

    url: str
    merchant_file: Path
    http: httpx.Client

    def orders(self) -> list[dict[str, Any]]:
        orders: list[dict[str, Any]] = self.http.get("/_orders").json()["orders"]
        return orders

    def deliveries(self) -> list[dict[str, Any]]:
        deliveries: list[dict[str, Any]] = self.http.get("/_deliveries").json()["deliveries"]
        return deliveries

    def pay(self, number: str, **how: Any) -> None:
        self._tell("/_pay", out_trade_no=number, **how)

    def refund(self, number: str, refund_fen: int) -> None:
        self._tell("/_refund", out_trade_no=number, refund_fen=refund_fen)

    def end_refund(self, out_refund_no: str, status: str) -> None:
        """The bank, or the merchant at the console, ends a refund."""
        self._tell("/_end_refund", out_refund_no=out_refund_no, status=status)

    def planned(self) -> list[str]:
        """The faults that have not happened yet."""
        return [fault["fault"] for fault in self.http.get("/_faults").json()["faults"]]

    def deliver(self, number: str, **how: Any) -> list[str]:
        """Send the order's latest callback again; the answers' statuses."""
        answers: list[str] = self._tell("/_deliver", out_trade_no=number, **how)["answers"]
        return answers

    def plan(self, on: str, fault: str, **details: Any) -> None:
        self._tell("/_faults", on=on, fault=fault, **details)

    def settle(self, **settings: str) -> None:
        self._tell("/_settings", **settings)

    def calm(self) -> None:
        """No planned fault, and no callback of this test that comes in the middle of the next."""
        self.http.delete("/_faults")
        with contextlib.closing(sqlite3.connect(self._memory, timeout=10)) as memory, memory:
            memory.execute("UPDATE deliveries SET state = 'GIVEN_UP' WHERE state = 'PENDING'")
        self.settle(callback_key="public_key", refund_ends="success", funds="enough")

    @property
    def _memory(self) -> Path:
        return self.merchant_file.parent / "simulator.sqlite3"

    def _tell(self, path: str, **content: Any) -> Any:
        answer = self.http.post(path, json=content, timeout=PATIENCE_SECONDS)
        assert answer.is_success, answer.text
        return answer.json()


@contextlib.contextmanager
def running_simulator(directory: Path) -> Iterator[WechatWorld]:
    """Start the simulator on a free port and end it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "simulators.wechatpay", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--data", str(directory)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=url, trust_env=False) as http:
            _wait_for(http, process)
            yield WechatWorld(url, directory / "merchant.json", http)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _wait_for(http: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    def answers() -> bool:
        assert process.poll() is None, "the simulator ended at once"
        with contextlib.suppress(httpx.HTTPError):
            return http.get("/_settings").is_success
        return False

    wait_for(answers, "an answer of the simulator")
