"""The reports of WeChat Pay about refunds, most of them made in its console."""

from datetime import datetime

from django.db import transaction

from billing.alarms.operations import raise_alarm
from billing.models import Attempt, Receipt, RefundToSource, Verdict
from billing.payments.refunds import RefundReport, block_refund, reported_refunds
from billing.wechat.merchants import WECHATPAY
from billing.wechat.own_refunds import record_refund_fact
from billing.wechatpay.facts import RefundFact
from billing.wechatpay.merchant import Merchant
from office.actors import Actor


@transaction.atomic
def apply_refund_fact(fact: RefundFact, *, merchant: Merchant, by: Actor, at: datetime) -> Verdict:
    """Blocks the money of a refund and returns the verdict for the notification.

    ABNORMAL blocks too: the money has left the merchant and did not reach the payer. CLOSED moved
    no money; it raises an alarm when money was blocked for it. A refund that we asked for moves to
    what is said of it, and blocks nothing. No permission: the report is
    verified, and it is booked in the system's name.
    """
    own = RefundToSource.objects.filter(number=fact.out_refund_no).first()
    if own is not None and fact.mchid in ("", merchant.mchid):
        before = own.state
        after = record_refund_fact(own, fact, by=by, at=at)
        return Verdict.REPEATED if after.state == before else Verdict.BOOKED
    attempt = (
        Attempt.objects.filter(number=fact.out_trade_no)
        .select_related("intent__company", "intent__contract__account")
        .first()
    )
    if attempt is None or (fact.mchid and fact.mchid != merchant.mchid):
        raise_alarm(
            "refund_notification",
            key=fact.refund_id,
            sentence="收到退款通知，但订单号不存在或商户号不是本公司的，没有入账；请到商户平台核实。",
            at=at,
            out_trade_no=fact.out_trade_no,
            payment=fact.transaction_id,
            refund=fact.refund_id,
            refund_fen=fact.refund_fen,
        )
        return Verdict.ALARMED
    if fact.status == "CLOSED":
        return _close_refund(attempt, fact, at)
    report = RefundReport(
        WECHATPAY, fact.transaction_id, fact.status, fact.refund_id, fact.refund_fen
    )
    refund = block_refund(attempt, report, by=by, at=at)
    return Verdict.BOOKED if refund else Verdict.REPEATED


def _close_refund(attempt: Attempt, fact: RefundFact, at: datetime) -> Verdict:
    """Raises an alarm when money was blocked for a refund that did not take place."""
    if not reported_refunds(WECHATPAY, fact.transaction_id).exists():
        return Verdict.IGNORED
    account = attempt.intent.heat_contract.account.number
    receipt = Receipt.objects.filter(
        payment__provider=WECHATPAY, payment__transaction_id=fact.transaction_id
    ).first()
    number = receipt.number if receipt else ""
    raise_alarm(
        "refund_closed",
        key=fact.refund_id,
        sentence=(
            f"户号 {account}{f'（收据 {number}）' if number else ''}：渠道退款已关闭，"
            "款项没有退出，但仍处于冻结；请到商户平台核实。"
        ),
        at=at,
        company=attempt.intent.company,
        attempt=attempt.number,
        account=account,
        payment=fact.transaction_id,
        receipt=number,
        refund=fact.refund_id,
        refund_fen=fact.refund_fen,
    )
    return Verdict.ALARMED
