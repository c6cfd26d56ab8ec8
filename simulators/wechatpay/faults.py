"""Planned failures: each belongs to a place, happens `times` times and is then deleted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from simulators.wechatpay.store import Store
from simulators.wechatpay.world import Refusal

API_PLACES = frozenset(
    {
        *("native", "jsapi", "query", "close", "certificates", "echo", "bill", "file"),
        *("refund", "refund_query"),
    }
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
    """A failure that happens now, with the details it was planned with."""

    name: str
    details: Mapping[str, object]

    def number(self, name: str, default: int) -> int:
        """Returns the detail as a number; the default when it is missing or no number."""
        detail = self.details.get(name, default)
        return detail if isinstance(detail, int) else default

    def text(self, name: str, default: str) -> str:
        """Returns the detail as text, or the default."""
        return str(self.details.get(name, default))


def plan_fault(store: Store, body: Mapping[str, object]) -> int:
    """Stores a fault `{"on", "fault", "times", …details}` and returns its id.

    Refuses a place or a name that does not exist, since such a fault would never happen.
    """
    place, name = str(body.get("on", "any")), str(body.get("fault", ""))
    possible = CALLBACK_FAULTS if place == "callback" else API_FAULTS
    if place not in API_PLACES | {"any", "callback"} or name not in possible:
        raise Refusal(
            400, "PARAM_ERROR", f"no fault {name!r} on {place!r}; possible: {sorted(possible)}"
        )
    times = body.get("times", 1)
    if not isinstance(times, int) or times < 1:
        raise Refusal(400, "PARAM_ERROR", "times must be a whole number from 1")
    details = {key: value for key, value in body.items() if key not in ("on", "fault", "times")}
    with store.change() as db:
        inserted = db.execute(
            "INSERT INTO faults (place, fault, times, details) VALUES (?, ?, ?, ?)",
            (place, name, times, json.dumps(details)),
        )
    return int(inserted.lastrowid or 0)


def planned_faults(store: Store) -> list[dict[str, object]]:
    """Returns the faults that have not happened yet."""
    return [
        {"id": row["id"], "on": row["place"], "fault": row["fault"], "times": row["times"]}
        | json.loads(row["details"])
        for row in store.rows("SELECT * FROM faults ORDER BY id")
    ]


def clear_faults(store: Store) -> None:
    """Deletes all planned faults and sets the clock right again."""
    with store.change() as db:
        db.execute("DELETE FROM faults")
        db.execute("DELETE FROM settings WHERE name = 'clock_offset'")


def strike(store: Store, place: str) -> dict[str, Fault]:
    """Uses up one turn of every fault planned for the place and returns these faults by name."""
    wildcard = "any" if place in API_PLACES else place
    with store.change() as db:
        # The newest first: of two faults with one name the dict below then contains the oldest.
        rows = db.execute(
            "SELECT * FROM faults WHERE place IN (?, ?) ORDER BY id DESC", (place, wildcard)
        ).fetchall()
        for row in rows:
            db.execute("UPDATE faults SET times = times - 1 WHERE id = ?", (row["id"],))
        db.execute("DELETE FROM faults WHERE times < 1")
    return {row["fault"]: Fault(row["fault"], json.loads(row["details"])) for row in rows}
