"""The sidebar's entries for the till."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heating.sidebar.item import Group, Item

TILL = Group(
    _("收费"),
    (
        Item(_("收费台"), "point_of_sale", "counter", ("billing.take_cash", "billing.take_card")),
        Item(
            pgettext_lazy("plural", "班次"),
            "schedule",
            "billing_shift_changelist",
            ("billing.view_shift",),
        ),
        Item(
            pgettext_lazy("plural", "收款"),
            "payments",
            "billing_payment_changelist",
            ("billing.view_payment",),
        ),
        Item(
            pgettext_lazy("plural", "一笔多户"),
            "call_split",
            "billing_grouppayment_changelist",
            ("billing.view_grouppayment",),
        ),
        Item(
            pgettext_lazy("plural", "入网费"),
            "foundation",
            "billing_connectionfee_changelist",
            ("billing.view_connectionfee",),
            "?contract=signed",
        ),
        Item(
            pgettext_lazy("plural", "入网余款划转"),
            "swap_horiz",
            "billing_creditmove_changelist",
            ("billing.view_creditmove",),
        ),
        Item(
            pgettext_lazy("plural", "收据"),
            "receipt_long",
            "billing_receipt_changelist",
            ("billing.view_receipt",),
        ),
        Item(
            pgettext_lazy("plural", "大额收款"),
            "approval",
            "billing_largepayment_changelist",
            ("billing.view_largepayment",),
            waits="large_payments",
        ),
        Item(_("兑付奖励"), "redeem", "pay_reward", ("billing.pay_reward",)),
        Item(
            pgettext_lazy("plural", "奖励兑付单"),
            "confirmation_number",
            "billing_rewardvoucher_changelist",
            ("billing.view_rewardvoucher",),
        ),
        Item(
            pgettext_lazy("plural", "收款限额"),
            "speed",
            "billing_counterlimit_changelist",
            ("billing.view_counterlimit",),
        ),
    ),
)
