"""Payment intents: which bills and which amount a payer wants to pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.ledger.open_bills import OpenBill, open_bills_by_contract
from billing.models import Bill, PaymentIntent, PaymentIntentBill
from billing.states import INTENT
from customers.contracts.locking import lock_accounts
from customers.models import Connection, SupplyContract
from office import journal
from office.actors import Actor
from office.models import JournalEntry
from office.refusals import Invalid, Refused


@dataclass(frozen=True)
class PaymentWish:
    """An intent to be created, by whom and when; the fields are `create_intent`'s arguments."""

    contract: SupplyContract
    bills: Sequence[Bill]
    by: Actor
    at: datetime
    amount_fen: int | None = None
    idempotency_key: str | None = None
    request_digest: str = ""


@transaction.atomic
def create_intent(
    contract: SupplyContract,
    bills: Sequence[Bill],
    *,
    amount_fen: int | None = None,
    idempotency_key: str | None = None,
    request_digest: str = "",
    by: Actor,
    at: datetime,
) -> PaymentIntent:
    """Freezes the bills and the amount to pay in fen, which by default is all that is open on them.

    The bills must be the contract's own, open, and begin with its oldest debt. Without bills the
    amount is paid ahead. No permission: the caller has checked that `by` may pay for this contract.
    Raises `Refused` for other bills, `Invalid` for an amount of zero or less.
    """
    wish = PaymentWish(contract, bills, by, at, amount_fen, idempotency_key, request_digest)
    return create_intents([wish])[0]


@transaction.atomic
def create_intents(wishes: Sequence[PaymentWish]) -> list[PaymentIntent]:
    """A step of `create_intent` and of lists of payments, in a transaction of its own.

    It creates an intent per wish. Each wish is for another contract and names its actor and time.
    The number of SQL statements does not grow with the number of wishes.
    """
    # The lock comes before the reading: a payment at another counter may settle the same bills.
    lock_accounts(wish.contract.account_id for wish in wishes)
    open_bills = open_bills_by_contract(wish.contract.pk for wish in wishes)
    chosen = [_oldest_first(open_bills[wish.contract.pk], wish.bills) for wish in wishes]
    intents = PaymentIntent.objects.bulk_create(
        _intent(wish, items) for wish, items in zip(wishes, chosen, strict=True)
    )
    PaymentIntentBill.objects.bulk_create(
        PaymentIntentBill(intent=intent, bill=item.bill, open_fen=item.open_fen)
        for intent, items in zip(intents, chosen, strict=True)
        for item in items
    )
    JournalEntry.objects.bulk_create(
        journal.entry(
            "create_intent",
            intent,
            by=wish.by,
            at=wish.at,
            amount_fen=intent.amount_fen,
            contract=wish.contract.number,
        )
        for intent, wish in zip(intents, wishes, strict=True)
    )
    return intents


@transaction.atomic
def create_connection_intent(
    connection: Connection,
    amount_fen: int,
    *,
    idempotency_key: str,
    request_digest: str,
    by: Actor,
    at: datetime,
) -> PaymentIntent:
    """Freezes the amount in fen that is to be paid for a grid connection, which has no bills.

    No permission: the caller has checked that `by` may take money for this connection, and has
    locked it. Raises `Invalid` for an amount of zero or less.
    """
    if amount_fen <= 0:
        raise Invalid("amount_not_positive", _("缴费金额必须大于零。"))
    intent = PaymentIntent.objects.create(
        company=connection.company,
        connection=connection,
        amount_fen=amount_fen,
        created_at=at,
        created_by=by.label,
        idempotency_key=idempotency_key,
        request_digest=request_digest,
    )
    journal.record(
        "create_intent", intent, by=by, at=at, amount_fen=amount_fen, contract=connection.number
    )
    return intent


def _intent(wish: PaymentWish, items: list[OpenBill]) -> PaymentIntent:
    """Returns the unsaved intent over these open bills."""
    total = sum(item.open_fen for item in items)
    amount = total if wish.amount_fen is None else wish.amount_fen
    if amount <= 0:
        raise Invalid("amount_not_positive", _("缴费金额必须大于零。"))
    return PaymentIntent(
        company=wish.contract.company,
        contract=wish.contract,
        amount_fen=amount,
        created_at=wish.at,
        created_by=wish.by.label,
        idempotency_key=wish.idempotency_key,
        request_digest=wish.request_digest,
    )


@transaction.atomic
def cancel_intent(intent: PaymentIntent, *, by: Actor, at: datetime) -> PaymentIntent:
    """Cancels an open intent; money that still arrives for it is booked all the same.

    No permission: the caller has found the intent among those that the payer may see.
    """
    locked_intent = PaymentIntent.objects.select_for_update(of=("self",)).get(pk=intent.pk)
    locked_intent.state = INTENT.next_state(locked_intent.state, "cancel_intent")
    locked_intent.save(update_fields=["state"])
    journal.record("cancel_intent", locked_intent, by=by, at=at)
    return locked_intent


@transaction.atomic
def keep_first_answer(intent: PaymentIntent, answer: dict[str, Any]) -> dict[str, Any]:
    """A step of `pay_online`, in a transaction of its own: stores the API's first answer.

    Returns the stored answer. An answer that was stored earlier stays, so that every repetition of
    the request gets the same one.
    """
    # Two equal requests may be answered at the same moment: one answer is stored, both return it.
    locked_intent = PaymentIntent.objects.select_for_update(of=("self",)).get(pk=intent.pk)
    if locked_intent.first_answer is None:
        locked_intent.first_answer = answer
        locked_intent.save(update_fields=["first_answer"])
        # Read back, because jsonb normalises what it stores: the first answer and its repetitions
        # must be equal byte by byte.
        locked_intent.refresh_from_db(fields=["first_answer"])
    return dict(locked_intent.first_answer)


def _oldest_first(open_bills: list[OpenBill], bills: Sequence[Bill]) -> list[OpenBill]:
    """Returns the chosen bills in the order of payment; refuses when an older debt is left out."""
    chosen_ids = {bill.pk for bill in bills}
    if not chosen_ids <= {item.bill.pk for item in open_bills}:
        raise Refused("bill_not_open", _("所选账单已缴清或有变动，请刷新后再缴。"))
    chosen = open_bills[: len(chosen_ids)]
    if {item.bill.pk for item in chosen} != chosen_ids:
        oldest = open_bills[0].bill.season.label
        raise Refused(
            "older_debt_first", _("请先缴清较早的欠费（%(oldest)s 采暖季）。"), oldest=oldest
        )
    return chosen
