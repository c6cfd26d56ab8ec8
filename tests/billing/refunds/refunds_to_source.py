"""A payment by WeChat Pay that goes back to its source, and what WeChat Pay says of it."""

from datetime import datetime

from billing.models import Method, Payment, RefundToSource
from billing.payments.intents import create_intent
from billing.payments.receive import MoneyFact, receive_payment
from billing.refunds.to_source import approve_refund_to_source, draft_refund_to_source
from billing.wechatpay.facts import RefundFact
from customers.models import SupplyContract
from office.actors import Actor
from tests.billing.adjustments.desk import Desk
from tests.builders import NOW

HOUSE = Actor.system("test")


def paid(contract: SupplyContract, transaction_id: str, at: datetime = NOW) -> Payment:
    """1,000.00 yuan paid ahead by WeChat Pay."""
    intent = create_intent(contract, [], amount_fen=100_000, by=HOUSE, at=at)
    fact = MoneyFact("wechatpay", transaction_id, Method.WECHAT_NATIVE, 100_000, at)
    return receive_payment(intent, fact, by=HOUSE, at=at)


def draft(
    desk: Desk, payment: Payment, amount_fen: int = 60_000, form_key: str = ""
) -> RefundToSource:
    return draft_refund_to_source(
        payment,
        amount_fen,
        reason="多缴退回",
        source="用户申请",
        form_key=form_key,
        by=desk.clerk,
        at=NOW,
    )


def approved(desk: Desk, payment: Payment, amount_fen: int = 60_000) -> RefundToSource:
    refund = draft(desk, payment, amount_fen)
    return approve_refund_to_source(refund, by=desk.manager, at=NOW)


def fact_of(refund: RefundToSource, status: str) -> RefundFact:
    return RefundFact(
        mchid="",
        out_trade_no="HT1",
        transaction_id=refund.payment.transaction_id,
        out_refund_no=refund.number,
        refund_id="503R1",
        status=status,
        total_fen=refund.payment.amount_fen,
        refund_fen=refund.amount_fen,
        payer_refund_fen=refund.amount_fen,
        success_time=NOW,
        raw=b"",
    )
