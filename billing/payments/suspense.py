"""The way out of suspense: a person finds out whose the money is, once."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.alarms.operations import resolve_alarm
from billing.chart import LedgerAccount
from billing.ledger.posting import allocate_advance, post_transfer
from billing.models import Alarm, Payment, PaymentIntent, SuspenseAssignment, TransferKind
from billing.payments.receipts import issue_receipt
from billing.states import INTENT, IntentState
from customers.contracts.locking import lock_account
from customers.models import SupplyContract
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.permissions import authorise
from office.refusals import Invalid, NotFound, Refused


@transaction.atomic
def assign_suspense(
    payment: Payment, contract: SupplyContract, *, reason: str, by: Actor, at: datetime
) -> SuspenseAssignment:
    """Move all of a payment in suspense to a contract of its company: it settles the oldest
    debts there, the rest stays as advance, and the payment gets its receipt.

    The alarm that was raised for it is settled with it.
    """
    authorise(by, "billing.assign_suspense", payment.company)
    # In one order, so that two people with the same two accounts wait for each other in turn.
    for account_id in sorted({payment.contract.account_id, contract.account_id}):
        lock_account(account_id)
    held = _lock(payment)
    _check(held, contract, reason)
    assignment = SuspenseAssignment.objects.create(
        company=held.company,
        payment=held,
        contract=contract,
        reason=reason.strip(),
        assigned_by=by.user,
        assigned_at=at,
    )
    today = business_date(at)
    post_transfer(
        TransferKind.ASSIGNMENT,
        debit=LedgerAccount.SUSPENSE,
        credit=LedgerAccount.ADVANCE,
        amount_fen=held.amount_fen,
        company=held.company,
        business_date=today,
        at=at,
        contract=contract,
        payment=held,
    )
    settled = allocate_advance(held, held.amount_fen, contract=contract, business_date=today, at=at)
    issue_receipt(held, settled, contract=contract, by=by, at=at)
    _close_intent(held, contract)
    _settle_alarm(held, contract, reason, by=by, at=at)
    journal.record(
        "assign_suspense",
        held,
        by=by,
        at=at,
        amount_fen=held.amount_fen,
        number=contract.account.number,
        reason=assignment.reason,
        settled_fen=sum(share.paid_fen for _, share in settled),
    )
    return assignment


def _lock(payment: Payment) -> Payment:
    held = (
        Payment.objects.select_for_update(of=("self",))
        .select_related("company", "contract__account", "received_by")
        .filter(pk=payment.pk)
        .first()
    )
    if held is None:
        raise NotFound(_("没有这笔收款。"))
    return held


def _check(payment: Payment, contract: SupplyContract, reason: str) -> None:
    if not payment.in_suspense:
        raise Refused("not_in_suspense", _("这笔收款不在待查款项中，无需转入。"))
    done = SuspenseAssignment.objects.filter(payment=payment).select_related("contract__account")
    if (before := done.first()) is not None:
        raise Refused(
            "already_assigned",
            _("这笔待查款项已转入户号 %(number)s，不能再转；如有错误须另行更正。"),
            number=before.contract.account.number,
        )
    if contract.company_id != payment.company_id:
        raise Refused("other_company", _("待查款项只能转入收款公司自己的户号。"))
    if not reason.strip():
        raise Invalid("reason_missing", _("请写明如何核实这笔款项。"))


def _close_intent(payment: Payment, contract: SupplyContract) -> None:
    """What the payer meant to pay is dealt with: nobody is asked for it again."""
    if payment.intent_id is None:
        return
    intent = PaymentIntent.objects.select_for_update(of=("self",)).get(pk=payment.intent_id)
    if intent.state == IntentState.OPEN:
        own = contract.pk == intent.contract_id
        intent.state = INTENT.next_state(intent.state, "settle" if own else "cancel_intent")
        intent.save(update_fields=["state"])


def _settle_alarm(
    payment: Payment, contract: SupplyContract, reason: str, *, by: Actor, at: datetime
) -> None:
    alarm = Alarm.objects.filter(
        key=f"amount_differs:{payment.transaction_id}", resolved_at__isnull=True
    ).first()
    if alarm is not None:
        said = f"已转入户号 {contract.account.number}：{reason.strip()}"
        resolve_alarm(alarm, decision=said, by=by, at=at)
