"""The names of the kinds of alarms, as people read them."""

from django.utils.translation import gettext_lazy as _

ALARM_KINDS = {
    "amount_differs": _("金额与订单不符"),
    "misdirected_payment": _("无法入账的支付通知"),
    "unreadable_notification": _("支付通知无法读取"),
    "refund_notification": _("退款通知"),
    "refund_closed": _("退款已关闭"),
    "refund_differs": _("渠道退款与申请不符"),
    "refund_refused": _("渠道不接受退款"),
    "refund_abnormal": _("渠道退款异常"),
    "bank_reversal": _("银行冲正已入账的转账"),
    "bill_unusable": _("渠道账单不能使用"),
    "event_not_booked": _("支付通知处理失败"),
    "apiv3_key_wrong": _("密钥不一致"),
}
FACT_NAMES = {
    "attempt": _("商户订单号"),
    "out_trade_no": _("商户订单号"),
    "total_fen": _("实收（元）"),
    "account": _("户号"),
    "payment": _("渠道流水号"),
    "receipt": _("收据号"),
    "refund": _("退款单号"),
    "refund_fen": _("退款（元）"),
    "blocked_fen": _("已冻结（元）"),
    "reopened": _("恢复欠费的账单"),
    "event_type": _("通知类型"),
    "fault": _("原因"),
}
