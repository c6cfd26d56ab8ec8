"""All workflows of customer service."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from office.workflow import Move, Workflow


class TicketState(TextChoices):
    OPEN = "open", _("待处理")
    ASSIGNED = "assigned", _("已派工")
    WORKING = "working", _("处理中")
    HANDED_OVER = "handed_over", _("已转办")
    JOINED = "joined", _("已并单")
    RESOLVED = "resolved", _("已办结")
    CLOSED = "closed", _("已关闭")


class VisitState(TextChoices):
    ASSIGNED = "assigned", _("待接单")
    ACCEPTED = "accepted", _("已接单")
    DEPARTED = "departed", _("在途")
    ARRIVED = "arrived", _("已到场")
    COMPLETED = "completed", _("已完成")
    WITHDRAWN = "withdrawn", _("已撤回")


class CallBackState(TextChoices):
    DUE = "due", _("待回访")
    ANSWERED = "answered", _("已回访")
    UNANSWERED = "unanswered", _("未能接通")
    ESCALATED = "escalated", _("转主管回访")
    DROPPED = "dropped", _("返工取消")


class IncidentState(TextChoices):
    REGISTERED = "registered", _("已登记")
    ANNOUNCED = "announced", _("已公告")
    ONGOING = "ongoing", _("抢修中")
    RESTORED = "restored", _("已恢复")
    CLOSED = "closed", _("已关闭")
    CANCELLED = "cancelled", _("已取消")


class ArticleState(TextChoices):
    DRAFT = "draft", _("起草")
    PUBLISHED = "published", _("已发布")


_T = TicketState
# While one of these, somebody still works on it: it can be paused, re-classified, breached.
LIVE_TICKETS = (_T.OPEN, _T.ASSIGNED, _T.WORKING, _T.HANDED_OVER)
# The promise of a joined ticket goes on: its customer waits like the others of the building.
PROMISED_TICKETS = (*LIVE_TICKETS, _T.JOINED)

TICKET = Workflow(
    name=_("工单"),
    table="complaints_ticket",
    column="state",
    states=TicketState,
    initial=_T.OPEN,
    moves=(
        Move(
            "assign_ticket",
            _("派工"),
            (_T.OPEN, _T.ASSIGNED, _T.WORKING),
            _T.ASSIGNED,
            "complaints.assign_ticket",
        ),
        Move(
            "accept_assignment",
            _("接单"),
            (_T.ASSIGNED,),
            _T.WORKING,
            "complaints.accept_assignment",
        ),
        Move("return_ticket", _("退回待派"), (_T.WORKING,), _T.OPEN),
        # An enquiry became work, or work an enquiry: what was begun for the other is over.
        Move(
            "return_reclassified",
            _("改判退回"),
            (_T.ASSIGNED, _T.WORKING, _T.HANDED_OVER),
            _T.OPEN,
        ),
        Move(
            "hand_over_enquiry",
            _("转办"),
            (_T.OPEN, _T.HANDED_OVER),
            _T.HANDED_OVER,
            "complaints.hand_over_enquiry",
        ),
        Move("join_duplicate", _("并单"), (_T.OPEN,), _T.JOINED, "complaints.join_duplicate"),
        Move(
            "separate_duplicate", _("拆单"), (_T.JOINED,), _T.OPEN, "complaints.separate_duplicate"
        ),
        Move("resolve_joined", _("随主单办结"), (_T.JOINED,), _T.RESOLVED),
        Move(
            "answer_enquiry",
            _("答复"),
            (_T.OPEN, _T.HANDED_OVER),
            _T.RESOLVED,
            "complaints.answer_enquiry",
        ),
        Move(
            "resolve_ticket",
            _("办结"),
            # Also before anybody went there: the heat is back, or no visit is needed.
            (_T.OPEN, _T.ASSIGNED, _T.WORKING),
            _T.RESOLVED,
            "complaints.resolve_ticket",
        ),
        Move(
            "reopen_ticket",
            _("返工"),
            (_T.RESOLVED, _T.CLOSED),
            _T.OPEN,
            "complaints.reopen_ticket",
        ),
        Move("close_ticket", _("关闭"), (_T.RESOLVED,), _T.CLOSED, "complaints.close_ticket"),
    ),
)

_V = VisitState
LIVE_VISITS = (_V.ASSIGNED, _V.ACCEPTED, _V.DEPARTED, _V.ARRIVED)
VISIT = Workflow(
    name=_("上门"),
    table="complaints_visit",
    column="state",
    states=VisitState,
    initial=_V.ASSIGNED,
    moves=(
        Move(
            "accept_assignment",
            _("接单"),
            (_V.ASSIGNED,),
            _V.ACCEPTED,
            "complaints.accept_assignment",
        ),
        Move("depart", _("出发"), (_V.ACCEPTED,), _V.DEPARTED, "complaints.depart"),
        Move("arrive", _("到场"), (_V.DEPARTED,), _V.ARRIVED, "complaints.arrive"),
        Move(
            "complete_visit",
            _("完成上门"),
            (_V.ARRIVED,),
            _V.COMPLETED,
            "complaints.complete_visit",
        ),
        Move("withdraw_visit", _("撤回"), LIVE_VISITS, _V.WITHDRAWN),
    ),
)

_C = CallBackState
LIVE_CALL_BACKS = (_C.DUE, _C.ESCALATED)
CALL_BACK = Workflow(
    name=_("回访"),
    table="complaints_callback",
    column="state",
    states=CallBackState,
    initial=_C.DUE,
    moves=(
        Move(
            "record_call_back",
            _("登记回访"),
            (_C.DUE,),
            _C.ANSWERED,
            "complaints.record_call_back",
        ),
        Move(
            "record_escalated_call_back",
            _("登记转主管的回访"),
            (_C.ESCALATED,),
            _C.ANSWERED,
            "complaints.record_escalated_call_back",
        ),
        Move("answer_call_back", _("用户评价"), LIVE_CALL_BACKS, _C.ANSWERED),
        Move("give_up_call_back", _("未能接通"), (_C.DUE, _C.ESCALATED), _C.UNANSWERED),
        Move("escalate_call_back", _("转主管"), (_C.DUE,), _C.ESCALATED),
        Move("drop_call_back", _("返工取消"), (_C.DUE, _C.ESCALATED), _C.DROPPED),
    ),
)

_I = IncidentState
INCIDENT = Workflow(
    name=_("故障停热"),
    table="complaints_incident",
    column="state",
    states=IncidentState,
    initial=_I.REGISTERED,
    moves=(
        Move(
            "announce_outage",
            _("公告"),
            (_I.REGISTERED,),
            _I.ANNOUNCED,
            "complaints.announce_outage",
        ),
        Move(
            "begin_incident",
            _("开始抢修"),
            (_I.REGISTERED, _I.ANNOUNCED),
            _I.ONGOING,
            "complaints.begin_incident",
        ),
        Move(
            "restore_incident",
            _("恢复供热"),
            (_I.ONGOING,),
            _I.RESTORED,
            "complaints.restore_incident",
        ),
        Move("close_incident", _("关闭"), (_I.RESTORED,), _I.CLOSED, "complaints.close_incident"),
        Move(
            "cancel_incident",
            _("取消"),
            (_I.REGISTERED, _I.ANNOUNCED),
            _I.CANCELLED,
            "complaints.cancel_incident",
        ),
    ),
)

ARTICLE_VERSION = Workflow(
    name=_("知识条目版本"),
    table="complaints_articleversion",
    column="state",
    states=ArticleState,
    initial=ArticleState.DRAFT,
    moves=(
        Move(
            "publish_article",
            _("发布"),
            (ArticleState.DRAFT,),
            ArticleState.PUBLISHED,
            "complaints.publish_article",
        ),
    ),
)

WORKFLOWS = (TICKET, VISIT, CALL_BACK, INCIDENT, ARTICLE_VERSION)
