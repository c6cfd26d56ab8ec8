"""The work of customer service that waits for people (`office/waiting.py`)."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from complaints.call_backs.owed import escalated_call_backs
from complaints.escalations.open_escalations import notified_roles, waiting_escalations
from complaints.hand_overs.open_hand_overs import REPLIED, waiting_hand_overs
from complaints.models import CallBack, Escalation, HandOver, TicketNote
from complaints.waiting import (
    MENDED,
    UNASSIGNED,
    WAITING_ENQUIRIES,
    desk_call_backs,
    desk_tickets,
    due_soon,
    due_today,
    overdue,
    unheard_notes,
)
from office.language import Text
from office.models import User
from office.waiting import WaitingKind


def _escalations(user: User, at: datetime) -> QuerySet[Escalation] | None:
    roles = notified_roles(user)
    return waiting_escalations(user, roles).select_related("ticket") if roles else None


def _escalated_call_backs(user: User, at: datetime) -> QuerySet[CallBack]:
    return escalated_call_backs(user)


def _unheard_notes(user: User, at: datetime) -> QuerySet[TicketNote]:
    return unheard_notes(user)


def _hand_overs(user: User, at: datetime) -> QuerySet[HandOver]:
    return waiting_hand_overs(user).select_related("ticket")


def _queue(key: str, title: Text, query: str, condition: Callable[[datetime], Q]) -> WaitingKind:
    """Returns a queue of tickets of the whole desk, late by the promise or by 12345."""
    return WaitingKind(
        key=key,
        title=title,
        permission="complaints.view_ticket",
        page="complaints_ticket_changelist",
        query=query,
        rows=desk_tickets,
        condition=condition,
        since="reported_at",
        due="deadline",
    )


# In the order of the front page.
DESK = (
    _queue("overdue", _("已超时"), "?due=overdue", overdue),
    _queue("due_soon", _("两小时内到期"), "?due=soon", due_soon),
    _queue("due_today", _("今天到期"), "?due=today", due_today),
    _queue("unassigned", _("待派工"), "?work=unassigned", lambda at: UNASSIGNED),
    _queue("mended", _("已修复待办结"), "?work=mended", lambda at: MENDED),
    _queue("enquiries", _("待答复的咨询"), "?work=enquiries", lambda at: WAITING_ENQUIRIES),
    _queue("replied", _("部门已答复"), "?work=replied", lambda at: REPLIED),
    WaitingKind(
        key="call_backs",
        title=_("待回访"),
        permission="complaints.view_callback",
        page="complaints_callback_changelist",
        query="",
        rows=desk_call_backs,
        since="owed_since",
        due="due_at",
    ),
)

KINDS = (
    *DESK,
    WaitingKind(
        key="escalations",
        title=_("通知到我的超时"),
        empty=_("没有待办的超时。"),
        permission="complaints.view_escalation",
        page="complaints_escalation_changelist",
        query="?waiting=yes",
        rows=_escalations,
        name=lambda escalation: (
            f"{escalation.ticket.number}　{escalation.get_clock_display()}"
            f" · {escalation.get_step_display()}"
        ),
        link=lambda escalation: reverse(
            "admin:complaints_ticket_change", args=[escalation.ticket_id]
        ),
        since="found_at",
        due="due_at",
    ),
    WaitingKind(
        key="escalated_call_backs",
        title=_("转主管的回访"),
        empty=_("没有转主管的回访。"),
        permission="complaints.record_escalated_call_back",
        page="complaints_callback_changelist",
        query="?work=escalated",
        rows=_escalated_call_backs,
        name=lambda call: f"{call.ticket.number}　{call.ticket.get_kind_display()}",
        link=lambda call: reverse("admin:complaints_callback_change", args=[call.pk]),
        since="owed_since",
        due="due_at",
    ),
    WaitingKind(
        key="unheard_notes",
        title=_("暂停、并单或办结后用户有补充"),
        empty=_("没有待看的用户补充。"),
        permission="complaints.open_ticket",
        page="complaints_ticket_changelist",
        query="?work=noted",
        rows=_unheard_notes,
        name=lambda note: f"{note.ticket.number}　{note.text[:20]}",
        link=lambda note: reverse("admin:complaints_ticket_change", args=[note.ticket_id]),
        since="at",
    ),
    WaitingKind(
        key="hand_overs",
        title=_("转办待答复"),
        empty=_("没有待答复的转办。"),
        permission="complaints.reply_to_hand_over",
        page="complaints_handover_changelist",
        query="",
        rows=_hand_overs,
        name=lambda hand_over: f"{hand_over.ticket.number}　{hand_over.question[:20]}",
        link=lambda hand_over: reverse("admin:complaints_handover_change", args=[hand_over.pk]),
        since="handed_at",
        due="due_at",
    ),
)
