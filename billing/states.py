"""Every workflow of billing on one screen."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from billing.change_states import CHANGES
from office.workflow import Move, Workflow


class PriceDocumentState(TextChoices):
    DRAFT = "draft", _("起草")
    PUBLISHED = "published", _("已发布")


class BillingRunState(TextChoices):
    SCOPED = "scoped", _("已定范围")
    PREVIEWING = "previewing", _("试算中")
    PREVIEWED = "previewed", _("待审核")
    APPROVED = "approved", _("已审核")
    ISSUING = "issuing", _("出账中")
    ISSUED = "issued", _("已出账")
    CLOSED = "closed", _("已关闭")
    CANCELLED = "cancelled", _("已取消")


class AdjustmentState(TextChoices):
    DRAFTED = "drafted", _("待审核")
    RETURNED = "returned", _("已退回")
    APPROVED = "approved", _("已审核")
    ISSUED = "issued", _("已出账")
    CANCELLED = "cancelled", _("已取消")


class LateFeeWaiverState(TextChoices):
    DRAFTED = "drafted", _("待审核")
    RETURNED = "returned", _("已退回")
    APPROVED = "approved", _("已减免")
    CANCELLED = "cancelled", _("已取消")


class ShiftState(TextChoices):
    OPEN = "open", _("当班")
    CLOSED = "closed", _("已交班")


class LargePaymentState(TextChoices):
    WAITING = "waiting", _("待核准")
    APPROVED = "approved", _("已核准")
    DECLINED = "declined", _("不予核准")
    USED = "used", _("已收款")


class ChannelDayState(TextChoices):
    OPEN = "open", _("未结清")
    CLOSED = "closed", _("已结清")


class IntentState(TextChoices):
    OPEN = "open", _("待支付")
    PAID = "paid", _("已支付")
    CANCELLED = "cancelled", _("已取消")


class AttemptState(TextChoices):
    CREATED = "created", _("已创建")
    UNKNOWN = "unknown", _("结果未知")
    OPEN = "open", _("待付款")
    PAID = "paid", _("已支付")
    CLOSED = "closed", _("已关闭")
    FAILED = "failed", _("下单失败")


# While one of these, somebody may still pay the attempt.
LIVE_ATTEMPTS = (AttemptState.CREATED, AttemptState.UNKNOWN, AttemptState.OPEN)

PRICE_DOCUMENT = Workflow(
    name=_("热价文件"),
    table="billing_pricedocument",
    column="state",
    states=PriceDocumentState,
    initial=PriceDocumentState.DRAFT,
    moves=(
        Move(
            "publish_price_document",
            _("发布"),
            (PriceDocumentState.DRAFT,),
            PriceDocumentState.PUBLISHED,
            "billing.publish_price_document",
        ),
    ),
)

_RUN = BillingRunState
BILLING_RUN = Workflow(
    name=_("出账批次"),
    table="billing_billingrun",
    column="state",
    states=BillingRunState,
    initial=_RUN.SCOPED,
    moves=(
        Move(
            "preview_billing_run",
            _("试算"),
            (_RUN.SCOPED, _RUN.PREVIEWED, _RUN.APPROVED),
            _RUN.PREVIEWING,
            "billing.preview_billing_run",
        ),
        Move("finish_preview", _("完成试算"), (_RUN.PREVIEWING,), _RUN.PREVIEWED),
        Move(
            "approve_billing_run",
            _("审核通过"),
            (_RUN.PREVIEWED,),
            _RUN.APPROVED,
            "billing.approve_billing_run",
        ),
        Move(
            "return_billing_run",
            _("退回"),
            (_RUN.PREVIEWED,),
            _RUN.SCOPED,
            "billing.approve_billing_run",
        ),
        Move(
            "issue_billing_run",
            _("出账"),
            (_RUN.APPROVED,),
            _RUN.ISSUING,
            "billing.issue_billing_run",
        ),
        Move("finish_issue", _("完成出账"), (_RUN.ISSUING,), _RUN.ISSUED),
        Move(
            "close_billing_run",
            _("关闭批次"),
            (_RUN.ISSUED,),
            _RUN.CLOSED,
            "billing.close_billing_run",
        ),
        Move(
            "cancel_billing_run",
            _("取消批次"),
            (_RUN.SCOPED, _RUN.PREVIEWED, _RUN.APPROVED),
            _RUN.CANCELLED,
            "billing.cancel_billing_run",
        ),
    ),
)

_ADJUSTMENT = AdjustmentState
# A returned adjustment is cancelled and drafted anew: what was returned stays to be read.
ADJUSTMENT = Workflow(
    name=_("调整单"),
    table="billing_adjustment",
    column="state",
    states=AdjustmentState,
    initial=_ADJUSTMENT.DRAFTED,
    moves=(
        Move(
            "approve_adjustment",
            _("审核通过"),
            (_ADJUSTMENT.DRAFTED,),
            _ADJUSTMENT.APPROVED,
            "billing.approve_adjustment",
        ),
        Move(
            "return_adjustment",
            _("退回"),
            (_ADJUSTMENT.DRAFTED,),
            _ADJUSTMENT.RETURNED,
            "billing.approve_adjustment",
        ),
        Move(
            "issue_adjustment",
            _("出账"),
            (_ADJUSTMENT.APPROVED,),
            _ADJUSTMENT.ISSUED,
            "billing.issue_adjustment",
        ),
        Move(
            "cancel_adjustment",
            _("取消"),
            (_ADJUSTMENT.DRAFTED, _ADJUSTMENT.RETURNED, _ADJUSTMENT.APPROVED),
            _ADJUSTMENT.CANCELLED,
            "billing.cancel_adjustment",
        ),
    ),
)

_WAIVER = LateFeeWaiverState
LATE_FEE_WAIVER = Workflow(
    name=_("违约金减免"),
    table="billing_latefeewaiver",
    column="state",
    states=LateFeeWaiverState,
    initial=_WAIVER.DRAFTED,
    moves=(
        Move(
            "approve_late_fee_waiver",
            _("审核通过"),
            (_WAIVER.DRAFTED,),
            _WAIVER.APPROVED,
            "billing.approve_late_fee_waiver",
        ),
        Move(
            "return_late_fee_waiver",
            _("退回"),
            (_WAIVER.DRAFTED,),
            _WAIVER.RETURNED,
            "billing.approve_late_fee_waiver",
        ),
        Move(
            "cancel_late_fee_waiver",
            _("取消"),
            (_WAIVER.DRAFTED, _WAIVER.RETURNED),
            _WAIVER.CANCELLED,
            "billing.cancel_late_fee_waiver",
        ),
    ),
)

SHIFT = Workflow(
    name=_("班次"),
    table="billing_shift",
    column="state",
    states=ShiftState,
    initial=ShiftState.OPEN,
    moves=(
        Move(
            "close_shift", _("交班"), (ShiftState.OPEN,), ShiftState.CLOSED, "billing.close_shift"
        ),
    ),
)

_LARGE = LargePaymentState
LARGE_PAYMENT = Workflow(
    name=_("大额收款"),
    table="billing_largepayment",
    column="state",
    states=LargePaymentState,
    initial=_LARGE.WAITING,
    moves=(
        Move(
            "approve_large_payment",
            _("核准"),
            (_LARGE.WAITING,),
            _LARGE.APPROVED,
            "billing.approve_large_payment",
        ),
        Move(
            "decline_large_payment",
            _("不予核准"),
            (_LARGE.WAITING, _LARGE.APPROVED),
            _LARGE.DECLINED,
            "billing.decline_large_payment",
        ),
        Move("use", _("收款"), (_LARGE.APPROVED,), _LARGE.USED),
    ),
)

INTENT = Workflow(
    name=_("缴费意向"),
    table="billing_paymentintent",
    column="state",
    states=IntentState,
    initial=IntentState.OPEN,
    moves=(
        Move("settle", _("支付"), (IntentState.OPEN, IntentState.CANCELLED), IntentState.PAID),
        Move("cancel_intent", _("取消"), (IntentState.OPEN,), IntentState.CANCELLED),
    ),
)

_TRY = AttemptState
# A paid attempt never moves again; a closed or failed one may still turn out paid (late payment).
ATTEMPT = Workflow(
    name=_("支付尝试"),
    table="billing_attempt",
    column="state",
    states=AttemptState,
    initial=_TRY.CREATED,
    moves=(
        Move("open", _("下单成功"), (_TRY.CREATED, _TRY.UNKNOWN), _TRY.OPEN),
        Move("lose", _("结果未知"), (_TRY.CREATED,), _TRY.UNKNOWN),
        Move("fail", _("下单失败"), (_TRY.CREATED, _TRY.UNKNOWN), _TRY.FAILED),
        Move("close", _("关闭"), (_TRY.CREATED, _TRY.UNKNOWN, _TRY.OPEN), _TRY.CLOSED),
        Move(
            "pay",
            _("支付"),
            (_TRY.CREATED, _TRY.UNKNOWN, _TRY.OPEN, _TRY.CLOSED, _TRY.FAILED),
            _TRY.PAID,
        ),
    ),
)

CHANNEL_DAY = Workflow(
    name=_("渠道对账日"),
    table="billing_channelday",
    column="state",
    states=ChannelDayState,
    initial=ChannelDayState.OPEN,
    moves=(
        Move(
            "close_channel_day",
            _("结清"),
            (ChannelDayState.OPEN,),
            ChannelDayState.CLOSED,
            "billing.close_channel_day",
        ),
    ),
)

WORKFLOWS = (
    PRICE_DOCUMENT,
    BILLING_RUN,
    ADJUSTMENT,
    *CHANGES,
    LATE_FEE_WAIVER,
    SHIFT,
    LARGE_PAYMENT,
    CHANNEL_DAY,
    INTENT,
    ATTEMPT,
)
