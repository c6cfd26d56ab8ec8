"""Every workflow of the office on one screen."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from office.workflow import Move, Workflow


class ApprovalState(TextChoices):
    PENDING = "pending", _("审批中")
    APPROVED = "approved", _("已通过")
    RETURNED = "returned", _("已退回")
    WITHDRAWN = "withdrawn", _("已撤回")


_APPROVAL = ApprovalState
# Every move is a step of an operation on the record that is approved; that one has the permission.
APPROVAL = Workflow(
    name=_("审批"),
    table="office_approval",
    column="state",
    states=ApprovalState,
    initial=_APPROVAL.PENDING,
    moves=(
        Move("approve_last_level", _("末级通过"), (_APPROVAL.PENDING,), _APPROVAL.APPROVED),
        Move("return_to_drafter", _("退回"), (_APPROVAL.PENDING,), _APPROVAL.RETURNED),
        Move("withdraw_approval", _("撤回"), (_APPROVAL.PENDING,), _APPROVAL.WITHDRAWN),
    ),
)

WORKFLOWS = (APPROVAL,)
