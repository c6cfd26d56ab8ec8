"""The delivery proof of reminders: the state of their text messages."""

from collections.abc import Sequence
from datetime import date

from billing.models import DunningChannel, DunningNotice
from customers.models import Message
from office.dates import moment_text


def deliveries_of(notices: Sequence[DunningNotice], *, today: date) -> dict[int, str]:
    """Returns the state of each notice's text message and when it was sent; one query.

    The moment has its year where that is not the year of `today`.
    """
    causes = {
        notice.message_cause: notice for notice in notices if notice.channel == DunningChannel.SMS
    }
    return {
        causes[message.cause].pk: _words(message, today)
        for message in Message.objects.filter(cause__in=list(causes))
    }


def _words(message: Message, today: date) -> str:
    state = message.get_state_display()
    if message.sent_at is None:
        return state
    return f"{state}　{moment_text(message.sent_at, today)}"
