"""Refunds to source: one has arrived at the payer, one was refused by the payer's bank."""

from datetime import datetime, timedelta

from billing.ledger.balances import contract_balances
from billing.models import Payment, RefundToSource
from billing.refunds.to_source import approve_refund_to_source, draft_refund_to_source
from billing.wechat.merchants import WECHATPAY
from billing.wechat.own_refunds import REFUNDING, begin_try, record_refund_fact
from billing.wechatpay.facts import RefundFact
from office.actors import Actor
from office.models import Company

_ENDS = ("SUCCESS", "ABNORMAL")


def tell_of_refunds(company: Company, staff: dict[str, Actor], *, at: datetime) -> None:
    """Pays two advances that came by WeChat Pay back to their source."""
    for status, payment in zip(_ENDS, _paid_ahead(company, len(_ENDS)), strict=False):
        advance_fen = contract_balances([payment.heat_contract.pk])[
            payment.heat_contract.pk
        ].advance_fen
        refund = draft_refund_to_source(
            payment,
            min(advance_fen, payment.amount_fen),
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


def _paid_ahead(company: Company, count: int) -> list[Payment]:
    """Returns the first payments by WeChat Pay whose accounts have an advance now."""
    payments = list(
        Payment.objects.filter(company=company, provider=WECHATPAY, in_suspense=False)
        .select_related("company", "contract__account")
        .order_by("pk")
    )
    balances = contract_balances([payment.heat_contract.pk for payment in payments])
    ahead = [payment for payment in payments if balances[payment.heat_contract.pk].advance_fen > 0]
    return ahead[:count]


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
