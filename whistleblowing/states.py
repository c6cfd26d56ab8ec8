"""The workflow of a report on one screen. No move has a permission: whoever holds its key may."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from office.workflow import Move, Workflow


class ReportState(TextChoices):
    RECEIVED = "received", _("已收到")
    CHECKING = "checking", _("初步核查")
    OPENED = "opened", _("已立案")
    INVESTIGATING = "investigating", _("调查中")
    REPORTED = "reported", _("已提交调查报告")
    DECIDED = "decided", _("已决定")
    DECLINED = "declined", _("不予立案")
    FED_BACK = "fed_back", _("已反馈")
    OBJECTED = "objected", _("有异议")
    CLOSED = "closed", _("已结案")


_S = ReportState
REPORT = Workflow(
    name=_("检举"),
    table="whistleblowing_report",
    column="state",
    states=ReportState,
    initial=_S.RECEIVED,
    moves=(
        Move("begin_check", _("开始初步核查"), (_S.RECEIVED,), _S.CHECKING),
        Move("open_case", _("立案"), (_S.CHECKING,), _S.OPENED),
        Move("decline_case", _("不予立案"), (_S.CHECKING,), _S.DECLINED),
        Move("begin_investigation", _("开始调查"), (_S.OPENED,), _S.INVESTIGATING),
        Move("submit_findings", _("提交调查报告"), (_S.INVESTIGATING,), _S.REPORTED),
        Move("decide_case", _("作出处理决定"), (_S.REPORTED,), _S.DECIDED),
        Move("give_feedback", _("向检举人反馈"), (_S.DECIDED, _S.DECLINED), _S.FED_BACK),
        Move("object_to_result", _("提出异议"), (_S.FED_BACK,), _S.OBJECTED),
        Move("check_again", _("复核"), (_S.OBJECTED,), _S.CHECKING),
        Move("uphold_result", _("维持结论"), (_S.OBJECTED,), _S.FED_BACK),
        Move("close_case", _("结案"), (_S.FED_BACK,), _S.CLOSED),
        Move("set_aside", _("结案（测试或者重复，不计入统计）"), (_S.FED_BACK,), _S.CLOSED),
        Move("reopen_case", _("重新核查"), (_S.CLOSED,), _S.CHECKING),
    ),
)

WORKFLOWS = (REPORT,)
