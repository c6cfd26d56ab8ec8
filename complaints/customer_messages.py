"""What customers are told by text message, written in the transaction that gives cause to it.

Accepted: the number and the promise. Resolved: with a call-back owed, the link to answer it by, so
that one message says both. Notices of an outage: everybody the notice is for.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from complaints.models import CallBack, Notice, NoticeRecipient, Ticket
from complaints.promises.due_words import dated
from complaints.promises.explain import promise_in_force
from complaints.promises.owed_call_backs import ASKING_TEMPLATE, message_cause, new_link
from customers.messages.operations import Words, queue_message, queue_to_accounts
from customers.models import Account
from office.actors import Actor
from office.language import in_chinese

# Told later than this it helps nobody.
NEWS_LIFE = timedelta(hours=12)
NOTICE_LIFE = timedelta(hours=24)
CONFIRMED_AT_ONCE = 500


@transaction.atomic
def confirm_receipts(at: datetime) -> int:
    """Sends confirmations of new reports with number and promise; returns how many.

    The ticket's own row says that a confirmation is due. So intake needs no further statement, and
    after a kill the confirmation stays due. Several workers take different tickets.
    """
    fresh = (
        Ticket.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
        .select_related("company")
        .filter(confirmation_owed=True)
    )
    owed = list(fresh.order_by("pk")[:CONFIRMED_AT_ONCE])
    told = sum(_confirm(ticket, at) for ticket in owed if at < ticket.entered_at + NEWS_LIFE)
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in owed]).update(confirmation_owed=False)
    return told


def _confirm(ticket: Ticket, at: datetime) -> bool:
    due = ticket.due_at or promise_in_force(ticket).due_at
    words = Words("ticket_accepted", {**_names(ticket), "due": dated(due)})
    return tell(ticket, words, "accepted", NEWS_LIFE, at)


def tell_resolved(ticket: Ticket, call_back: CallBack | None, *, by: Actor, at: datetime) -> bool:
    """Say that it is done, once per round of work; with the link where a call-back is owed."""
    cause = f"resolved:{ticket.redo_count}"
    if call_back is None:
        return tell(ticket, Words("ticket_resolved", _names(ticket)), cause, NEWS_LIFE, at)
    secret = new_link(call_back, by=by, at=at)
    return tell(ticket, asking(ticket, secret), cause, NOTICE_LIFE, at)


def tell_accounts(notice: Notice, recipients: QuerySet[NoticeRecipient]) -> int:
    """Have their customers told, each mobile once for the notice; how many messages."""
    return queue_to_accounts(
        Account.objects.filter(pk__in=recipients.order_by().values("account")),
        notice.incident.company,
        # Exactly what was previewed; whom to call stands in it, where there is somebody.
        Words("heat_notice", {"text": notice.text}),
        cause=f"notice:{notice.pk}",
        life=NOTICE_LIFE,
        at=notice.issued_at,
    )


def asking(ticket: Ticket, secret: str) -> Words:
    """That it is done, and the link by which to say how well; nobody else may read the link."""
    link = settings.PUBLIC_URL + reverse("answer_call_back", args=[secret])
    return Words(ASKING_TEMPLATE, _names(ticket), {"link": link})


def _names(ticket: Ticket) -> dict[str, str]:
    with in_chinese():
        return {
            "number": ticket.number,
            "what": f"{ticket.get_kind_display()}（{ticket.get_subject_display()}）",
        }


def tell(ticket: Ticket, words: Words, cause: str, life: timedelta, at: datetime) -> bool:
    """Have the mobile a ticket was reported from told something once."""
    return queue_message(
        ticket.company,
        ticket.caller_phone,
        words,
        cause=message_cause(ticket, cause),
        life=life,
        at=at,
    )
