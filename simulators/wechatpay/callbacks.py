"""Callbacks: encrypted, signed, and repeated by the documented table until answered 200 or 204."""

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from simulators.wechatpay.faults import Fault, strike
from simulators.wechatpay.signatures import seal, signed_headers
from simulators.wechatpay.world import World, rfc3339

# The first callback goes out at once; these are the seconds before each of fifteen repeats.
RETRY_TABLE = (
    15,
    15,
    30,
    180,
    600,
    1200,
    1800,
    1800,
    1800,
    3600,
    10800,
    10800,
    10800,
    21600,
    21600,
)
ANSWER_WITHIN_SECONDS = 5
SUMMARIES = {
    "TRANSACTION.SUCCESS": "支付成功",
    "REFUND.SUCCESS": "退款成功",
    "REFUND.CLOSED": "退款关闭",
    "REFUND.ABNORMAL": "退款异常",
}


def announce(
    db: sqlite3.Connection,
    event_type: str,
    order: sqlite3.Row | Mapping[str, object],
    resource: Mapping[str, object],
    now: int,
) -> None:
    """Stores a callback in the same transaction as the change that it reports."""
    plaintext = json.dumps(resource, ensure_ascii=False, separators=(",", ":")).encode()
    db.execute(
        "INSERT INTO deliveries (event_id, event_type, out_trade_no, url, created_at, plaintext,"
        " state, attempts, due_at, last_answer) VALUES (?, ?, ?, ?, ?, ?, 'PENDING', 0, 0, '')",
        (_event_id(), event_type, order["out_trade_no"], order["notify_url"], now, plaintext),
    )


def _event_id() -> str:
    return "EV-" + secrets.token_hex(17)[:33]


class Courier:
    """Sends the due callbacks from its own threads; those not yet delivered survive a restart."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._stop = threading.Event()
        self._turn = 0
        self._pool = ThreadPoolExecutor(8, thread_name_prefix="courier")
        self._http = httpx.Client(
            timeout=ANSWER_WITHIN_SECONDS, follow_redirects=False, trust_env=False
        )
        # A stopped process may have left callbacks underway: they are sent again.
        with world.store.change() as db:
            db.execute("UPDATE deliveries SET state = 'PENDING' WHERE state = 'UNDERWAY'")
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._http.close()

    def deliver_again(
        self, out_trade_no: str, *, times: int, parallel: bool, new_event_id: bool
    ) -> list[str]:
        """Sends the order's latest callback `times` times now and returns the answers."""
        delivery = self._world.store.row(
            "SELECT * FROM deliveries WHERE out_trade_no = ? ORDER BY id DESC LIMIT 1", out_trade_no
        )
        if delivery is None:
            return []

        def send(_: int) -> str:
            event_id = _event_id() if new_event_id else delivery["event_id"]
            return self._post(
                delivery["url"], self._envelope(delivery, event_id, delivery["plaintext"]), {}
            )

        if not parallel:
            return [send(turn) for turn in range(times)]
        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(send, range(times)))

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            with self._world.store.change() as db:
                # One statement finds and marks them, so that no callback is sent twice.
                due_deliveries = db.execute(
                    "UPDATE deliveries SET state = 'UNDERWAY'"
                    " WHERE state = 'PENDING' AND due_at <= ? RETURNING *",
                    (time.time(),),
                ).fetchall()
            for delivery in due_deliveries:
                self._pool.submit(self._deliver, delivery)

    def _deliver(self, delivery: sqlite3.Row) -> None:
        """Sends one callback, as often and as wrongly as the planned faults demand."""
        faults = strike(self._world.store, "callback")
        if "lose" in faults:
            self._note(delivery, "LOST", "lost on the way", delivery["plaintext"])
            return
        plaintext = (
            _altered(delivery["plaintext"], faults["alter"])
            if "alter" in faults
            else delivery["plaintext"]
        )
        copies = faults["duplicate"].number("count", 2) if "duplicate" in faults else 1
        answers = [
            self._post(
                delivery["url"], self._envelope(delivery, delivery["event_id"], plaintext), faults
            )
            for _ in range(copies)
        ]
        accepted = any(answer in ("200", "204") for answer in answers)
        is_last = delivery["attempts"] >= len(RETRY_TABLE)
        self._note(
            delivery,
            "DONE" if accepted else "GIVEN_UP" if is_last else "PENDING",
            answers[-1],
            plaintext,
        )

    def _note(self, delivery: sqlite3.Row, state: str, answer: str, plaintext: bytes) -> None:
        """Stores the answer and when the callback is to be repeated."""
        attempts = delivery["attempts"]
        pause = RETRY_TABLE[min(attempts, len(RETRY_TABLE) - 1)] * self._world.time_scale
        with self._world.store.change() as db:
            db.execute(
                "UPDATE deliveries SET state = ?, attempts = ?, due_at = ?, last_answer = ?,"
                " plaintext = ? WHERE id = ?",
                (state, attempts + 1, time.time() + pause, answer, plaintext, delivery["id"]),
            )

    def _envelope(self, delivery: sqlite3.Row, event_id: str, plaintext: bytes) -> bytes:
        """Returns the callback's body with the encrypted resource."""
        original_type = str(delivery["event_type"]).partition(".")[0].lower()
        envelope = {
            "id": event_id,
            "create_time": rfc3339(delivery["created_at"]),
            "resource_type": "encrypt-resource",
            "event_type": delivery["event_type"],
            "summary": SUMMARIES[delivery["event_type"]],
            "resource": {"original_type": original_type}
            | seal(self._world, plaintext, original_type),
        }
        return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()

    def _post(self, url: str, body: bytes, faults: Mapping[str, Fault]) -> str:
        """Posts the body and returns the status, or the name of the error."""
        headers = signed_headers(self._world, self._serial(), body, faults)
        headers |= {
            "Content-Type": "application/json",
            "Accept": "*/*",
            "User-Agent": "Mozilla/4.0",
        }
        try:
            return str(self._http.post(url, content=body, headers=headers).status_code)
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            return type(failure).__name__

    def _serial(self) -> str:
        """Returns the serial to sign with, by the setting `callback_key`.

        `alternate` plays the days of a key switch, when both sign in turn.
        """
        keys = self._world.keys
        mode = self._world.store.setting("callback_key", "public_key")
        self._turn += 1
        if mode == "alternate":
            mode = "certificate" if self._turn % 2 else "public_key"
        return keys.platform_serial if mode == "certificate" else keys.public_key_id


def _altered(plaintext: bytes, fault: Fault) -> bytes:
    """Returns the plaintext with another amount (`total_delta_fen`) or other fields (`set`)."""
    resource: dict[str, Any] = json.loads(plaintext)
    new_fields = fault.details.get("set", {})
    resource |= new_fields if isinstance(new_fields, dict) else {}
    resource["amount"]["total"] += fault.number("total_delta_fen", 0)
    return json.dumps(resource, ensure_ascii=False, separators=(",", ":")).encode()
