"""A refund to source: drafted → approved by others, which blocks its money → sent to WeChat Pay."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from billing.change_states import REFUND_TO_SOURCE, RefundToSourceState
from billing.chart import LedgerAccount
from billing.ledger.balances import contract_balance
from billing.ledger.posting import post_transfer
from billing.models import Payment, RefundToSource, TransferKind
from billing.payments.clashes import refuse_clash
from billing.payments.refunds import reported_refunds
from billing.refunds.form_keys import drafted_before
from billing.refunds.kind import REFUND_TO_SOURCE_APPROVAL
from billing.refunds.waiting import to_be_paid_fen, waiting_fen
from billing.wechat.merchants import WECHATPAY
from billing.wechat.own_refunds import block_reported, lock_refund, release_money
from customers.contracts.locking import lock_account
from office import journal
from office.actors import Actor
from office.approvals.steps import (
    EMPTY_OPINION,
    Opinion,
    authorise_decision,
    facts_of,
    give_opinion,
    open_approval,
    withdraw_approval,
)
from office.calendar import business_date
from office.forms.form_keys import form_used_elsewhere
from office.models import Verdict
from office.money import yuan_text
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from office.states import ApprovalState
from office.zone import SHANGHAI

# WeChat Pay takes refunds for a year after the payment, fifty of one order at most.
_REFUNDABLE_FOR = timedelta(days=365)
_MOST_REFUNDS = 50
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_NEVER_ASKED = (RefundToSourceState.RETURNED, RefundToSourceState.CANCELLED)
_NOTHING_TAKEN = (*_NEVER_ASKED, RefundToSourceState.CLOSED)


@transaction.atomic
def draft_refund_to_source(
    payment: Payment,
    amount_fen: int,
    *,
    reason: str,
    source: str,
    form_key: str = "",
    by: Actor,
    at: datetime,
) -> RefundToSource:
    """Drafts a refund of a WeChat payment out of the contract's advance, and opens its approval.

    The same `form_key` sent again returns the first draft.

    Raises `Refused` above the advance that nobody waits for, above what is left of the payment, and
    for payments that WeChat Pay refunds no more; `Invalid` without reason or paper.
    """
    authorise(by, "billing.draft_refund_to_source", payment.company)
    if by.user is None:
        raise NotAllowed()
    if payment.contract is None:
        raise Refused("fee_of_connection", _("入网费不能原路退回，请在入网费页面起草退款。"))
    contract = payment.contract
    # Two clerks may refund the same money: under the account's lock the second sees the first.
    lock_account(contract.account_id)
    if not (reason.strip() and source.strip()):
        raise Invalid("reason_missing", _("请填写退款的原因和依据。"))
    earlier = drafted_before(RefundToSource, form_key, payment_id=payment.pk, amount_fen=amount_fen)
    if earlier is not None:
        return earlier
    _check_payment(payment, payment.refunds_to_source.all(), at)
    _check_amount(payment, amount_fen)
    # A form for another account does not wait for our lock: the unique key is the last guard.
    with refuse_clash("form_key", form_used_elsewhere):
        refund = RefundToSource.objects.create(
            company=payment.company,
            payment=payment,
            contract=contract,
            amount_fen=amount_fen,
            reason=reason.strip(),
            source=source.strip(),
            number=_draw_number(at),
            created_by=by.user,
            created_at=at,
            form_key=form_key or None,
        )
    open_approval(
        refund,
        REFUND_TO_SOURCE_APPROVAL,
        company=payment.company,
        amount_fen=amount_fen,
        drafted_by=by.user,
        at=at,
    )
    journal.record(
        "draft_refund_to_source",
        refund,
        by=by,
        at=at,
        contract=contract.number,
        amount_fen=amount_fen,
        reason=refund.reason,
    )
    return refund


@transaction.atomic
def approve_refund_to_source(
    refund: RefundToSource, opinion: Opinion = EMPTY_OPINION, *, by: Actor, at: datetime
) -> RefundToSource:
    """Approves the refund at the open level; the last level blocks the money and has it sent."""
    return _decide(refund, "approve_refund_to_source", Verdict.APPROVED, opinion, by=by, at=at)


@transaction.atomic
def return_refund_to_source(
    refund: RefundToSource, opinion: Opinion, *, by: Actor, at: datetime
) -> RefundToSource:
    """Returns the refund to the person who drafted it, with the reason."""
    return _decide(refund, "return_refund_to_source", Verdict.RETURNED, opinion, by=by, at=at)


@transaction.atomic
def cancel_refund_to_source(refund: RefundToSource, *, by: Actor, at: datetime) -> RefundToSource:
    """Gives up a refund that is not approved; an approved one belongs to WeChat Pay."""
    authorise(by, "billing.cancel_refund_to_source", refund.company)
    locked_refund = lock_refund(refund)
    locked_refund.state = REFUND_TO_SOURCE.next_state(
        locked_refund.state, "cancel_refund_to_source"
    )
    withdraw_approval(locked_refund, at=at)
    locked_refund.save()
    journal.record("cancel_refund_to_source", locked_refund, by=by, at=at)
    return locked_refund


@transaction.atomic
def release_refund_to_source(refund: RefundToSource, *, by: Actor, at: datetime) -> RefundToSource:
    """Gives up an approved refund that WeChat Pay refused, and its money back to the advance.

    Refuses while a request is under way or its answer was lost: the refund may exist then.
    """
    authorise(by, "billing.approve_refund_to_source", refund.company)
    lock_account(refund.contract.account_id)
    locked_refund = lock_refund(refund)
    locked_refund.state = REFUND_TO_SOURCE.next_state(
        locked_refund.state, "release_refund_to_source"
    )
    if locked_refund.refused_at is None:
        raise Refused(
            "not_refused",
            _("微信还没有拒绝这笔退款，现在不能撤回；请先点“立即查询”，拒绝以后再撤回。"),
        )
    release_money(locked_refund, at)
    locked_refund.next_try_at = None
    locked_refund.ended_at = at
    locked_refund.save()
    block_reported(locked_refund, at)
    journal.record(
        "release_refund_to_source",
        locked_refund,
        by=by,
        at=at,
        amount_fen=locked_refund.amount_fen,
    )
    return locked_refund


def _decide(
    refund: RefundToSource,
    verb: str,
    verdict: Verdict,
    opinion: Opinion,
    *,
    by: Actor,
    at: datetime,
) -> RefundToSource:
    """Gives the opinion, and moves the refund when that ends its approval."""
    authorise_decision(REFUND_TO_SOURCE_APPROVAL, refund.company, by=by, at=at)
    lock_account(refund.contract.account_id)
    locked_refund = lock_refund(refund)
    next_state = REFUND_TO_SOURCE.next_state(locked_refund.state, verb)
    decision = give_opinion(locked_refund, verdict, opinion, by=by, at=at)
    if decision.approval.state != ApprovalState.PENDING:
        locked_refund.state = next_state
    if decision.approval.state == ApprovalState.APPROVED:
        _check_still_left(locked_refund, at)
        _block(locked_refund, at)
        locked_refund.approved_by = decision.by
        locked_refund.approved_at = at
        locked_refund.next_try_at = at
    locked_refund.save()
    journal.record(
        verb,
        locked_refund,
        by=by,
        at=at,
        amount_fen=locked_refund.amount_fen,
        **facts_of(decision),
    )
    return locked_refund


def _block(refund: RefundToSource, at: datetime) -> None:
    """Takes the approved amount out of the advance, so that no bill is settled with it.

    What approved refunds by bank will take is left there: the bank may have paid them already.
    """
    free_fen = contract_balance(refund.contract).advance_fen - to_be_paid_fen(refund.contract)
    if free_fen < refund.amount_fen:
        raise Refused(
            "advance_spent",
            _(
                "可退的预存现只有 %(free)s 元（已扣除待付款的预存退款），不够退款，"
                "请取消后按余额重新起草。"
            ),
            free=yuan_text(max(free_fen, 0)),
        )
    post_transfer(
        TransferKind.RESERVE,
        debit=LedgerAccount.ADVANCE,
        credit=LedgerAccount.REFUND_BLOCKED,
        amount_fen=refund.amount_fen,
        source=refund,
        company=refund.company,
        business_date=business_date(at),
        at=at,
        contract=refund.contract,
    )


def _check_still_left(refund: RefundToSource, at: datetime) -> None:
    """Refuses an approval of what WeChat Pay would refuse: the payment may have been refunded in
    its console since the draft, or have become too old.
    """
    payment = refund.payment
    _check_payment(payment, payment.refunds_to_source.exclude(pk=refund.pk), at)
    left_fen = refundable_fen(payment) + refund.amount_fen
    if left_fen < refund.amount_fen:
        raise Refused(
            "payment_refunded",
            _("这笔收款现只可退 %(left)s 元（可能已在商户平台退过），请取消后按余额重新起草。"),
            left=yuan_text(max(left_fen, 0)),
        )


def _check_payment(payment: Payment, other_refunds: QuerySet[RefundToSource], at: datetime) -> None:
    """Refuses payments that cannot go back to their source.

    Of the other refunds those count that were or may still be asked for.
    """
    if payment.provider != WECHATPAY:
        raise Refused("not_wechat", _("只有微信收款可以原路退回，其他收款请起草预存退款。"))
    if payment.in_suspense:
        raise Refused("in_suspense", _("这笔款曾列入待查款项，不能原路退回，请起草预存退款。"))
    if at - payment.paid_at > _REFUNDABLE_FOR:
        raise Refused("too_old", _("这笔收款已超过一年，微信不再受理退款，请起草预存退款。"))
    if other_refunds.exclude(state__in=_NEVER_ASKED).count() >= _MOST_REFUNDS:
        raise Refused("too_many", _("这笔收款已退过 50 次，微信不再受理退款。"))


def _check_amount(payment: Payment, amount_fen: int) -> None:
    """Refuses more than the free advance, and more than is left of the payment."""
    left_fen = refundable_fen(payment)
    contract = payment.heat_contract
    free_fen = contract_balance(contract).advance_fen - waiting_fen(contract)
    most_fen = max(0, min(left_fen, free_fen))
    if not 0 < amount_fen <= most_fen:
        raise Refused(
            "refund_above_left",
            _(
                "这笔收款还可退 %(left)s 元，可退的预存为 %(free)s 元；"
                "退款须大于零且不超过 %(most)s 元。"
            ),
            left=yuan_text(max(left_fen, 0)),
            free=yuan_text(max(free_fen, 0)),
            most=yuan_text(most_fen),
        )


def refundable_fen(payment: Payment) -> int:
    """Returns what is left of a payment after refunds asked for, on their way and done, in fen."""
    own = payment.refunds_to_source.exclude(state__in=_NOTHING_TAKEN)
    own_fen = sum(own.values_list("amount_fen", flat=True))
    reported = reported_refunds(payment.provider, payment.transaction_id)
    outside_fen = sum(
        payment.amount_fen if refund.amount_fen is None else refund.amount_fen
        for refund in reported
    )
    return payment.amount_fen - own_fen - outside_fen


def _draw_number(at: datetime) -> str:
    """Returns a new refund number: HR, the time in Shanghai, twelve random characters."""
    stamp = at.astimezone(SHANGHAI).strftime("%Y%m%d%H%M%S")
    return f"HR{stamp}{''.join(secrets.choice(_ALPHABET) for _ in range(12))}"
