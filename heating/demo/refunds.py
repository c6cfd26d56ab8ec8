"""Refunds to source: one has arrived at the payer, one was refused by the payer's bank."""

from datetime import datetime, timedelta

from billing.ledger.balances import contract_balances
from billing.models import Method, Payment, RefundToSource
from billing.payments.intents import create_intent
from billing.payments.receive import MoneyFact, receive_payment
from billing.refunds.to_source import approve_refund_to_source, draft_refund_to_source
from billing.wechat.attempts import record_order_outcome, start_wechat_payment
from billing.wechat.merchants import WECHATPAY
from billing.wechat.own_refunds import REFUNDING, begin_try, record_refund_fact
from billing.wechatpay.facts import RefundFact
from billing.wechatpay.outcomes import Accepted
from customers.models import SupplyContract
from office.actors import Actor
from office.identity import mask_phone
from office.models import Company

_ENDS = ("SUCCESS", "ABNORMAL")
AHEAD_FEN = 500_00


def tell_of_refunds(company: Company, staff: dict[str, Actor], *, at: datetime) -> None:
    """Pays two advances that came by WeChat Pay back to their source."""
    payments = _pay_ahead(company, len(_ENDS), at=at - timedelta(minutes=70))
    for status, payment in zip(_ENDS, payments, strict=True):
        refund = draft_refund_to_source(
            payment,
            payment.amount_fen,
            reason="多缴退回",
            source="用户退款申请",
            by=staff["clerk"],
            at=at - timedelta(minutes=50),
        )
        refund = approve_refund_to_source(
            refund, by=staff["manager"], at=at - timedelta(minutes=40)
        )
        begin_try(refund, at=at - timedelta(minutes=39))
        record_refund_fact(
            refund, _fact(refund, status, at), by=REFUNDING, at=at - timedelta(minutes=38)
        )


def _pay_ahead(company: Company, count: int, *, at: datetime) -> list[Payment]:
    """Pays 500.00 yuan each by WeChat Pay for households that owe nothing more."""
    paid = Payment.objects.filter(company=company, provider=WECHATPAY, in_suspense=False)
    contracts = SupplyContract.objects.filter(pk__in=paid.values("contract")).select_related(
        "company", "account__premise", "customer"
    )
    balances = contract_balances([contract.pk for contract in contracts])
    settled = [
        contract
        for contract in contracts.order_by("account__number")
        if balances[contract.pk].receivable_fen == 0
    ]
    return [
        _pay_by_wechat(contract, f"42000{company.code}9{number:020d}", at=at)
        for number, contract in enumerate(settled[:count], 1)
    ]


def _pay_by_wechat(contract: SupplyContract, transaction_id: str, *, at: datetime) -> Payment:
    by = Actor.customer(mask_phone(contract.customer.phone))
    intent = create_intent(contract, [], amount_fen=AHEAD_FEN, by=by, at=at)
    attempt = start_wechat_payment(intent, method=Method.WECHAT_NATIVE, by=by, at=at)
    placed = Accepted("weixin://wxpay/bizpayurl?pr=demo")
    attempt = record_order_outcome(attempt, placed, by=Actor.system("wechat order"), at=at)
    fact = MoneyFact(WECHATPAY, transaction_id, Method.WECHAT_NATIVE, AHEAD_FEN, at)
    return receive_payment(intent, fact, attempt=attempt, by=Actor.system("wechat callback"), at=at)


def _fact(refund: RefundToSource, status: str, at: datetime) -> RefundFact:
    """Returns what WeChat Pay would say of the refund."""
    payment = refund.payment
    return RefundFact(
        mchid="",
        out_trade_no=payment.attempt.number if payment.attempt else "",
        transaction_id=payment.transaction_id,
        out_refund_no=refund.number,
        refund_id=f"503{refund.pk:026d}",
        status=status,
        total_fen=payment.amount_fen,
        refund_fen=refund.amount_fen,
        payer_refund_fen=refund.amount_fen,
        success_time=at - timedelta(minutes=38),
        raw=b"",
    )
