"""The words of bank statements: what a line is about, and how it was matched."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class LineKind(TextChoices):
    """What a line of a statement is about; only money received may be a customer's.

    A return came back to us if a line that it returns is found; else it counts as received, so
    that no stored line is of this kind.
    """

    RECEIVED = "received", _("收款")
    FEE = "fee", _("银行费用")
    PAYMENT_OUT = "payment_out", _("付款")
    INTEREST = "interest", _("利息")
    REVERSAL = "reversal", _("冲正")
    RETURN = "return", _("退汇")
    EMPTY = "empty", _("无金额")


class MatchedBy(TextChoices):
    """The rung of the matching ladder on which a line was matched."""

    ACCOUNT = "account", _("附言中的户号")
    CONTRACT = "contract", _("附言中的合同编号")
    PAYER = "payer", _("曾经确认的付款账号与金额")
    NAME_AMOUNT = "name_amount", _("户名与金额")


class MatchReason(TextChoices):
    """Why a line is matched with an account, or only suggested, or neither."""

    ACCOUNT_IN_REMARK = "account_in_remark", _("附言写明户号")
    CONTRACT_IN_REMARK = "contract_in_remark", _("附言写明合同编号")
    PAYER_AND_AMOUNT = "payer_and_amount", _("付款账号曾为该户缴费，金额等于欠费")
    NAME_AND_AMOUNT = "name_and_amount", _("付款人与户名一致且无重名，金额等于欠费")
    SEVERAL_IN_REMARK = "several_in_remark", _("附言写有几个户号")
    PAYER_ONLY = "payer_only", _("付款账号曾为该户缴费，金额不等于欠费")
    NAME_SHARED = "name_shared", _("几个用户同名")
    NAME_ONLY = "name_only", _("付款人与户名一致，金额不等于欠费")
    NOTHING = "nothing", _("没有线索")
    NO_CUSTOMERS_MONEY = "no_customers_money", _("不是用户缴款")


# How sure a reason makes us, in percent: what stands in the remark was written by the payer.
CONFIDENCE: Mapping[MatchReason, int] = {
    MatchReason.ACCOUNT_IN_REMARK: 100,
    MatchReason.CONTRACT_IN_REMARK: 95,
    MatchReason.PAYER_AND_AMOUNT: 90,
    MatchReason.NAME_AND_AMOUNT: 80,
    MatchReason.SEVERAL_IN_REMARK: 60,
    MatchReason.PAYER_ONLY: 50,
    MatchReason.NAME_SHARED: 30,
    MatchReason.NAME_ONLY: 30,
    MatchReason.NOTHING: 0,
    MatchReason.NO_CUSTOMERS_MONEY: 0,
}
