"""Refunds to source: asked of WeChat Pay under one number until it says how they end."""

import logging
import time
from datetime import datetime, timedelta
from datetime import time as day_time

from django.db import connection, transaction

from billing.alarms.operations import raise_alarm
from billing.change_states import LIVE_REFUNDS, REFUND_TO_SOURCE, RefundToSourceState
from billing.chart import LedgerAccount
from billing.ledger.posting import post_transfer
from billing.models import RefundToSource, TransferKind
from billing.payments.receipts import receipt_of
from billing.payments.refunds import block_money, reported_refunds
from billing.wechat.merchants import wechat_pay_for
from billing.wechat.refund_words import STATUS_WORDS, refund_fault
from billing.wechatpay.facts import RefundFact
from billing.wechatpay.outcomes import Accepted, Outcome, Rejected
from billing.wechatpay.refunds import RefundRequest
from customers.contracts.locking import lock_account
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.language import in_chinese
from office.zone import SHANGHAI

logger = logging.getLogger(__name__)

REFUNDING = Actor.system("wechat refund")
_VERBS = {
    "PROCESSING": "send_refund",
    "SUCCESS": "pay_refund",
    "CLOSED": "close_refund",
    "ABNORMAL": "stall_refund",
}
_ENDS = {"SUCCESS": RefundToSourceState.PAID, "CLOSED": RefundToSourceState.CLOSED}
_MOST_MINUTES = 60
# A try makes two calls, in each of which connecting, sending and reading may take ten seconds: of
# two tries at once only the first one calls.
_CALL_TIME = timedelta(seconds=60)
# Without funds the same refund is asked for again the next morning.
_NEXT_MORNING = day_time(9)


@transaction.atomic
def record_refund_fact(
    refund: RefundToSource, fact: RefundFact, *, by: Actor, at: datetime
) -> RefundToSource:
    """Moves the refund to what WeChat Pay says of it, in whatever order and how often it says it.

    SUCCESS posts the money out of the channel, CLOSED gives it back to the advance. ABNORMAL leaves
    it blocked and raises an alarm: it has left the merchant and did not reach the payer. What ended
    stays ended; what contradicts the end raises one alarm of each kind. No permission: WeChat Pay
    proves what it says by signature.
    """
    lock_account(refund.contract.account_id)
    locked_refund = lock_refund(refund)
    if (fact.refund_fen, fact.transaction_id) != (
        locked_refund.amount_fen,
        locked_refund.payment.transaction_id,
    ):
        fault = f"渠道报告的退款与申请不符（{fact.refund_id}）"
        _alarm(locked_refund, "refund_differs", fault, at, about="facts")
        return locked_refund
    if locked_refund.state not in LIVE_REFUNDS:
        if _contradicts_end(locked_refund, fact.status):
            _alarm_of_contradiction(locked_refund, fact.status, at)
        return locked_refund
    verb = _VERBS.get(fact.status, "")
    if verb not in {move.verb for move in REFUND_TO_SOURCE.moves_from(locked_refund.state)}:
        # The same report once more, or one of before: nothing moves.
        return locked_refund
    locked_refund.state = REFUND_TO_SOURCE.next_state(locked_refund.state, verb)
    locked_refund.refund_id = fact.refund_id
    locked_refund.error_code, locked_refund.refused_at = "", None
    if verb == "pay_refund":
        _post(locked_refund, TransferKind.REPAID, fact.success_time or at, at)
    elif verb == "close_refund":
        release_money(locked_refund, at)
    elif verb == "stall_refund":
        locked_refund.next_try_at = _next_morning(at)
        _alarm(locked_refund, "refund_abnormal", "微信退款异常，款项没有到用户账户", at)
    if locked_refund.state not in LIVE_REFUNDS:
        locked_refund.next_try_at = None
        locked_refund.ended_at = at
    locked_refund.save()
    if verb == "close_refund":
        block_reported(locked_refund, at)
    journal.record(
        verb,
        locked_refund,
        by=by,
        at=at,
        amount_fen=locked_refund.amount_fen,
        refund=locked_refund.refund_id,
    )
    return locked_refund


