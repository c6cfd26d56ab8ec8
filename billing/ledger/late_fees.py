"""What late fee is payable on a day: accrued by the pure rule from the ledger, stored nowhere."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Q, Sum

from billing.chart import LedgerAccount
from billing.ledger.open_bills import OpenBill, open_bills
from billing.models import (
    Bill,
    BillKind,
    LateFeeRule,
    LateFeeSuspension,
    LateFeeWaiver,
    SpendingOrder,
    Transfer,
)
from billing.models.transfer import DAY_BOOK
from billing.rules.allocation import season_order
from billing.rules.late_fees import (
    LateFee,
    LateFeeTerms,
    OwedFrom,
    RateFrom,
    Suspension,
    late_fee,
)
from customers.models import SupplyContract


@dataclass(frozen=True)
class PayableFee:
    """The late fee of one bill: what accrued through the day before, was paid and was waived."""

    bill: Bill
    fee: LateFee
    paid_fen: int
    waived_fen: int = 0

    @property
    def payable_fen(self) -> int:
        """Returns what is still to pay; money that is dated back can make less accrue than was
        paid.
        """
        return max(0, self.fee.amount_fen - self.paid_fen - self.waived_fen)


@dataclass(frozen=True)
class LateFees:
    """The payable fees of a contract by bill, in order of issue, and the order of spending."""

    fees: Sequence[PayableFee] = ()
    fees_first: bool = False


NO_LATE_FEES = LateFees()


def late_fees(contract: SupplyContract, on: date) -> LateFees:
    """Returns what late fees of a contract are payable on a day."""
    return late_fees_by_contract({contract.pk: on}).get(contract.pk, NO_LATE_FEES)


def late_fees_by_contract(days: Mapping[int, date]) -> dict[int, LateFees]:
    """Returns the late fees of contracts by their ids, each payable on its own day.

    A contract without a payable fee is left out. One query where no company has a rule; four more
    otherwise, however many contracts there are. Opening arrears bear no fee.
    """
    rules = _rules_of(days)
    if not rules:
        return {}
    bills = [
        bill
        for bill in Bill.objects.filter(
            contract__in=list(days), kind__in=(BillKind.SEASON, BillKind.SUPPLEMENT)
        )
        .select_related("season")
        .order_by("season__label", "pk")
        if bill.company_id in rules and bill.due_on < days[bill.contract_id]
    ]
    moved = _movements(bills)
    suspended = _suspensions(days)
    waived = _waivers(days)
    fees: dict[int, list[PayableFee]] = defaultdict(list)
    for bill in bills:
        fee = _fee(
            bill,
            rules[bill.company_id],
            moved[bill.pk],
            suspended[bill.contract_id],
            on=days[bill.contract_id],
        )
        # A waiver concerns a season: its bills use it up in order of issue.
        place = bill.contract_id, bill.season_id
        part_fen = min(waived[place], fee.payable_fen)
        waived[place] -= part_fen
        fee = replace(fee, waived_fen=part_fen)
        if fee.payable_fen:
            fees[bill.contract_id].append(fee)
    return {
        contract_id: LateFees(rows, _fees_first(rules[rows[0].bill.company_id], days[contract_id]))
        for contract_id, rows in fees.items()
    }


def owed(contract: SupplyContract, on: date) -> list[OpenBill]:
    """Returns all that a contract owes on a day, bills and late fees, in the order of spending."""
    items = in_order_of_spending(open_bills(contract), late_fees(contract, on))
    return sorted(items, key=lambda item: season_order(item.bill.season.label))


def in_order_of_spending(bills: Sequence[OpenBill], fees: LateFees) -> list[OpenBill]:
    """Returns bills and late fees so that those of a season stand in the order of spending.

    The rule of allocation puts the seasons in order and leaves their inside as it is.
    """
    owed_fees = [OpenBill(fee.bill, fee.payable_fen, is_late_fee=True) for fee in fees.fees]
    return [*owed_fees, *bills] if fees.fees_first else [*bills, *owed_fees]


def paid_late_fees(bill_ids: Iterable[int]) -> dict[int, int]:
    """Returns what late fee was paid of each bill, in fen by its id."""
    rows = Transfer.objects.filter(book=DAY_BOOK, bill__in=list(bill_ids)).order_by()
    income = LedgerAccount.LATE_FEE_INCOME
    sums = rows.values("bill_id").annotate(
        paid=Sum("amount_fen", filter=Q(credit=income), default=0)
        - Sum("amount_fen", filter=Q(debit=income), default=0)
    )
    return {row["bill_id"]: row["paid"] for row in sums if row["paid"]}


def _rules_of(contract_ids: Iterable[int]) -> dict[int, list[LateFeeRule]]:
    """Returns the rules of the contracts' companies, the oldest first."""
    companies = SupplyContract.objects.filter(pk__in=list(contract_ids)).values("company")
    rules: dict[int, list[LateFeeRule]] = defaultdict(list)
    for rule in LateFeeRule.objects.filter(company__in=companies).order_by("effective_from"):
        rules[rule.company_id].append(rule)
    return rules


