"""The sidebar's entries for money."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heating.sidebar.item import Group, Item

MONEY = Group(
    _("资金"),
    (
        Item(
            pgettext_lazy("plural", "资金告警"),
            "warning",
            "billing_alarm_changelist",
            ("billing.view_alarm",),
            waits="alarms",
        ),
        Item(
            _("待查款项"),
            "help_center",
            "billing_payment_changelist",
            ("billing.assign_suspense",),
            "?suspense=open",
            waits="suspense",
        ),
        Item(
            _("银行到账"),
            "account_balance_wallet",
            "billing_statementline_changelist",
            ("billing.view_statementline",),
            "?state=waiting",
            waits="statement_lines",
        ),
        Item(
            pgettext_lazy("plural", "银行对账单"),
            "receipt",
            "billing_bankstatement_changelist",
            ("billing.view_bankstatement",),
        ),
        Item(
            pgettext_lazy("plural", "收款银行账户"),
            "account_balance",
            "billing_companybankaccount_changelist",
            ("billing.view_companybankaccount",),
        ),
        Item(
            pgettext_lazy("plural", "渠道对账日"),
            "balance",
            "billing_channelday_changelist",
            ("billing.view_channelday",),
            waits="channel_days",
        ),
        Item(_("线上订单"), "qr_code", "billing_attempt_changelist", ("billing.view_attempt",)),
        Item(
            pgettext_lazy("plural", "渠道通知"),
            "inbox",
            "billing_providerevent_changelist",
            ("billing.view_providerevent",),
        ),
        Item(
            pgettext_lazy("plural", "分录"),
            "menu_book",
            "billing_transfer_changelist",
            ("billing.view_transfer",),
        ),
    ),
)
