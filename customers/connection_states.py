"""The workflow of a grid connection, from the application to warm rooms."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from office.workflow import Move, Workflow


class ConnectionState(TextChoices):
    APPLIED = "applied", _("待受理")
    RETURNED = "returned", _("待补正")
    SURVEY = "survey", _("踏勘")
    DESIGN = "design", _("初步设计")
    REJECTED = "rejected", _("不予入网")
    WITHDRAWN = "withdrawn", _("已撤回")


_C = ConnectionState
# In the order of the work; a connection in one of them is open.
OPEN_CONNECTIONS = (_C.APPLIED, _C.RETURNED, _C.SURVEY, _C.DESIGN)
_ENDED = (_C.REJECTED, _C.WITHDRAWN)

CONNECTION = Workflow(
    name=_("供热入网"),
    table="customers_connection",
    column="state",
    states=ConnectionState,
    initial=_C.APPLIED,
    moves=(
        Move(
            "accept_application",
            _("受理"),
            (_C.APPLIED,),
            _C.SURVEY,
            "customers.accept_application",
        ),
        Move(
            "return_application",
            _("退回补正"),
            (_C.APPLIED,),
            _C.RETURNED,
            "customers.accept_application",
        ),
        Move(
            "resubmit_application",
            _("重新提交"),
            (_C.RETURNED,),
            _C.APPLIED,
            "customers.apply_for_connection",
        ),
        Move("plan_survey", _("安排踏勘"), (_C.SURVEY,), _C.SURVEY, "customers.plan_survey"),
        Move("pass_survey", _("踏勘可行"), (_C.SURVEY,), _C.DESIGN, "customers.report_survey"),
        Move("fail_survey", _("踏勘不可行"), (_C.SURVEY,), _C.SURVEY, "customers.report_survey"),
        Move(
            "reject_connection",
            _("不予入网"),
            OPEN_CONNECTIONS,
            _C.REJECTED,
            "customers.reject_connection",
        ),
        Move(
            "withdraw_connection",
            _("撤回申请"),
            OPEN_CONNECTIONS,
            _C.WITHDRAWN,
            "customers.apply_for_connection",
        ),
        Move(
            "reopen_connection",
            _("重新办理"),
            _ENDED,
            _C.APPLIED,
            "customers.reject_connection",
        ),
    ),
)
