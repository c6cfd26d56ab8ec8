"""The people of an adjustment, and the short ways through its operations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from billing.adjustments.corrections import AdjustmentFacts, Correction
from billing.adjustments.operations import (
    approve_adjustment,
    draft_adjustment,
    issue_adjustment,
)
from billing.counter.money_facts import CounterForm
from billing.counter.operations import take_cash
from billing.ledger.balances import contract_balance
from billing.ledger.open_bills import open_bills
from billing.models import Adjustment, Bill
from customers.models import SupplyContract
from office.actors import Actor
from tests.builders import NOW

DUE = date(2026, 2, 28)


@dataclass(frozen=True)
class Desk:
    """A clerk who drafts, a manager who approves and issues, and a cashier with an open shift."""

    clerk: Actor
    manager: Actor
    cashier: Actor

    def draft(
        self,
        bill: Bill,
        *corrections: Correction,
        due_on: date | None = DUE,
        reason: str = "室温不达标退费",
        at: datetime = NOW,
    ) -> Adjustment:
        facts = AdjustmentFacts(bill, corrections, reason, "测温单 2026-17", due_on)
        return draft_adjustment(facts, by=self.clerk, at=at)

    def issue(self, bill: Bill, *corrections: Correction, at: datetime = NOW) -> Bill:
        """Drafts, approves and issues a correction."""
        return self.carry_out(self.draft(bill, *corrections, at=at), at=at)

    def carry_out(self, adjustment: Adjustment, at: datetime = NOW) -> Bill:
        """Approves and issues a draft."""
        approve_adjustment(adjustment, by=self.manager, at=at)
        return issue_adjustment(adjustment, by=self.manager, at=at)

    def pay(self, contract: SupplyContract, amount_fen: int, key: str) -> None:
        """Takes cash for the open bills, or ahead."""
        bills = [item.bill for item in open_bills(contract)]
        shown_fen = sum(item.open_fen for item in open_bills(contract))
        form = CounterForm(key, bills, amount_fen, shown_fen, beyond_debt=True)
        take_cash(contract, form, by=self.cashier, at=NOW)


def books(contract: SupplyContract) -> tuple[int, int]:
    """Returns what is owed and what is paid ahead, in fen."""
    balance = contract_balance(contract)
    return balance.receivable_fen, balance.advance_fen


def left_on(contract: SupplyContract) -> list[tuple[str, int]]:
    """Returns the open bills as kind and open amount, in the order in which they are paid."""
    return [(item.bill.kind, item.open_fen) for item in open_bills(contract)]


def amounts(corrections: Sequence[int]) -> list[Correction]:
    """Returns corrections by these amounts."""
    return [Correction(amount_fen=amount_fen) for amount_fen in corrections]
