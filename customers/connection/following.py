"""The applicant follows a connection by its number and the telephone of the application."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from customers.connection_states import ConnectionState
from customers.models import Connection
from office.calendar import business_date
from office.language import Text

# What the applicant may do at a step; where nothing stands here, the company works on it.
_TO_DO: dict[str, Text] = {
    ConnectionState.RETURNED: _("请按补正内容补齐材料，到营业厅重新提交。"),
    ConnectionState.CONTRACT: _("请与营业厅联系签订入网合同。"),
    ConnectionState.REJECTED: _("可到营业厅了解原因。"),
}
_SHOWN_REASONS = (
    ConnectionState.RETURNED,
    ConnectionState.REJECTED,
    ConnectionState.WITHDRAWN,
)
# Compared when there is no such number, so that both answers take the same steps.
_NOBODY = "0" * 11


@dataclass(frozen=True)
class Progress:
    """What an applicant may know: the step, since when, until when, and what is to be done."""

    number: str
    project: str
    state: Text
    since: date
    due_on: date | None
    is_held: bool
    reason: str
    to_do: Text
    passed: tuple[tuple[Text, date], ...]


def progress_of_applicant(number: str, phone: str) -> Progress | None:
    """Returns the progress of the connection with this number, if the telephone is its own.

    A number that does not exist and a wrong telephone are answered alike.
    """
    connection = Connection.objects.filter(number=number.strip().upper()).first()
    own_phone = connection.phone if connection else _NOBODY
    typed = "".join(phone.split()).encode()
    # Equal time for every telephone, so that nobody learns digits from the clock.
    matches = secrets.compare_digest(own_phone.encode(), typed)
    if connection is None or not matches:
        return None
    state = ConnectionState(connection.state)
    return Progress(
        connection.number,
        connection.project,
        state.label,
        business_date(connection.waiting_since),
        _day(connection.due_at),
        connection.held_at is not None,
        connection.remark if state in _SHOWN_REASONS else "",
        _TO_DO.get(state, ""),
        tuple(
            (ConnectionState(stay.state).label, business_date(stay.left_at))
            for stay in connection.stays.exclude(left_at=None)
            if stay.left_at
        ),
    )


def _day(at: datetime | None) -> date | None:
    return business_date(at) if at else None
