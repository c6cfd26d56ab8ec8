"""Where each connection stands, since when, until when, and with whom."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from customers.connection_states import OPEN_CONNECTIONS, ConnectionState
from customers.models import Connection
from office.action_names import action_name
from office.language import Text
from office.models import Approval, User
from office.states import ApprovalState

# Whose turn it is at a step: everybody of the company with this permission.
TURN_OF: dict[str, str] = {
    ConnectionState.APPLIED: "customers.accept_application",
    ConnectionState.RETURNED: "customers.apply_for_connection",
    ConnectionState.SURVEY: "customers.plan_survey",
    ConnectionState.DESIGN: "customers.submit_design",
    ConnectionState.REVIEW: "customers.convene_review",
    ConnectionState.PLAN: "customers.submit_connection_plan",
    ConnectionState.CONTRACT: "customers.sign_connection_contract",
    ConnectionState.KICK_OFF: "customers.kick_off_connection",
    ConnectionState.CONSTRUCTION: "customers.inspect_node",
    ConnectionState.READY: "customers.heat_on",
}


@dataclass(frozen=True)
class Card:
    """One open connection: with whom it is, for how many whole days, and whether it is late."""

    connection: Connection
    people: str
    days: int
    late: bool


@dataclass
class Column:
    """A step with its connections, the longest waiting first."""

    title: Text
    cards: list[Card] = field(default_factory=list)

    @property
    def area(self) -> Decimal:
        """The area of all its connections in m²."""
        return sum((card.connection.area for card in self.cards), Decimal(0))

    @property
    def oldest(self) -> int:
        """For how many days the oldest waits."""
        return max((card.days for card in self.cards), default=0)


def board_at(user: User, at: datetime) -> list[Column]:
    """Returns the open connections that the person may see, by step; a fixed number of
    statements.
    """
    connections = list(
        Connection.objects.visible_to(user)
        .filter(state__in=OPEN_CONNECTIONS)
        .select_related("company", "applied_by")
        .prefetch_related("surveys__surveyor", "reviews__reviewers__opinion")
        .order_by("waiting_since", "pk")
    )
    levels = _open_levels(connections)
    holders = holders_of(
        {*TURN_OF.values(), *levels.values()}, {row.company_id for row in connections}
    )
    columns = {state: Column(ConnectionState(state).label) for state in OPEN_CONNECTIONS}
    for connection in connections:
        people = _people(connection, levels, holders)
        late = connection.due_at is not None and connection.due_at < at
        days = (at - connection.waiting_since).days
        columns[ConnectionState(connection.state)].cards.append(
            Card(connection, "、".join(people), days, late)
        )
    return list(columns.values())


def _people(
    connection: Connection, levels: dict[int, str], holders: dict[tuple[int, str], list[str]]
) -> list[str]:
    """Returns the names of those whose turn it is."""
    if connection.state == ConnectionState.APPROVAL:
        level = levels[connection.pk]
        return holders[connection.company_id, level] or [action_name(level.partition(".")[2])]
    if connection.state == ConnectionState.REVIEW:
        waiting = [
            reviewer.name
            for review in connection.reviews.all()
            if review.closed_at is None
            for reviewer in review.reviewers.all()
            if not hasattr(reviewer, "opinion")
        ]
        if waiting:
            return waiting
    if connection.state == ConnectionState.SURVEY:
        planned = [
            survey
            for survey in connection.surveys.all()
            if survey.reported_at is None and survey.called_off_at is None
        ]
        if planned:
            return [f"{planned[0].surveyor.display_name} {planned[0].planned_for}"]
    return holders[connection.company_id, TURN_OF[connection.state]]


def _open_levels(connections: Collection[Connection]) -> dict[int, str]:
    """Returns the permission of the open level of each connection that is with its leaders."""
    pending = Approval.objects.filter(
        record_type=ContentType.objects.get_for_model(Connection),
        record_id__in=[connection.pk for connection in connections],
        state=ApprovalState.PENDING,
    )
    return dict(pending.values_list("record_id", "permission"))


def holders_of(
    permissions: Iterable[str], companies: Iterable[int]
) -> dict[tuple[int, str], list[str]]:
    """Returns the names of the active staff of each company with each of the permissions.

    Those who see every company are left out: nobody would know that it is their turn.
    """
    codenames = [permission.partition(".")[2] for permission in permissions]
    holders: dict[tuple[int, str], list[str]] = defaultdict(list)
    people = (
        User.objects.filter(
            Q(companies__in=list(companies)),
            is_active=True,
            groups__permissions__codename__in=codenames,
            groups__permissions__content_type__app_label="customers",
        )
        .values_list(
            "companies", "last_name", "first_name", "username", "groups__permissions__codename"
        )
        .distinct()
        .order_by("last_name", "first_name", "username")
    )
    for company, last_name, first_name, username, codename in people:
        holders[company, f"customers.{codename}"].append(f"{last_name}{first_name}" or username)
    return holders
