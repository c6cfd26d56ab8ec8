"""The only place that books incoming money, whatever brought it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, Sum

from billing.chart import LedgerAccount
from billing.ledger.connection_money import settle_connection
from billing.ledger.posting import Advance, allocate_advances, transfer
from billing.models import (
    Attempt,
    CompanyBankAccount,
    GroupPayment,
    Method,
    Payment,
    PaymentIntent,
    Shift,
    Transfer,
    TransferKind,
)
from billing.payments.receipts import Settlement, issue_connection_receipt, issue_receipts
from billing.states import ATTEMPT, INTENT, IntentState
from customers.connection.steps import lock_connection
from customers.contracts.locking import lock_accounts
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.models import JournalEntry

MONEY_ACCOUNT: dict[str, LedgerAccount] = {
    Method.CASH: LedgerAccount.CASH,
    Method.CARD: LedgerAccount.CARD,
    Method.WECHAT_NATIVE: LedgerAccount.WECHAT,
    Method.WECHAT_JSAPI: LedgerAccount.WECHAT,
    Method.TRANSFER: LedgerAccount.BANK,
}


@dataclass(frozen=True)
class MoneyFact:
    """Money that has certainly arrived; (provider, transaction_id) identifies it for ever."""

    provider: str
    transaction_id: str
    method: Method
    amount_fen: int
    paid_at: datetime
    reference: str = ""
    bank_account: CompanyBankAccount | None = None
    group: GroupPayment | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.provider, self.transaction_id


@dataclass(frozen=True)
class Arrival:
    """Money to book, for which intent, by whom and when; the fields are `receive_payment`'s."""

    intent: PaymentIntent
    fact: MoneyFact
    by: Actor
    at: datetime
    attempt: Attempt | None = None
    shift: Shift | None = None
    to_suspense: bool = False


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
    """Books the money once, settles the oldest debts with it and issues a receipt.

    The same transaction sent again returns the first booking. Money with `to_suspense` is booked
    but settles nothing until a person assigns it (`assign_suspense`). No permission: the caller has
    checked who may take cash, and a provider proves its own money by signature.
    """
    return receive_payments([Arrival(intent, fact, by, at, attempt, shift, to_suspense)])[0]


@transaction.atomic
def receive_payments(arrivals: Sequence[Arrival]) -> list[Payment]:
    """A step of `receive_payment` and of lists of payments, in a transaction of its own.

    It books each arrival. Each is for another contract and names its actor and time. The number of
    SQL statements does not grow with the number of arrivals for accounts; what `receive_payment`
    promises holds for each.
    """
    # Callback, query and sweep may bring the same money at once. Under the account's lock the
    # second finds the first booking; the unique key in the database would only refuse it.
    _lock_payers(arrivals)
    booked = _find_booked(arrivals)
    new = [arrival for arrival in arrivals if arrival.fact.key not in booked]
    payments = Payment.objects.bulk_create(_payment(arrival) for arrival in new)
    pairs = list(zip(new, payments, strict=True))
    Transfer.objects.bulk_create(_transfer(payment, arrival.at) for arrival, payment in pairs)
    _settle([(arrival, payment) for arrival, payment in pairs if not arrival.to_suspense])
    _mark_paid([arrival.attempt for arrival in new if arrival.attempt is not None])
    JournalEntry.objects.bulk_create(_journal_entry(*pair) for pair in pairs)
    booked |= {arrival.fact.key: payment for arrival, payment in pairs}
    return [booked[arrival.fact.key] for arrival in arrivals]


def _find_booked(arrivals: Sequence[Arrival]) -> dict[tuple[str, str], Payment]:
    """Returns the payments that earlier calls booked for the same money, under their keys."""
    keys = {arrival.fact.key for arrival in arrivals}
    # The two IN lists may pair one provider with another's transaction id; the keys below sort
    # that out, and the query can still use the index of the unique constraint.
    payments = Payment.objects.filter(
        provider__in={provider for provider, _ in keys},
        transaction_id__in={transaction_id for _, transaction_id in keys},
    )
    booked = {(payment.provider, payment.transaction_id): payment for payment in payments}
    return {key: booked[key] for key in keys & booked.keys()}


def _payment(arrival: Arrival) -> Payment:
    """Returns the unsaved payment of an arrival."""
    fact, intent = arrival.fact, arrival.intent
    return Payment(
        company=intent.company,
        contract=intent.contract,
        connection=intent.connection,
        intent=intent,
        attempt=arrival.attempt,
        shift=arrival.shift,
        method=fact.method,
        amount_fen=fact.amount_fen,
        provider=fact.provider,
        transaction_id=fact.transaction_id,
        reference=fact.reference,
        bank_account=fact.bank_account,
        group=fact.group,
        in_suspense=arrival.to_suspense,
        paid_at=fact.paid_at,
        business_date=business_date(fact.paid_at),
        received_by=arrival.by.user,
    )


