"""The chart of accounts: a closed list, numbered as Chinese enterprises number theirs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LedgerAccount(models.IntegerChoices):
    """A ledger account; 112200 and 220300 are kept per supply contract, 112201, 220301, 220302 and
    605102 per grid connection.
    """

    CASH = 100100, _("库存现金")
    BANK = 100200, _("银行存款")
    CARD = 101201, _("银行卡在途")
    WECHAT = 101202, _("微信支付在途")
    RECEIVABLE = 112200, _("应收供热费")
    CONNECTION_RECEIVABLE = 112201, _("应收入网费")
    ADVANCE = 220300, _("预收供热费")
    CONNECTION_ADVANCE = 220301, _("预收入网费")
    CONNECTION_IN_TRANSIT = 220302, _("入网余款划转")
    OUTPUT_VAT = 222100, _("应交增值税")
    SUSPENSE = 224100, _("待查款项")
    REFUND_BLOCKED = 224101, _("退款冻结")
    OPENING = 300000, _("期初余额")
    CASH_DIFFERENCE = 190100, _("待处理现金长短款")
    REVENUE_EXEMPT = 600101, _("免税供热收入")
    REVENUE_TAXED = 600102, _("应税供热收入")
    LATE_FEE_INCOME = 605101, _("违约金收入")
    REWARD_EXPENSE = 671101, _("奖励支出")
    CONNECTION_INCOME = 605102, _("入网费收入")
