"""Each rule against its file of cases; most cases of a file must not be flagged."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from suppliers.leads.bids import Bid, BidFile, BidLine, CommonGround, net_unit_fen
from suppliers.leads.signals import RULES, find_leads
from suppliers.models import Signal, Strength

CASES = Path(__file__).parent / "cases"


def bid_of(case: dict[str, Any]) -> Bid:
    values = {"sourcing": "S1", "category": "管材", "sequence": 1, **case}
    for name in ("addresses", "devices", "accounts", "contacts"):
        values[name] = frozenset(values.get(name, ()))
    values["files"] = tuple(BidFile(**file) for file in values.get("files", ()))
    values["lines"] = tuple(BidLine(**line) for line in values.get("lines", ()))
    return Bid(**values)


def common_of(case: dict[str, Any]) -> CommonGround:
    return CommonGround(
        networks=tuple(case.get("networks", ())),
        files=frozenset(case.get("files", ())),
        prices={
            (price["sourcing"], price["item"]): price["net_fen"] for price in case.get("prices", ())
        },
    )


def cases() -> list[Any]:
    return [
        pytest.param(signal, case, id=f"{signal}: {case['says']}")
        for signal in Signal
        for case in json.loads((CASES / f"{signal}.json").read_text())
    ]


@pytest.mark.parametrize(("signal", "case"), cases())
def test_case(signal: Signal, case: dict[str, Any]) -> None:
    leads = RULES[signal]([bid_of(bid) for bid in case["bids"]], common_of(case.get("common", {})))
    assert [
        {
            "strength": lead.strength.name.lower(),
            "suppliers": list(lead.suppliers),
            "sourcings": list(lead.sourcings),
            "evidence": lead.evidence,
        }
        for lead in leads
    ] == case["expect"]
    assert {lead.signal for lead in leads} <= {signal}


def test_every_signal_has_a_rule_and_a_file_of_cases() -> None:
    assert set(RULES) == set(Signal)
    assert {path.stem for path in CASES.iterdir()} == set(Signal.values)


def test_five_bidders_show_each_signal_with_its_strength() -> None:
    """Check 6 of the suppliers' list: an office, a tax basis and a file, among five bidders."""
    with_tax = net_unit_fen(11300, Decimal("0.13"), with_tax=True)
    bids = [
        bid_of({"supplier": "甲", "addresses": ["8.8.8.8"], "files": [{"sha256": "aa"}]}),
        bid_of({"supplier": "乙", "addresses": ["8.8.8.8"]}),
        bid_of({"supplier": "丙", "lines": [{"item": "煤", "net_fen": 10000}]}),
        bid_of({"supplier": "丁", "lines": [{"item": "煤", "net_fen": with_tax}]}),
        bid_of({"supplier": "戊", "addresses": ["100.64.0.1"], "files": [{"sha256": "aa"}]}),
    ]
    assert [
        (lead.signal, lead.strength, lead.suppliers) for lead in find_leads(bids, CommonGround())
    ] == [
        (Signal.SHARED_ADDRESS, Strength.WEAK, ("乙", "甲")),
        (Signal.SAME_FILE, Strength.STRONG, ("戊", "甲")),
        (Signal.EQUAL_PRICES, Strength.MEDIUM, ("丁", "丙")),
    ]


@pytest.mark.parametrize(
    ("price_fen", "rate", "with_tax", "net_fen"),
    [(11300, "0.13", True, 10000), (10000, "0.13", False, 10000), (10001, "0.13", True, 8850)],
)
def test_net_price(price_fen: int, rate: str, with_tax: bool, net_fen: int) -> None:
    # 10001 / 1.13 = 8850.44…
    assert net_unit_fen(price_fen, Decimal(rate), with_tax=with_tax) == net_fen
