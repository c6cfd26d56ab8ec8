"""The one road to "paid": whatever brought the money, it is booked here and nowhere else."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from billing.chart import LedgerAccount
from billing.ledger.posting import allocate_advance, post_transfer
from billing.models import Attempt, Method, Payment, PaymentIntent, Shift, TransferKind
from billing.payments.receipts import issue_receipt
from billing.states import ATTEMPT, INTENT, IntentState
from customers.contracts.locking import lock_account
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.models import Company

MONEY_ACCOUNT: dict[str, LedgerAccount] = {
    Method.CASH: LedgerAccount.CASH,
    Method.CARD: LedgerAccount.CARD,
    Method.WECHAT_NATIVE: LedgerAccount.WECHAT,
    Method.WECHAT_JSAPI: LedgerAccount.WECHAT,
    Method.TRANSFER: LedgerAccount.BANK,
}


@dataclass(frozen=True)
class MoneyFact:
    """Money that is known to have arrived. (provider, transaction_id) names it once for ever."""

    provider: str
    transaction_id: str
    method: Method
    amount_fen: int
    paid_at: datetime
    reference: str = ""


@transaction.atomic
def receive_payment(
    intent: PaymentIntent,
    fact: MoneyFact,
    *,
    attempt: Attempt | None = None,
    shift: Shift | None = None,
    to_suspense: bool = False,
    by: Actor,
    at: datetime,
) -> Payment:
    """Book the money once, settle the oldest debts with it, and give a receipt.

    Repeats of the same transaction answer with the first booking. Money `to_suspense` is
    booked but settles nothing until a person has looked at it.
    """
    lock_account(intent.contract.account_id)
    if (known := _find_booked(fact)) is not None:
        return known
    payment = _book(intent, fact, attempt, shift, to_suspense, by)
    _post(payment, intent.company, at)
    if not to_suspense:
        settled = allocate_advance(
            payment, payment.amount_fen, business_date=payment.business_date, at=at
        )
        issue_receipt(payment, settled, by=by, at=at)
        _settle(intent)
    if attempt is not None:
        _mark_paid(attempt)
    journal.record(
        "receive_payment",
        payment,
        by=by,
        at=at,
        amount_fen=payment.amount_fen,
        method=payment.method,
        transaction_id=payment.transaction_id,
        in_suspense=to_suspense,
    )
    return payment


def _find_booked(fact: MoneyFact) -> Payment | None:
    return Payment.objects.filter(
        provider=fact.provider, transaction_id=fact.transaction_id
    ).first()


def _book(
    intent: PaymentIntent,
    fact: MoneyFact,
    attempt: Attempt | None,
    shift: Shift | None,
    to_suspense: bool,
    by: Actor,
) -> Payment:
    return Payment.objects.create(
        company=intent.company,
        contract=intent.contract,
        intent=intent,
        attempt=attempt,
        shift=shift,
        method=fact.method,
        amount_fen=fact.amount_fen,
        provider=fact.provider,
        transaction_id=fact.transaction_id,
        reference=fact.reference,
        in_suspense=to_suspense,
        paid_at=fact.paid_at,
        business_date=business_date(fact.paid_at),
        received_by=by.user,
    )


def _post(payment: Payment, company: Company, at: datetime) -> None:
    into = LedgerAccount.SUSPENSE if payment.in_suspense else LedgerAccount.ADVANCE
    post_transfer(
        TransferKind.PAYMENT,
        debit=MONEY_ACCOUNT[payment.method],
        credit=into,
        amount_fen=payment.amount_fen,
        company=company,
        business_date=payment.business_date,
        at=at,
        contract=payment.contract,
        payment=payment,
    )


def _settle(intent: PaymentIntent) -> None:
    held = PaymentIntent.objects.select_for_update().get(pk=intent.pk)
    if held.state != IntentState.PAID:
        held.state = INTENT.next_state(held.state, "settle")
        held.save(update_fields=["state"])


def _mark_paid(attempt: Attempt) -> None:
    held = Attempt.objects.select_for_update().get(pk=attempt.pk)
    held.state = ATTEMPT.next_state(held.state, "pay")
    held.next_query_at = None
    held.save(update_fields=["state", "next_query_at"])
