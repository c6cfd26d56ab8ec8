"""Every workflow of the customers' desks."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from customers.connection_states import CONNECTION
from office.workflow import Move, Workflow


class MessageState(TextChoices):
    WAITING = "waiting", _("待发送")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("发送失败")
    UNCLEAR = "unclear", _("是否发出不明")
    EXPIRED = "expired", _("过时未发")


_M = MessageState
# The states that need a person: these messages may not have arrived.
UNSENT = (_M.FAILED, _M.UNCLEAR)

MESSAGE = Workflow(
    name=_("短信"),
    table="customers_message",
    column="state",
    states=MessageState,
    initial=_M.WAITING,
    moves=(
        Move("claim_message", _("取走发送"), (_M.WAITING,), _M.SENDING),
        Move("record_sent", _("网关已收"), (_M.SENDING,), _M.SENT),
        Move("put_back_message", _("稍后再试"), (_M.SENDING,), _M.WAITING),
        Move("give_up_message", _("不再重试"), (_M.SENDING,), _M.FAILED),
        Move("lose_message", _("没有下文"), (_M.SENDING,), _M.UNCLEAR),
        Move("expire_message", _("过时"), (_M.WAITING,), _M.EXPIRED),
        Move("resend_message", _("重新发送"), UNSENT, _M.WAITING, "customers.resend_message"),
    ),
)

WORKFLOWS = (MESSAGE, CONNECTION)
