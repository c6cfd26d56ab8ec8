"""The card with the refunds to source on the pages of an account, a payment and a receipt."""

from django.db.models import QuerySet

from billing.models import Payment, Receipt, RefundToSource
from billing.refunds.to_source import refundable_fen
from billing.wechat.merchants import WECHATPAY
from customers.models import Account
from office.models import User
from office.screens.panels import Panel

# An account has a handful; more of them stand in the list.
_MOST = 20


def refunds_of_account(account: Account, user: User) -> Panel | None:
    """Returns the card of an account, which offers its last WeChat payment for a refund."""
    last_payment = (
        Payment.objects.filter(contract__account=account, provider=WECHATPAY, in_suspense=False)
        .order_by("-pk")
        .first()
    )
    return _panel(RefundToSource.objects.filter(contract__account=account), last_payment, user)


def refunds_of_payment(payment: Payment, user: User) -> Panel | None:
    """Returns the card of a payment by WeChat Pay."""
    is_refundable = (
        payment.provider == WECHATPAY
        and payment.contract_id is not None
        and not payment.in_suspense
        and refundable_fen(payment) > 0
    )
    return _panel(payment.refunds_to_source.all(), payment if is_refundable else None, user)


def refunds_of_receipt(receipt: Receipt, user: User) -> Panel | None:
    """Returns the card of the payment that the receipt is for."""
    return refunds_of_payment(receipt.payment, user)


def _panel(refunds: QuerySet[RefundToSource], payment: Payment | None, user: User) -> Panel | None:
    """Returns the card; None for people who may not see refunds, and where there is nothing."""
    if not user.has_perm("billing.view_refundtosource"):
        return None
    shown_refunds = list(refunds.order_by("-pk")[:_MOST])
    offered = payment if user.has_perm("billing.draft_refund_to_source") else None
    if not shown_refunds and offered is None:
        return None
    context = {"refunds": shown_refunds, "payment": offered}
    return Panel("billing/refunds/_refunds_to_source.html", context)
