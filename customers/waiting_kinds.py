"""The work of grid connection and contracts that waits for people (`office/waiting.py`)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.connection.to_review import to_review
from customers.connection_states import OPEN_CONNECTIONS, ConnectionState
from customers.contracts.expiring import expiring_contracts
from customers.models import Connection
from office.language import Text
from office.models import User
from office.waiting import WaitingKind


def _open(user: User, at: datetime) -> QuerySet[Connection]:
    rows = Connection.objects.visible_to(user).filter(state__in=OPEN_CONNECTIONS, held_at=None)
    return rows.order_by("waiting_since", "pk")


def _at(state: ConnectionState) -> Callable[[datetime], Q]:
    return lambda at: Q(state=state)


def _link(connection: Any) -> str:
    return reverse("admin:customers_connection_change", args=[connection.pk])


def _step(key: str, state: ConnectionState, title: Text, permission: str) -> WaitingKind:
    """Returns the kind for the connections at one step."""
    return WaitingKind(
        key=key,
        title=title,
        empty=_("这一步没有入网。"),
        permission=permission,
        page="customers_connection_changelist",
        query=f"?now={state.value}",
        rows=_open,
        condition=_at(state),
        name=str,
        link=_link,
        since="waiting_since",
        due="due_at",
    )


KINDS = (
    _step(
        "connection_applications",
        ConnectionState.APPLIED,
        _("待受理的入网申请"),
        "customers.accept_application",
    ),
    _step(
        "connection_surveys",
        ConnectionState.SURVEY,
        _("待踏勘的入网"),
        "customers.plan_survey",
    ),
    _step(
        "connection_designs",
        ConnectionState.DESIGN,
        _("待设计的入网"),
        "customers.submit_design",
    ),
    _step(
        "connection_reviews",
        ConnectionState.REVIEW,
        _("会审中的入网"),
        "customers.convene_review",
    ),
    _step(
        "connection_plans",
        ConnectionState.PLAN,
        _("待编方案与预算的入网"),
        "customers.submit_connection_plan",
    ),
    _step(
        "connection_contracts",
        ConnectionState.CONTRACT,
        _("待签合同的入网"),
        "customers.sign_connection_contract",
    ),
    _step(
        "connection_kick_offs",
        ConnectionState.KICK_OFF,
        _("待启动的入网"),
        "customers.kick_off_connection",
    ),
    _step(
        "connection_works",
        ConnectionState.CONSTRUCTION,
        _("施工中的入网"),
        "customers.inspect_node",
    ),
    _step(
        "connections_to_heat",
        ConnectionState.READY,
        _("待通热的入网"),
        "customers.heat_on",
    ),
    WaitingKind(
        key="connection_opinions",
        title=_("待我会审的设计"),
        empty=_("没有等待您会审的设计。"),
        permission="customers.give_review_opinion",
        page="customers_connection_changelist",
        query="?now=mine",
        rows=to_review,
        name=str,
        link=_link,
        since="waiting_since",
        due="due_at",
    ),
    WaitingKind(
        key="late_connections",
        title=_("超期的入网"),
        empty=_("没有超过承诺时限的入网。"),
        permission="customers.hold_connection",
        page="customers_connection_changelist",
        query="?now=late",
        rows=_open,
        condition=lambda at: Q(due_at__lt=at),
        name=str,
        link=_link,
        since="waiting_since",
        due="due_at",
    ),
    WaitingKind(
        key="expiring_contracts",
        title=_("到期待续的用热合同"),
        empty=_("60 天内没有到期的用热合同。"),
        permission="customers.draw_up_contract",
        page="customers_supplycontract_changelist",
        query="?term=expiring",
        rows=expiring_contracts,
        name=lambda contract: f"{contract.account} {contract.customer}",
        link=lambda contract: reverse("admin:customers_supplycontract_change", args=[contract.pk]),
        # Nobody enters when a term is about to end: it is asked for each moment.
        since="",
    ),
)
