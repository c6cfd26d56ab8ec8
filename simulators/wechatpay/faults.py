"""Planned failures: each waits at a place, happens `times` times, and is gone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from simulators.wechatpay.store import Store
from simulators.wechatpay.world import Refusal

API_PLACES = frozenset(
    {"native", "jsapi", "query", "close", "certificates", "echo", "bill", "file"}
)
API_FAULTS = frozenset(
    {
        "drop_before",
        "drop_after",
        "error_before",
        "error_after",
        "unsigned",
        "probe",
        "bad_signature",
        "unknown_serial",
        "stale",
        "delay",
        "alter_bill",
    }
)
CALLBACK_FAULTS = frozenset(
    {"lose", "duplicate", "probe", "bad_signature", "unknown_serial", "stale", "alter"}
)


@dataclass(frozen=True)
class Fault:
    name: str
    details: Mapping[str, object]

    def number(self, name: str, default: int) -> int:
        found = self.details.get(name, default)
        return found if isinstance(found, int) else default

    def text(self, name: str, default: str) -> str:
        return str(self.details.get(name, default))


def plan_fault(store: Store, said: Mapping[str, object]) -> int:
    """Note a fault `{"on", "fault", "times", …details}`; refuses names that would never happen."""
    place, name = str(said.get("on", "any")), str(said.get("fault", ""))
    possible = CALLBACK_FAULTS if place == "callback" else API_FAULTS
    if place not in API_PLACES | {"any", "callback"} or name not in possible:
        raise Refusal(
            400, "PARAM_ERROR", f"no fault {name!r} on {place!r}; possible: {sorted(possible)}"
        )
    times = said.get("times", 1)
    if not isinstance(times, int) or times < 1:
        raise Refusal(400, "PARAM_ERROR", "times must be a whole number from 1")
    details = {key: value for key, value in said.items() if key not in ("on", "fault", "times")}
    with store.change() as db:
        planned = db.execute(
            "INSERT INTO faults (place, fault, times, details) VALUES (?, ?, ?, ?)",
            (place, name, times, json.dumps(details)),
        )
    return int(planned.lastrowid or 0)


def planned_faults(store: Store) -> list[dict[str, object]]:
    return [
        {"id": row["id"], "on": row["place"], "fault": row["fault"], "times": row["times"]}
        | json.loads(row["details"])
        for row in store.rows("SELECT * FROM faults ORDER BY id")
    ]


def clear_faults(store: Store) -> None:
    with store.change() as db:
        db.execute("DELETE FROM faults")
        db.execute("DELETE FROM settings WHERE name = 'clock_offset'")


def strike(store: Store, place: str) -> dict[str, Fault]:
    """Take one turn of every fault waiting at `place`."""
    also = "any" if place in API_PLACES else place
    with store.change() as db:
        rows = db.execute(
            "SELECT * FROM faults WHERE place IN (?, ?) ORDER BY id DESC", (place, also)
        ).fetchall()
        for row in rows:
            db.execute("UPDATE faults SET times = times - 1 WHERE id = ?", (row["id"],))
        db.execute("DELETE FROM faults WHERE times < 1")
    return {row["fault"]: Fault(row["fault"], json.loads(row["details"])) for row in rows}
