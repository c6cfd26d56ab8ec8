"""The workflows of what changes an account's charge or its advance: areas, stops, refunds."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from office.workflow import Move, Workflow


class AreaChangeState(TextChoices):
    DRAFTED = "drafted", _("待审核")
    RETURNED = "returned", _("已退回")
    APPROVED = "approved", _("已变更")
    CANCELLED = "cancelled", _("已取消")


class StopHeatState(TextChoices):
    APPLIED = "applied", _("待审核")
    RETURNED = "returned", _("已退回")
    APPROVED = "approved", _("已报停")
    RESUMED = "resumed", _("已复热")
    VOIDED = "voided", _("已作废")
    CANCELLED = "cancelled", _("已取消")


class ResumptionState(TextChoices):
    DRAFTED = "drafted", _("待审核")
    RETURNED = "returned", _("已退回")
    APPROVED = "approved", _("已复热")
    CANCELLED = "cancelled", _("已取消")


class AdvanceRefundState(TextChoices):
    DRAFTED = "drafted", _("待审核")
    RETURNED = "returned", _("已退回")
    APPROVED = "approved", _("待付款")
    PAID = "paid", _("已付款")
    CANCELLED = "cancelled", _("已取消")


class CreditMoveState(TextChoices):
    DRAFTED = "drafted", _("待审核")
    RETURNED = "returned", _("已退回")
    MOVED = "moved", _("已划转")
    CANCELLED = "cancelled", _("已取消")


class RefundToSourceState(TextChoices):
    DRAFTED = "drafted", _("待审核")
    RETURNED = "returned", _("已退回")
    APPROVED = "approved", _("待退款")
    PROCESSING = "processing", _("退款中")
    ABNORMAL = "abnormal", _("退款异常")
    PAID = "paid", _("已退款")
    CLOSED = "closed", _("退款已关闭")
    CANCELLED = "cancelled", _("已取消")


class DunningRunState(TextChoices):
    SCOPED = "scoped", _("已定范围")
    PREVIEWING = "previewing", _("预览中")
    PREVIEWED = "previewed", _("待审核")
    APPROVED = "approved", _("已审核")
    REMINDING = "reminding", _("催缴中")
    DONE = "done", _("已完成")
    CANCELLED = "cancelled", _("已取消")


_AREA_CHANGE = AreaChangeState
AREA_CHANGE = Workflow(
    name=_("面积变更"),
    table="billing_areachange",
    column="state",
    states=AreaChangeState,
    initial=_AREA_CHANGE.DRAFTED,
    moves=(
        Move(
            "approve_area_change",
            _("审核通过"),
            (_AREA_CHANGE.DRAFTED,),
            _AREA_CHANGE.APPROVED,
            "billing.approve_area_change",
        ),
        Move(
            "return_area_change",
            _("退回"),
            (_AREA_CHANGE.DRAFTED,),
            _AREA_CHANGE.RETURNED,
            "billing.approve_area_change",
        ),
        Move(
            "cancel_area_change",
            _("取消"),
            (_AREA_CHANGE.DRAFTED, _AREA_CHANGE.RETURNED),
            _AREA_CHANGE.CANCELLED,
            "billing.cancel_area_change",
        ),
    ),
)

_STOP = StopHeatState
# A stop ends with its season: that it has expired is asked of the day, it is no state.
STOP_HEAT = Workflow(
    name=_("报停"),
    table="billing_stopheat",
    column="state",
    states=StopHeatState,
    initial=_STOP.APPLIED,
    moves=(
        Move(
            "approve_stop_heat",
            _("审核通过"),
            (_STOP.APPLIED,),
            _STOP.APPROVED,
            "billing.approve_stop_heat",
        ),
        Move(
            "return_stop_heat",
            _("退回"),
            (_STOP.APPLIED,),
            _STOP.RETURNED,
            "billing.approve_stop_heat",
        ),
        Move(
            "cancel_stop_heat",
            _("取消"),
            (_STOP.APPLIED, _STOP.RETURNED),
            _STOP.CANCELLED,
            "billing.cancel_stop_heat",
        ),
        Move("resume_stop", _("复热"), (_STOP.APPROVED,), _STOP.RESUMED),
        Move("void_stop", _("作废"), (_STOP.APPROVED,), _STOP.VOIDED),
    ),
)

_RESUMPTION = ResumptionState
RESUMPTION = Workflow(
    name=_("复热"),
    table="billing_resumption",
    column="state",
    states=ResumptionState,
    initial=_RESUMPTION.DRAFTED,
    moves=(
        Move(
            "approve_resumption",
            _("审核通过"),
            (_RESUMPTION.DRAFTED,),
            _RESUMPTION.APPROVED,
            "billing.approve_resumption",
        ),
        Move(
            "return_resumption",
            _("退回"),
            (_RESUMPTION.DRAFTED,),
            _RESUMPTION.RETURNED,
            "billing.approve_resumption",
        ),
        Move(
            "cancel_resumption",
            _("取消"),
            (_RESUMPTION.DRAFTED, _RESUMPTION.RETURNED),
            _RESUMPTION.CANCELLED,
            "billing.cancel_resumption",
        ),
    ),
)

_REFUND = AdvanceRefundState
ADVANCE_REFUND = Workflow(
    name=_("预存退款"),
    table="billing_advancerefund",
    column="state",
    states=AdvanceRefundState,
    initial=_REFUND.DRAFTED,
    moves=(
        Move(
            "approve_advance_refund",
            _("审核通过"),
            (_REFUND.DRAFTED,),
            _REFUND.APPROVED,
            "billing.approve_advance_refund",
        ),
        Move(
            "return_advance_refund",
            _("退回"),
            (_REFUND.DRAFTED,),
            _REFUND.RETURNED,
            "billing.approve_advance_refund",
        ),
        Move(
            "pay_advance_refund",
            _("登记付款"),
            (_REFUND.APPROVED,),
            _REFUND.PAID,
            "billing.pay_advance_refund",
        ),
        Move(
            "cancel_advance_refund",
            _("取消"),
            (_REFUND.DRAFTED, _REFUND.RETURNED, _REFUND.APPROVED),
            _REFUND.CANCELLED,
            "billing.cancel_advance_refund",
        ),
    ),
)

_MOVE = CreditMoveState
CREDIT_MOVE = Workflow(
    name=_("入网余款划转"),
    table="billing_creditmove",
    column="state",
    states=CreditMoveState,
    initial=_MOVE.DRAFTED,
    moves=(
        Move(
            "approve_credit_move",
            _("审核通过"),
            (_MOVE.DRAFTED,),
            _MOVE.MOVED,
            "billing.approve_credit_move",
        ),
        Move(
            "return_credit_move",
            _("退回"),
            (_MOVE.DRAFTED,),
            _MOVE.RETURNED,
            "billing.approve_credit_move",
        ),
        Move(
            "cancel_credit_move",
            _("取消"),
            (_MOVE.DRAFTED,),
            _MOVE.CANCELLED,
            "billing.draft_credit_move",
        ),
    ),
)

_BACK = RefundToSourceState
# WeChat Pay has still to say how these end; of an abnormal one people decide at its console.
LIVE_REFUNDS = (_BACK.APPROVED, _BACK.PROCESSING, _BACK.ABNORMAL)
# The money of these has left the advance for good, or may still come back to it.
RESERVED_REFUNDS = (*LIVE_REFUNDS, _BACK.PAID)
REFUND_TO_SOURCE = Workflow(
    name=_("原路退款"),
    table="billing_refundtosource",
    column="state",
    states=RefundToSourceState,
    initial=_BACK.DRAFTED,
    moves=(
        Move(
            "approve_refund_to_source",
            _("审核通过"),
            (_BACK.DRAFTED,),
            _BACK.APPROVED,
            "billing.approve_refund_to_source",
        ),
        Move(
            "return_refund_to_source",
            _("退回"),
            (_BACK.DRAFTED,),
            _BACK.RETURNED,
            "billing.approve_refund_to_source",
        ),
        Move(
            "cancel_refund_to_source",
            _("取消"),
            (_BACK.DRAFTED, _BACK.RETURNED),
            _BACK.CANCELLED,
            "billing.cancel_refund_to_source",
        ),
        Move(
            "send_refund",
            _("受理"),
            (_BACK.APPROVED,),
            _BACK.PROCESSING,
        ),
        Move(
            "pay_refund",
            _("退款成功"),
            (_BACK.APPROVED, _BACK.PROCESSING, _BACK.ABNORMAL),
            _BACK.PAID,
        ),
        Move(
            "close_refund",
            _("退款关闭"),
            (_BACK.APPROVED, _BACK.PROCESSING, _BACK.ABNORMAL),
            _BACK.CLOSED,
        ),
        Move(
            "stall_refund",
            _("退款异常"),
            (_BACK.APPROVED, _BACK.PROCESSING),
            _BACK.ABNORMAL,
        ),
        Move(
            "release_refund_to_source",
            _("撤回"),
            (_BACK.APPROVED,),
            _BACK.CLOSED,
            "billing.approve_refund_to_source",
        ),
    ),
)

_DUNNING = DunningRunState
DUNNING_RUN = Workflow(
    name=_("催缴批次"),
    table="billing_dunningrun",
    column="state",
    states=DunningRunState,
    initial=_DUNNING.SCOPED,
    moves=(
        Move(
            "preview_dunning_run",
            _("预览"),
            (_DUNNING.SCOPED, _DUNNING.PREVIEWED, _DUNNING.APPROVED),
            _DUNNING.PREVIEWING,
            "billing.create_dunning_run",
        ),
        Move("finish_dunning_preview", _("完成预览"), (_DUNNING.PREVIEWING,), _DUNNING.PREVIEWED),
        Move(
            "approve_dunning_run",
            _("审核通过"),
            (_DUNNING.PREVIEWED,),
            _DUNNING.APPROVED,
            "billing.approve_dunning_run",
        ),
        Move(
            "return_dunning_run",
            _("退回"),
            (_DUNNING.PREVIEWED,),
            _DUNNING.SCOPED,
            "billing.approve_dunning_run",
        ),
        Move(
            "start_dunning_run",
            _("开始催缴"),
            (_DUNNING.APPROVED,),
            _DUNNING.REMINDING,
            "billing.start_dunning_run",
        ),
        Move("finish_dunning_run", _("完成催缴"), (_DUNNING.REMINDING,), _DUNNING.DONE),
        Move(
            "cancel_dunning_run",
            _("取消批次"),
            (_DUNNING.SCOPED, _DUNNING.PREVIEWED, _DUNNING.APPROVED),
            _DUNNING.CANCELLED,
            "billing.create_dunning_run",
        ),
    ),
)

CHANGES = (
    AREA_CHANGE,
    STOP_HEAT,
    RESUMPTION,
    ADVANCE_REFUND,
    CREDIT_MOVE,
    REFUND_TO_SOURCE,
    DUNNING_RUN,
)
