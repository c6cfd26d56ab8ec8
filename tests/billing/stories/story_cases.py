"""Stories of the tests: one flat of 100 m² at 4.00 yuan a month, 2,000.00 yuan a season."""

from typing import Any

SEASON = {
    "label": "2025-2026",
    "starts": "2025-11-01",
    "ends": "2026-03-31",
    "ends_inclusive": True,
    "billable_months": 5,
    "due_on": "2025-12-31",
}
HOMES = {
    "category": "居民住宅",
    "residential": True,
    "unit": "m2_month",
    "amount": "4.00",
    "area_basis": "building",
    "vat_rate": "0",
    "effective": "2020-01-01",
    "stop_ratio": "0.30",
}


def a_story(*events: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Returns a well-formed story of one account; `expect` and `books` are given by the test."""
    rules = {
        "seasons": [SEASON],
        "prices": [HOMES],
        "late_fee": changed.pop("late_fee", None),
        "order": changed.pop("order", "principal_first"),
        "area_change": "by_days",
    }
    accounts = [{"account": "A", "category": "居民住宅", "areas": {"building": "100.00"}}]
    return {
        "id": "a-story",
        "says": "what happened",
        "rules": rules,
        "accounts": accounts,
        "events": list(events),
    } | changed


def figures(on: str, principal: dict[str, str], advance: str, **more: Any) -> dict[str, Any]:
    """Returns what is expected of account A at the end of a day."""
    return {
        "on": on,
        "account": "A",
        "principal": principal,
        "late_fee": {},
        "advance": advance,
    } | more


def books(receivable: str, advance: str, billed: str, late_fee: str = "0.00") -> dict[str, str]:
    """Returns what is expected of the books at the end."""
    return {
        "on": "2026-12-01",
        "receivable": receivable,
        "advance": advance,
        "late_fee_income": late_fee,
        "billed_less_credits": billed,
    }
