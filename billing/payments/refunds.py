"""Refunds that a provider reports: their money is blocked at once, and a person is alarmed.

Nothing here pays money back; see `docs/decisions/refunded-money-is-blocked.md`.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from billing.alarms.operations import raise_alarm
from billing.change_states import RESERVED_REFUNDS
from billing.chart import LedgerAccount
from billing.ledger.balances import contract_balance
from billing.ledger.late_fees import paid_late_fees
from billing.ledger.posting import post_transfer
from billing.models import (
    Alarm,
    Attempt,
    Bill,
    BillSettlement,
    Payment,
    Receipt,
    ReportedRefund,
    SourceType,
    SuspenseAssignment,
    Transfer,
    TransferKind,
)
from customers.contracts.locking import lock_accounts
from customers.models import SupplyContract
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.money import yuan_text
from office.refusals import Refused


@dataclass(frozen=True)
class RefundReport:
    """A provider's report that an order of ours was refunded, wholly or in part.

    Without a refund id only the order is known to be refunded, and `amount_fen` is None.
    """

    provider: str
    transaction_id: str
    status: str
    refund_id: str = ""
    amount_fen: int | None = None


@dataclass(frozen=True)
class Blocked:
    """The amount in fen that a refund blocked, and the part of it that reopened bills."""

    total_fen: int = 0
    reopened_fen: int = 0
    reopened_bills: tuple[str, ...] = ()


@transaction.atomic
def block_refund(
    attempt: Attempt, report: RefundReport, *, by: Actor, at: datetime
) -> ReportedRefund | None:
    """Blocks the money of a refund, once, and raises its alarm; None when it was known before.

    The money leaves the advance as far as there is one, then the bills that it had settled, which
    are open again. Money in suspense stays there. A refund may be reported before its payment: the
    payment then goes to suspense when it comes. No permission: the provider proves its report by
    signature, and it is booked in the system's name.
    """
    lock_money_of(attempt, report.provider, report.transaction_id)
    earlier = list(reported_refunds(report.provider, report.transaction_id))
    number = report.refund_id or f"order:{attempt.number}"
    if any(refund.number == number for refund in earlier) or (earlier and not report.refund_id):
        return None
    refund = ReportedRefund.objects.create(
        company=attempt.intent.company,
        attempt=attempt,
        provider=report.provider,
        transaction_id=report.transaction_id,
        number=number,
        amount_fen=report.amount_fen,
        status=report.status,
        reported_at=at,
    )
    payment = Payment.objects.filter(
        provider=report.provider, transaction_id=report.transaction_id
    ).first()
    blocked = block_money(payment, [*earlier, refund], at) if payment else Blocked()
    # The order was known to be refunded before the refund's own number came: one refund, one alarm.
    if not (len(earlier) == 1 and earlier[0].amount_fen is None):
        _raise_alarm(refund, payment, blocked, at)
    journal.record(
        "block_refund",
        payment or attempt,
        by=by,
        at=at,
        company=refund.company,
        refund=number,
        amount_fen=refund.amount_fen,
        blocked_fen=blocked.total_fen,
        reopened_bills=list(blocked.reopened_bills),
    )
    return refund


def lock_money_of(attempt: Attempt, provider: str, transaction_id: str) -> None:
    """A step of operations on a provider's report: locks the accounts that its money may be in.

    These are the account of the order and, when the money was in suspense, the one that it was
    assigned to. Raises `Refused` when somebody assigned it meanwhile; the report is tried again.
    """
    assignments = SuspenseAssignment.objects.filter(
        payment__provider=provider, payment__transaction_id=transaction_id
    ).values_list("contract__account_id", flat=True)
    own_account = attempt.intent.heat_contract.account_id
    wanted = {own_account, *assignments}
    lock_accounts(wanted)
    # An assignment needs the lock of the order's account: none can be added from here on.
    if not set(assignments.all()) <= wanted:
        raise Refused("assigned_meanwhile", _("这笔款项刚刚转入另一户号，请稍后重试。"))


def reported_refunds(provider: str, transaction_id: str) -> QuerySet[ReportedRefund]:
    """Returns the refunds that were reported for a transaction, the oldest first."""
    refunds = ReportedRefund.objects.filter(provider=provider, transaction_id=transaction_id)
    return refunds.order_by("pk")


def refunded(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    """Returns those of the payments for which a refund was reported."""
    return payments.filter(Exists(_REFUNDS_OF_ROW))


def not_refunded(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    """Returns those of the payments for which no refund was reported."""
    return payments.exclude(Exists(_REFUNDS_OF_ROW))


_REFUNDS_OF_ROW = ReportedRefund.objects.filter(
    provider=OuterRef("provider"), transaction_id=OuterRef("transaction_id")
)


def block_money(payment: Payment, refunds: list[ReportedRefund], at: datetime) -> Blocked:
    """A step of operations that hear of a refund, or end one of ours: posts what is still to block
    of the payment, in the name of the last of the refunds; the caller holds the account's lock.

    What our own refunds have reserved or paid back is out of the advance already.
    """
    if payment.waits_in_suspense:
        return Blocked()
    contract = payment.assignment.heat_contract if payment.in_suspense else payment.heat_contract
    refund = refunds[-1]
    refunded_fen = sum(
        payment.amount_fen if item.amount_fen is None else item.amount_fen for item in refunds
    )
    own_refunds = payment.refunds_to_source.filter(state__in=RESERVED_REFUNDS)
    left_fen = payment.amount_fen - sum(own_refunds.values_list("amount_fen", flat=True))
    # What was blocked before one of ours was approved stays blocked.
    wanted_fen = max(0, min(left_fen, refunded_fen) - _blocked_before(refunds))
    advance_fen = min(wanted_fen, contract_balance(contract).advance_fen)
    reopened = _bills_to_reopen(payment, contract, wanted_fen - advance_fen)
    sides: list[tuple[LedgerAccount, int, Bill | None]] = [
        (LedgerAccount.ADVANCE, advance_fen, None),
        *reopened,
    ]
    for debit, amount_fen, bill in sides:
        if amount_fen:
            post_transfer(
                TransferKind.REFUND,
                debit=debit,
                credit=LedgerAccount.REFUND_BLOCKED,
                amount_fen=amount_fen,
                source=refund,
                company=payment.company,
                business_date=business_date(at),
                at=at,
                contract=contract,
                bill=bill,
            )
    return Blocked(
        wanted_fen,
        wanted_fen - advance_fen,
        tuple(dict.fromkeys(bill.number for _, _, bill in reopened)),
    )


def _blocked_before(refunds: list[ReportedRefund]) -> int:
    """Returns what postings of these refunds have blocked already, in fen."""
    postings = Transfer.objects.filter(
        source_type=SourceType.REFUND, source_id__in=[refund.pk for refund in refunds]
    )
    return int(postings.aggregate(total=Sum("amount_fen", default=0))["total"])


def _bills_to_reopen(
    payment: Payment, contract: SupplyContract, amount_fen: int
) -> list[tuple[LedgerAccount, int, Bill]]:
    """Returns the bills that lose `amount_fen` together, with the part of each and its account.

    First those that the payment itself settled, then others of the contract: a billing run settles
    from the whole advance and names no payment. The newest season comes first. Late fees that were
    paid come last. Raises RuntimeError when all of it does not suffice, which would mean that the
    books do not add up.
    """
    if not amount_fen:
        return []
    bills = sorted(
        Bill.objects.filter(contract=contract).select_related("season"),
        key=lambda bill: (bill.season.label, bill.pk),
        reverse=True,
    )
    settlements = BillSettlement.objects.filter(bill_id__in=[bill.pk for bill in bills])
    settled = dict(settlements.values_list("bill_id", "settled_fen"))
    reopened: Counter[int] = Counter()
    left_fen = amount_fen
    for limits in (_settled_by(payment), settled):
        for bill in bills:
            possible_fen = settled.get(bill.pk, 0) - reopened[bill.pk]
            part_fen = max(0, min(left_fen, possible_fen, limits.get(bill.pk, 0)))
            reopened[bill.pk] += part_fen
            left_fen -= part_fen
    parts = [
        (LedgerAccount.RECEIVABLE, reopened[bill.pk], bill) for bill in bills if reopened[bill.pk]
    ]
    fees = paid_late_fees([bill.pk for bill in bills]) if left_fen else {}
    for bill in bills:
        part_fen = min(left_fen, fees.get(bill.pk, 0))
        left_fen -= part_fen
        if part_fen:
            parts.append((LedgerAccount.LATE_FEE_INCOME, part_fen, bill))
    if left_fen:
        raise RuntimeError(f"contract {contract.pk}: {left_fen} fen of a refund are in no bill")
    return parts


def _settled_by(payment: Payment) -> dict[int, int]:
    """Returns what the payment itself settled, in fen under the id of each bill."""
    source = Q(source_type=SourceType.PAYMENT, source_id=payment.pk)
    if payment.in_suspense:
        source = Q(source_type=SourceType.ASSIGNMENT, source_id=payment.assignment.pk)
    rows = Transfer.objects.filter(source, kind=TransferKind.ALLOCATION).order_by()
    sums = rows.values("bill_id").annotate(total=Sum("amount_fen"))
    return {row["bill_id"]: row["total"] for row in sums}


def _raise_alarm(
    refund: ReportedRefund, payment: Payment | None, blocked: Blocked, at: datetime
) -> Alarm:
    """Raises the alarm of the refund, with its account, payment and receipt."""
    contract = refund.attempt.intent.heat_contract
    receipt = Receipt.objects.filter(payment=payment).first() if payment else None
    if payment is not None and payment.in_suspense and not payment.waits_in_suspense:
        contract = payment.assignment.heat_contract
    return raise_alarm(
        "refund_notification",
        key=refund.number,
        sentence=_sentence(refund, payment, receipt, contract, blocked),
        at=at,
        company=refund.company,
        attempt=refund.attempt.number,
        account=contract.account.number,
        payment=payment.transaction_id if payment else refund.transaction_id,
        receipt=receipt.number if receipt else "",
        refund=refund.number,
        refund_fen=refund.amount_fen,
        blocked_fen=blocked.total_fen,
        reopened="、".join(blocked.reopened_bills),
    )


def _sentence(
    refund: ReportedRefund,
    payment: Payment | None,
    receipt: Receipt | None,
    contract: SupplyContract,
    blocked: Blocked,
) -> str:
    """Returns the sentence of the alarm: whose money, how much, and where it is now."""
    amount = "" if refund.amount_fen is None else f" {yuan_text(refund.amount_fen)} 元"
    start = f"户号 {contract.account.number}：渠道已退款{amount}"
    if payment is None:
        return f"{start}，款项尚未入账，入账时将列为待查；请到商户平台核实。"
    paid = f"收款 {yuan_text(payment.amount_fen)} 元"
    if receipt is None:
        return f"{start}，{paid}留在待查款项，不能转入户号；请到商户平台核实。"
    reopened = f"，其中 {yuan_text(blocked.reopened_fen)} 元恢复为欠费"
    return (
        f"{start}，{paid}（收据 {receipt.number}），已冻结 {yuan_text(blocked.total_fen)} 元"
        f"{reopened if blocked.reopened_fen else ''}；请到商户平台核实，并收回收据。"
    )
