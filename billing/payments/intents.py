"""What a payer means to pay."""

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
from customers.models import SupplyContract
from office import journal
from office.actors import Actor
from office.models import JournalEntry
from office.refusals import Invalid, Refused


@dataclass(frozen=True)
class PaymentWish:
    """What one payer means to pay, who says so and when; the fields are `create_intent`'s."""

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
    """Freeze what shall be paid; without an amount it is all that is open on the bills.

    The bills must be the contract's own, open, and begin with its oldest debt. Without bills
    the amount is paid ahead. The caller has made sure that `by` may pay for this contract.
    """
    wish = PaymentWish(contract, bills, by, at, amount_fen, idempotency_key, request_digest)
    return create_intents([wish])[0]


@transaction.atomic
def create_intents(wishes: Sequence[PaymentWish]) -> list[PaymentIntent]:
    """A step of `create_intent` and of lists of payments, in a transaction of its own: freezes
    each.

    The wishes are each of another contract; many take as many statements as one. Each wish names
    who made it and when.
    """
    lock_accounts(wish.contract.account_id for wish in wishes)
    waiting = open_bills_by_contract(wish.contract.pk for wish in wishes)
    chosen = [_oldest_first(waiting[wish.contract.pk], wish.bills) for wish in wishes]
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


def _intent(wish: PaymentWish, items: list[OpenBill]) -> PaymentIntent:
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
    """The payer thought better of it; money that still arrives is booked all the same."""
    held = PaymentIntent.objects.select_for_update(of=("self",)).get(pk=intent.pk)
    held.state = INTENT.next_state(held.state, "cancel_intent")
    held.save(update_fields=["state"])
    journal.record("cancel_intent", held, by=by, at=at)
    return held


@transaction.atomic
def keep_first_answer(intent: PaymentIntent, answer: dict[str, Any]) -> dict[str, Any]:
    """Keep what the API answers under the intent's key; one kept before is the one to give."""
    held = PaymentIntent.objects.select_for_update(of=("self",)).get(pk=intent.pk)
    if held.first_answer is None:
        held.first_answer = answer
        held.save(update_fields=["first_answer"])
        # As the database gives it back: the first answer and its repeats are the same letters.
        held.refresh_from_db(fields=["first_answer"])
    return dict(held.first_answer)


def _oldest_first(waiting: list[OpenBill], bills: Sequence[Bill]) -> list[OpenBill]:
    """The chosen bills in paying order, refused unless no older debt is left out."""
    wanted = {bill.pk for bill in bills}
    if not wanted <= {item.bill.pk for item in waiting}:
        raise Refused("bill_not_open", _("所选账单已缴清或有变动，请刷新后再缴。"))
    chosen = waiting[: len(wanted)]
    if {item.bill.pk for item in chosen} != wanted:
        oldest = waiting[0].bill.season.label
        raise Refused(
            "older_debt_first", _("请先缴清较早的欠费（%(oldest)s 采暖季）。"), oldest=oldest
        )
    return chosen