def _lock_payers(arrivals: Sequence[Arrival]) -> None:
    """Locks the accounts, then the connections, each in the order of their keys."""
    intents = [arrival.intent for arrival in arrivals]
    lock_accounts(
        intent.heat_contract.account_id for intent in intents if intent.connection_id is None
    )
    connections = {intent.connection for intent in intents if intent.connection is not None}
    for connection in sorted(connections, key=lambda row: row.pk):
        lock_connection(connection)


def _transfer(payment: Payment, at: datetime) -> Transfer:
    """Returns the unsaved ledger entry: debits the money account, credits advance or suspense."""
    is_fee = payment.connection_id is not None
    advance = LedgerAccount.CONNECTION_ADVANCE if is_fee else LedgerAccount.ADVANCE
    return transfer(
        TransferKind.PAYMENT,
        debit=MONEY_ACCOUNT[payment.method],
        credit=LedgerAccount.SUSPENSE if payment.in_suspense else advance,
        amount_fen=payment.amount_fen,
        company=payment.company,
        business_date=payment.business_date,
        at=at,
        contract=payment.contract,
        connection=payment.connection,
        source=payment,
    )


def _journal_entry(arrival: Arrival, payment: Payment) -> JournalEntry:
    return journal.entry(
        "receive_payment",
        payment,
        by=arrival.by,
        at=arrival.at,
        amount_fen=payment.amount_fen,
        method=payment.method,
        transaction_id=payment.transaction_id,
        in_suspense=payment.in_suspense,
    )


def _settle(pairs: list[tuple[Arrival, Payment]]) -> None:
    """Settles the oldest debts of each contract and issues the receipts.

    An intent whose money is there is closed as paid; one that got less stays as it is.
    """
    _settle_accounts([pair for pair in pairs if pair[1].connection_id is None])
    for arrival, payment in pairs:
        if payment.connection is not None:
            # Locked above; read again, because the intent may have been made before that.
            locked_connection = lock_connection(payment.connection)
            settle_connection(locked_connection, payment, at=arrival.at)
            issue_connection_receipt(payment, locked_connection, by=arrival.by, at=arrival.at)
    close_paid_intents([arrival.intent.pk for arrival, _ in pairs])


def _settle_accounts(pairs: list[tuple[Arrival, Payment]]) -> None:
    """Settles the bills of each account and issues the receipts."""
    allocated = allocate_advances(
        [
            Advance(
                payment,
                payment.amount_fen,
                payment.heat_contract,
                payment.business_date,
                arrival.at,
            )
            for arrival, payment in pairs
        ]
    )
    issue_receipts(
        [
            Settlement(payment, items, payment.heat_contract, arrival.by, arrival.at)
            for (arrival, payment), items in zip(pairs, allocated, strict=True)
        ]
    )


def close_paid_intents(intent_ids: Sequence[int]) -> None:
    """A step of operations that book money: moves the intents whose money is there to paid.

    Counted are payments that stand on the intent's own contract, not those in suspense.
    """
    # Ordered by key: two lists of payments then lock their intents in the same order.
    locked_intents = list(
        PaymentIntent.objects.select_for_update(of=("self",))
        .filter(pk__in=intent_ids)
        .exclude(state=IntentState.PAID)
        .order_by("pk")
    )
    arrived = (
        Payment.objects.filter(intent__in=locked_intents)
        .filter(
            Q(in_suspense=False)
            | Q(assignment__contract=F("intent__contract"))
            | Q(assignment__connection=F("intent__connection"))
        )
        .order_by()
        .values_list("intent")
        .annotate(total=Sum("amount_fen"))
    )
    arrived_fen = dict(arrived)
    paid = [
        intent for intent in locked_intents if arrived_fen.get(intent.pk, 0) >= intent.amount_fen
    ]
    for intent in paid:
        intent.state = INTENT.next_state(intent.state, "settle")
    PaymentIntent.objects.bulk_update(paid, ["state"])


def _mark_paid(attempts: list[Attempt]) -> None:
    """Moves the WeChat orders to paid and stops asking WeChat Pay about them."""
    locked_attempts = list(
        Attempt.objects.select_for_update(of=("self",))
        .filter(pk__in=[attempt.pk for attempt in attempts])
        .order_by("pk")
    )
    for attempt in locked_attempts:
        attempt.state = ATTEMPT.next_state(attempt.state, "pay")
        attempt.next_query_at = None
    Attempt.objects.bulk_update(locked_attempts, ["state", "next_query_at"])
