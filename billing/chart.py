"""The chart of accounts: a closed list, numbered as Chinese enterprises number theirs."""

from django.db import models


class LedgerAccount(models.IntegerChoices):
    """Where money stands. Customer accounts are kept per supply contract under 1122 and 2203."""

    CASH = 100100, "库存现金"
    BANK = 100200, "银行存款"
    CARD = 101201, "银行卡在途"
    WECHAT = 101202, "微信支付在途"
    RECEIVABLE = 112200, "应收供热费"
    ADVANCE = 220300, "预收供热费"
    OUTPUT_VAT = 222100, "应交增值税"
    SUSPENSE = 224100, "待查款项"
    OPENING = 300000, "期初余额"
    CASH_DIFFERENCE = 190100, "待处理现金长短款"
    REVENUE_EXEMPT = 600101, "免税供热收入"
    REVENUE_TAXED = 600102, "应税供热收入"
