"""Amounts above the limit: the cashier asks, a supervisor approves, the cashier takes the money.

Nothing is booked before the cashier takes the money with the approval.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.counter.limits import counter_limit
from billing.ledger.open_bills import open_bills
from billing.models import LargePayment, Method, Payment
from billing.payments.receive import MoneyFact
from billing.states import LARGE_PAYMENT, LargePaymentState
from customers.contracts.locking import lock_account
from customers.models import SupplyContract
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.money import yuan_text
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused


@transaction.atomic
def ask_large_payment(
    contract: SupplyContract, *, method: Method, amount_fen: int, by: Actor, at: datetime
) -> LargePayment:
    """Asks a supervisor's approval of an amount above the limit; asked again, returns the first.

    Raises `Refused` for an amount within the limit, which needs nobody, and for an order at WeChat
    Pay, which proves its own money.
    """
    authorise(by, "billing.ask_large_payment", contract.company)
    if by.user is None:
        raise NotAllowed()
    if method == Method.WECHAT_NATIVE:
        raise Refused("not_at_the_till", _("微信收款不需要核准，请顾客扫码付款。"))
    limit_fen = counter_limit(contract.company, business_date(at))
    if amount_fen <= limit_fen:
        raise Refused(
            "within_limit",
            _("收款金额没有超过限额 %(limit)s 元，不需要核准，请直接收款。"),
            limit=yuan_text(limit_fen),
        )
    # The button may be pressed twice at once: under the account's lock the second finds the first.
    lock_account(contract.account_id)
    waiting = LargePayment.objects.filter(
        contract=contract,
        method=method,
        amount_fen=amount_fen,
        asked_by=by.user,
        state=LargePaymentState.WAITING,
    ).first()
    if waiting is not None:
        return waiting
    large_payment = LargePayment.objects.create(
        company=contract.company,
        contract=contract,
        method=method,
        amount_fen=amount_fen,
        open_fen=sum(item.open_fen for item in open_bills(contract)),
        asked_by=by.user,
        asked_at=at,
    )
    journal.record(
        "ask_large_payment",
        large_payment,
        by=by,
        at=at,
        amount_fen=amount_fen,
        method=method,
        contract=contract.number,
    )
    return large_payment


@transaction.atomic
def approve_large_payment(
    large_payment: LargePayment, *, remark: str = "", by: Actor, at: datetime
) -> LargePayment:
    """Lets the cashier take the amount today; refuses the cashier who asked."""
    return _decide(large_payment, "approve_large_payment", remark, by=by, at=at)


@transaction.atomic
def decline_large_payment(
    large_payment: LargePayment, *, remark: str, by: Actor, at: datetime
) -> LargePayment:
    """Declines the amount with a reason; an approval that is not used yet is taken back so."""
    if not remark.strip():
        raise Invalid("reason_missing", _("请写明不予核准的原因。"))
    return _decide(large_payment, "decline_large_payment", remark, by=by, at=at)


def _decide(
    large_payment: LargePayment, verb: str, remark: str, *, by: Actor, at: datetime
) -> LargePayment:
    authorise(by, f"billing.{verb}", large_payment.company)
    # Two supervisors, or a supervisor and the till: the second must see the first decision.
    locked = LargePayment.objects.select_for_update(of=("self",)).get(pk=large_payment.pk)
    if by.user is None or by.user.pk == locked.asked_by_id:
        raise NotAllowed(_("大额收款须由另一人核准。"))
    locked.state = LARGE_PAYMENT.next_state(locked.state, verb)
    locked.decided_by, locked.decided_at, locked.remark = by.user, at, remark.strip()
    locked.save()
    journal.record(verb, locked, by=by, at=at, amount_fen=locked.amount_fen, remark=locked.remark)
    return locked


def approval_for(
    contract: SupplyContract, fact: MoneyFact, *, by: Actor, at: datetime
) -> LargePayment | None:
    """A step of taking money: locks and returns the approval that the amount needs.

    Returns None for an amount within the limit; raises `Refused` where the approval is missing.
    """
    today = business_date(at)
    limit_fen = counter_limit(contract.company, today)
    if fact.amount_fen <= limit_fen:
        return None
    # Locked: the supervisor may take the approval back at this moment, and it is good for once.
    approved = (
        LargePayment.objects.select_for_update(of=("self",))
        .filter(
            contract=contract,
            method=fact.method,
            amount_fen=fact.amount_fen,
            asked_by=by.user,
            state=LargePaymentState.APPROVED,
        )
        .order_by("-decided_at")
        .first()
    )
    if approved is None or _day_of_decision(approved) != today:
        raise Refused(
            "above_limit",
            _(
                "收款金额超过限额 %(limit)s 元，请核对；确需收取的，请提请主管核准，"
                "核准后当日收款。"
            ),
            limit=yuan_text(limit_fen),
        )
    return approved


def _day_of_decision(large_payment: LargePayment) -> date | None:
    return business_date(large_payment.decided_at) if large_payment.decided_at else None


def use_approval(approval: LargePayment, payment: Payment) -> None:
    """A step of taking money: names the payment for which the approval was good."""
    approval.state = LARGE_PAYMENT.next_state(approval.state, "use")
    approval.payment = payment
    approval.save(update_fields=["state", "payment"])


def asked_today(contract: SupplyContract, *, by: Actor, at: datetime) -> list[LargePayment]:
    """Returns what the person asked for this contract and may still act on, the latest first.

    Decisions of earlier days are left out: an approval is good for its day.
    """
    rows = LargePayment.objects.filter(contract=contract, asked_by=by.user).exclude(
        state=LargePaymentState.USED
    )
    today = business_date(at)
    return [
        row
        for row in rows.select_related("decided_by")[:10]
        if row.decided_at is None or _day_of_decision(row) == today
    ]
