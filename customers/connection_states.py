"""The workflow of a grid connection, from the application to warm rooms."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from office.workflow import Move, Workflow


class ConnectionState(TextChoices):
    APPLIED = "applied", _("待受理")
    RETURNED = "returned", _("待补正")
    SURVEY = "survey", _("踏勘")
    DESIGN = "design", _("初步设计")
    REVIEW = "review", _("联合会审")
    PLAN = "plan", _("方案与预算")
    APPROVAL = "approval", _("方案审批")
    CONTRACT = "contract", _("待签合同")
    KICK_OFF = "kick_off", _("待启动")
    CONSTRUCTION = "construction", _("施工")
    READY = "ready", _("待通热")
    HEATED = "heated", _("已通热")
    REJECTED = "rejected", _("不予入网")
    WITHDRAWN = "withdrawn", _("已撤回")


_C = ConnectionState
# In the order of the work; a connection in one of them is open.
OPEN_CONNECTIONS = (
    _C.APPLIED,
    _C.RETURNED,
    _C.SURVEY,
    _C.DESIGN,
    _C.REVIEW,
    _C.PLAN,
    _C.APPROVAL,
    _C.CONTRACT,
    _C.KICK_OFF,
    _C.CONSTRUCTION,
    _C.READY,
)
# Before the contract is signed the company may still say no.
_UNSIGNED = OPEN_CONNECTIONS[: OPEN_CONNECTIONS.index(_C.CONTRACT) + 1]
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
        Move("submit_design", _("提交设计"), (_C.DESIGN,), _C.REVIEW, "customers.submit_design"),
        Move(
            "invite_reviewers",
            _("邀请会审"),
            (_C.REVIEW,),
            _C.REVIEW,
            "customers.convene_review",
        ),
        Move(
            "give_review_opinion",
            _("签署会审意见"),
            (_C.REVIEW,),
            _C.REVIEW,
            "customers.give_review_opinion",
        ),
        Move("pass_review", _("会审通过"), (_C.REVIEW,), _C.PLAN, "customers.convene_review"),
        Move(
            "return_design",
            _("退回设计"),
            (_C.REVIEW, _C.PLAN),
            _C.DESIGN,
            "customers.convene_review",
        ),
        Move(
            "submit_connection_plan",
            _("提交方案与预算"),
            (_C.PLAN,),
            _C.APPROVAL,
            "customers.submit_connection_plan",
        ),
        Move("approve_connection_plan", _("同意方案与预算"), (_C.APPROVAL,), _C.CONTRACT),
        Move("return_connection_plan", _("退回方案与预算"), (_C.APPROVAL,), _C.PLAN),
        Move(
            "draw_up_connection_contract",
            _("拟订合同"),
            (_C.CONTRACT,),
            _C.CONTRACT,
            "customers.sign_connection_contract",
        ),
        Move(
            "draw_up_connection_contract",
            _("拟订合同"),
            (_C.KICK_OFF,),
            _C.KICK_OFF,
            "customers.sign_connection_contract",
        ),
        Move(
            "draw_up_connection_contract",
            _("拟订合同"),
            (_C.CONSTRUCTION,),
            _C.CONSTRUCTION,
            "customers.sign_connection_contract",
        ),
        Move(
            "draw_up_connection_contract",
            _("拟订合同"),
            (_C.READY,),
            _C.READY,
            "customers.sign_connection_contract",
        ),
        Move(
            "enter_signed_contract",
            _("合同生效"),
            (_C.CONTRACT,),
            _C.KICK_OFF,
            "customers.sign_connection_contract",
        ),
        Move(
            "enter_signed_contract",
            _("合同生效"),
            (_C.KICK_OFF,),
            _C.KICK_OFF,
            "customers.sign_connection_contract",
        ),
        Move(
            "enter_signed_contract",
            _("合同生效"),
            (_C.CONSTRUCTION,),
            _C.CONSTRUCTION,
            "customers.sign_connection_contract",
        ),
        Move(
            "enter_signed_contract",
            _("合同生效"),
            (_C.READY,),
            _C.READY,
            "customers.sign_connection_contract",
        ),
        Move(
            "sign_connection_contract",
            _("登记入网合同"),
            (_C.CONTRACT,),
            _C.KICK_OFF,
            "customers.sign_connection_contract",
        ),
        Move(
            "amend_connection_contract",
            _("登记补充协议"),
            (_C.KICK_OFF,),
            _C.KICK_OFF,
            "customers.sign_connection_contract",
        ),
        Move(
            "amend_connection_contract",
            _("登记补充协议"),
            (_C.CONSTRUCTION,),
            _C.CONSTRUCTION,
            "customers.sign_connection_contract",
        ),
        Move(
            "amend_connection_contract",
            _("登记补充协议"),
            (_C.READY,),
            _C.READY,
            "customers.sign_connection_contract",
        ),
        Move(
            "kick_off_connection",
            _("登记启动会"),
            (_C.KICK_OFF,),
            _C.CONSTRUCTION,
            "customers.kick_off_connection",
        ),
        Move(
            "inspect_node",
            _("登记节点检查"),
            (_C.CONSTRUCTION,),
            _C.CONSTRUCTION,
            "customers.inspect_node",
        ),
        Move(
            "report_defect",
            _("登记缺陷"),
            (_C.CONSTRUCTION,),
            _C.CONSTRUCTION,
            "customers.inspect_node",
        ),
        Move(
            "close_defect",
            _("确认整改"),
            (_C.CONSTRUCTION,),
            _C.CONSTRUCTION,
            "customers.inspect_node",
        ),
        Move(
            "accept_construction",
            _("验收通过"),
            (_C.CONSTRUCTION,),
            _C.READY,
            "customers.accept_construction",
        ),
        Move(
            "hand_in_building_table",
            _("上传楼栋表"),
            (_C.READY,),
            _C.READY,
            "customers.hand_in_building_table",
        ),
        Move(
            "heat_on",
            _("通热开户"),
            (_C.READY,),
            _C.HEATED,
            "customers.heat_on",
        ),
        Move(
            "reject_connection",
            _("不予入网"),
            _UNSIGNED,
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


class AnnualPlanState(TextChoices):
    DRAFTED = "drafted", _("编制中")
    SUBMITTED = "submitted", _("待审批")
    APPROVED = "approved", _("已批准")


_P = AnnualPlanState
ANNUAL_PLAN = Workflow(
    name=_("年度入网计划"),
    table="customers_annualplan",
    column="state",
    states=AnnualPlanState,
    initial=_P.DRAFTED,
    moves=(
        Move(
            "add_surveyed_area",
            _("登记片区"),
            (_P.DRAFTED,),
            _P.DRAFTED,
            "customers.draft_annual_plan",
        ),
        Move(
            "submit_annual_plan",
            _("提交审批"),
            (_P.DRAFTED,),
            _P.SUBMITTED,
            "customers.draft_annual_plan",
        ),
        Move("approve_annual_plan", _("批准计划"), (_P.SUBMITTED,), _P.APPROVED),
        Move("return_annual_plan", _("退回计划"), (_P.SUBMITTED,), _P.DRAFTED),
    ),
)
