"""WeChat Pay APIv3 for one direct merchant: it works on bytes and needs no framework."""

from billing.wechatpay.bills import BillRefused, BillRow, TradeBill, read_trade_bill
from billing.wechatpay.client import WechatPay
from billing.wechatpay.facts import Malformed, RefundFact, TransactionFact
from billing.wechatpay.merchant import Merchant, production_faults
from billing.wechatpay.notification import (
    Notification,
    OpenedNotification,
    open_notification,
    read_notification,
)
from billing.wechatpay.orders import Order
from billing.wechatpay.outcomes import Accepted, Outcome, Rejected, Unknown, Why
from billing.wechatpay.sealing import SealBroken
from billing.wechatpay.trust import Distrust, NotTrusted, Trust

__all__ = [
    "Accepted",
    "BillRefused",
    "BillRow",
    "Distrust",
    "Malformed",
    "Merchant",
    "NotTrusted",
    "Notification",
    "OpenedNotification",
    "Order",
    "Outcome",
    "RefundFact",
    "Rejected",
    "SealBroken",
    "TradeBill",
    "TransactionFact",
    "Trust",
    "Unknown",
    "WechatPay",
    "Why",
    "open_notification",
    "production_faults",
    "read_notification",
    "read_trade_bill",
]