@transaction.atomic
def begin_try(refund: RefundToSource, *, at: datetime) -> RefundToSource | None:
    """A step of `try_refund`, in a transaction of its own: counts the try before WeChat Pay is
    called.

    A worker that is killed after the call leaves this trace: the next try queries first. Returns
    None for a refund that has ended, and while another process is calling.
    """
    # Two workers may sweep at once: the second must see that the first is calling.
    locked_refund = lock_refund(refund)
    calling = locked_refund.tried_at is not None and locked_refund.tried_at > at - _CALL_TIME
    if locked_refund.state not in LIVE_REFUNDS or calling:
        return None
    locked_refund.tries += 1
    locked_refund.tried_at, locked_refund.refused_at = at, None
    if locked_refund.state == RefundToSourceState.ABNORMAL:
        locked_refund.next_try_at = _next_morning(at)
    else:
        minutes = min(2 ** min(locked_refund.tries, 10), _MOST_MINUTES)
        locked_refund.next_try_at = at + timedelta(minutes=minutes)
    locked_refund.save()
    return locked_refund


@transaction.atomic
def record_no_answer(
    refund: RefundToSource, answer: Outcome[RefundFact], *, was_asked: bool, at: datetime
) -> RefundToSource:
    """A step of `try_refund`, in a transaction of its own: keeps why WeChat Pay did not say how
    the refund stands.

    A refusal of what was asked leaves nothing behind at WeChat Pay: without funds the refund is
    asked for again the next morning, another reason raises an alarm, once. `refund` is what
    `begin_try` returned: the answer counts for its state and its try only.
    """
    locked_refund = lock_refund(refund)
    # A report may have come while we waited, or a later try have begun: this answer is older.
    if (locked_refund.state, locked_refund.tries) != (refund.state, refund.tries):
        return locked_refund
    if isinstance(answer, Rejected):
        locked_refund.error_code = answer.code
        locked_refund.refused_at = at if was_asked else None
        if answer.code == "NOT_ENOUGH":
            locked_refund.next_try_at = _next_morning(at)
        elif was_asked or answer.code == "RESOURCE_NOT_EXISTS":
            with in_chinese():
                fault = f"微信退款没有办成：{refund_fault(answer.code)}"
            _alarm(locked_refund, "refund_refused", fault, at)
    elif not isinstance(answer, Accepted):
        locked_refund.error_code = answer.why.value
    locked_refund.save()
    return locked_refund


def try_refund(refund: RefundToSource, *, at: datetime) -> RefundToSource:
    """Asks WeChat Pay for the refund; one that may have been asked for before is queried first."""
    if connection.in_atomic_block:
        raise RuntimeError("network calls are made outside transactions")
    begun_refund = begin_try(refund, at=at)
    if begun_refund is None:
        return refund
    answer, was_asked = _call(begun_refund)
    if isinstance(answer, Accepted):
        return record_refund_fact(begun_refund, answer.value, by=REFUNDING, at=at)
    return record_no_answer(begun_refund, answer, was_asked=was_asked, at=at)


def sweep_refunds(*, at: datetime, limit: int = 100) -> int:
    """Tries every refund that is due and returns how many; one that fails stops no other.

    Each try has the time at which it begins, `at` and what the tries before it took.
    """
    began = time.monotonic()
    waiting = RefundToSource.objects.filter(state__in=LIVE_REFUNDS, next_try_at__lte=at)
    due_refunds = list(waiting.order_by("next_try_at")[:limit])
    for refund in due_refunds:
        try:
            try_refund(refund, at=at + timedelta(seconds=time.monotonic() - began))
        except Exception:
            logger.exception("WeChat Pay could not be asked for refund %s", refund.number)
    return len(due_refunds)


def lock_refund(refund: RefundToSource) -> RefundToSource:
    """A step of operations on a refund: locks it and returns it freshly read."""
    return (
        RefundToSource.objects.select_for_update(of=("self",))
        .select_related("company", "contract__account", "payment")
        .get(pk=refund.pk)
    )