@dataclass
class _Moved:
    """What the day book moved on a bill: the principal settled by day, and the fee paid in all."""

    settled_fen: dict[date, int]
    fee_paid_fen: int = 0


def _movements(bills: Sequence[Bill]) -> dict[int, _Moved]:
    moved = defaultdict[int, _Moved](lambda: _Moved(defaultdict(int)))
    rows = Transfer.objects.filter(book=DAY_BOOK, bill__in=[bill.pk for bill in bills])
    for bill_id, debit, credit, amount_fen, day in rows.values_list(
        "bill", "debit", "credit", "amount_fen", "business_date"
    ):
        for account, sign in ((credit, 1), (debit, -1)):
            if account == LedgerAccount.RECEIVABLE:
                moved[bill_id].settled_fen[day] += sign * amount_fen
            elif account == LedgerAccount.LATE_FEE_INCOME:
                moved[bill_id].fee_paid_fen += sign * amount_fen
    return moved


def _suspensions(contract_ids: Iterable[int]) -> dict[int, list[Suspension]]:
    """Returns the suspensions of each contract."""
    suspensions: dict[int, list[Suspension]] = defaultdict(list)
    rows = LateFeeSuspension.objects.filter(contract__in=list(contract_ids))
    for contract_id, starts, ends in rows.values_list("contract", "starts", "ends"):
        suspensions[contract_id].append(Suspension(starts, ends))
    return suspensions


def _waivers(contract_ids: Iterable[int]) -> Counter[tuple[int, int]]:
    """Returns what was waived, in fen by contract and season."""
    waived: Counter[tuple[int, int]] = Counter()
    rows = LateFeeWaiver.objects.filter(contract__in=list(contract_ids), waived_fen__gt=0)
    for contract_id, season_id, waived_fen in rows.values_list("contract", "season", "waived_fen"):
        waived[contract_id, season_id] += waived_fen or 0
    return waived


def _fee(
    bill: Bill,
    rules: Sequence[LateFeeRule],
    moved: _Moved,
    suspensions: Sequence[Suspension],
    *,
    on: date,
) -> PayableFee:
    """Reckons one bill: each day bears what was open at its end."""
    open_fen = bill.amount_fen
    steps = [OwedFrom(date.min, open_fen)]
    for day, settled_fen in sorted(moved.settled_fen.items()):
        open_fen -= settled_fen
        steps.append(OwedFrom(day, open_fen))
    terms = LateFeeTerms(
        base=_latest(rules, on).base,
        windows=tuple(RateFrom(rule.effective_from, rule.per_day) for rule in rules),
        cap_fen=bill.amount_fen,
    )
    fee = late_fee(
        bill.amount_fen,
        steps,
        terms,
        due=bill.due_on,
        as_of=on - timedelta(days=1),
        suspensions=suspensions,
    )
    return PayableFee(bill, fee, moved.fee_paid_fen)


def _fees_first(rules: Sequence[LateFeeRule], on: date) -> bool:
    return _latest(rules, on).order == SpendingOrder.LATE_FEE_FIRST


def _latest(rules: Sequence[LateFeeRule], on: date) -> LateFeeRule:
    """Returns the latest rule begun by the day, or the first one before any has begun."""
    begun = [rule for rule in rules if rule.effective_from <= on]
    return (begun or rules[:1])[-1]