def release_money(refund: RefundToSource, at: datetime) -> None:
    """A step of the end of a refund that moved no money: gives its amount back to the advance."""
    _post(refund, TransferKind.RELEASE, at, at)


def block_reported(refund: RefundToSource, at: datetime) -> None:
    """A step of the end of a refund that moved no money, after it is saved: blocks what the same
    payment was refunded by others, as far as ours stood in the way.
    """
    payment = refund.payment
    reported = list(reported_refunds(payment.provider, payment.transaction_id))
    if reported:
        block_money(payment, reported, at)


def _call(refund: RefundToSource) -> tuple[Outcome[RefundFact], bool]:
    """Returns WeChat Pay's answer, and whether it answers the request and not a query.

    The first try is no query; later ones ask again, with the same number, only for a refund that
    was not taken on.
    """
    client = wechat_pay_for(refund.company)
    if refund.tries > 1:
        answer = client.query_refund(refund.number)
        is_absent = isinstance(answer, Rejected) and answer.code == "RESOURCE_NOT_EXISTS"
        if not is_absent or refund.state != RefundToSourceState.APPROVED:
            return answer, False
    request = RefundRequest(
        refund.number,
        refund.payment.transaction_id,
        refund.amount_fen,
        refund.payment.amount_fen,
        refund.reason,
    )
    return client.ask_refund(request), True


def _post(refund: RefundToSource, kind: TransferKind, happened_at: datetime, at: datetime) -> None:
    """Posts the end of a refund out of what was blocked for it."""
    is_repaid = kind is TransferKind.REPAID
    post_transfer(
        kind,
        debit=LedgerAccount.REFUND_BLOCKED,
        credit=LedgerAccount.WECHAT if is_repaid else LedgerAccount.ADVANCE,
        amount_fen=refund.amount_fen,
        source=refund,
        company=refund.company,
        business_date=business_date(happened_at),
        at=at,
        contract=refund.contract,
    )


def _next_morning(at: datetime) -> datetime:
    return datetime.combine(business_date(at) + timedelta(days=1), _NEXT_MORNING, SHANGHAI)


def _contradicts_end(refund: RefundToSource, status: str) -> bool:
    """Returns whether a report that comes after the end of a refund says something else.

    PROCESSING is an older report that came late, unless WeChat Pay had not taken the refund on when
    it was given up.
    """
    if status == "PROCESSING":
        return not refund.refund_id
    return status in _VERBS and _ENDS.get(status) != refund.state


def alarm_refunded_order(refund: RefundToSource, at: datetime) -> None:
    """A step of operations that hear that an order is refunded although WeChat Pay closed our
    refund of it: raises an alarm, once. Only a person can see there whether it is another refund.
    """
    fault = "我方的退款已关闭，渠道仍说该订单转入退款，可能另有退款"
    _alarm(refund, "refund_differs", fault, at, about="order")


def _alarm_of_contradiction(refund: RefundToSource, status: str, at: datetime) -> None:
    """Raises the alarm of a report after the end; of ABNORMAL the one that it raises in any state.

    The words of the alarm stay: they are Chinese in whatever language somebody asked.
    """
    with in_chinese():
        fault = f"账上是“{refund.get_state_display()}”，渠道又报告“{STATUS_WORDS[status]}”"
    if status == "ABNORMAL":
        _alarm(refund, "refund_abnormal", fault, at)
    else:
        _alarm(refund, "refund_differs", fault, at, about=status)


def _alarm(refund: RefundToSource, kind: str, fault: str, at: datetime, about: str = "") -> None:
    """Raises an alarm once of its kind and of what it is about."""
    number, receipt = refund.contract.account.number, receipt_of(refund.payment)
    where = "款项仍在冻结中，" if refund.state in LIVE_REFUNDS else ""
    raise_alarm(
        kind,
        key=f"{refund.number}:{about}" if about else refund.number,
        sentence=f"户号 {number}（收据 {receipt}）：{fault}；{where}请到商户平台核实。",
        at=at,
        company=refund.company,
        account=number,
        payment=refund.payment.transaction_id,
        receipt=receipt,
        refund=refund.number,
        refund_fen=refund.amount_fen,
    )
