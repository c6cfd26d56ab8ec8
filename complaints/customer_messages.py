"""Text messages to customers; each is queued in the transaction that is its cause.

A report is confirmed with its number and promise. A resolution is reported, with the link for an
opinion if a call-back is owed, so that one message does for both. A notice of an outage goes to all
accounts that it affects.
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

# A message that could not be sent for so long is no longer sent.
NEWS_LIFE = timedelta(hours=12)
NOTICE_LIFE = timedelta(hours=24)
CONFIRMED_AT_ONCE = 500


@transaction.atomic
def confirm_receipts(at: datetime) -> int:
    """A step of the task that confirms new reports, in a transaction of its own.

    Queues a message with number and promise for each report and returns how many it queued. The
    ticket's own row says that a confirmation is due. So intake needs no further statement, and
    after a kill the confirmation stays due. Several workers take different tickets.
    """
    # SKIP LOCKED: a ticket that another worker confirms, or an agent changes, comes later.
    unconfirmed = (
        Ticket.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
        .select_related("company")
        .filter(confirmation_owed=True)
    )
    tickets = list(unconfirmed.order_by("pk")[:CONFIRMED_AT_ONCE])
    queued = sum(_confirm(ticket, at) for ticket in tickets if at < ticket.entered_at + NEWS_LIFE)
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).update(confirmation_owed=False)
    return queued


def _confirm(ticket: Ticket, at: datetime) -> bool:
    due = ticket.due_at or promise_in_force(ticket).due_at
    words = Words("ticket_accepted", {**_names(ticket), "due": dated(due)})
    return tell(ticket, words, "accepted", NEWS_LIFE, at)


def tell_resolved(ticket: Ticket, call_back: CallBack | None, *, by: Actor, at: datetime) -> bool:
    """Queues the message that the ticket is resolved; returns False if it was queued before.

    A step of `resolve_ticket`; the message has the link if a call-back is owed.
    """
    cause = f"resolved:{ticket.redo_count}"
    if call_back is None:
        return tell(ticket, Words("ticket_resolved", _names(ticket)), cause, NEWS_LIFE, at)
    secret = new_link(call_back, by=by, at=at)
    return tell(ticket, asking(ticket, secret), cause, NOTICE_LIFE, at)


def tell_accounts(notice: Notice, recipients: QuerySet[NoticeRecipient]) -> int:
    """Queues the notice for the customers of these accounts, once per mobile; returns how many."""
    return queue_to_accounts(
        Account.objects.filter(pk__in=recipients.order_by().values("account")),
        notice.incident.company,
        # Exactly the text that was previewed.
        Words("heat_notice", {"text": notice.text}),
        cause=f"notice:{notice.pk}",
        life=NOTICE_LIFE,
        at=notice.issued_at,
    )


def asking(ticket: Ticket, secret: str) -> Words:
    """Returns the message that asks for an opinion; the link is secret and not shown to staff."""
    link = settings.PUBLIC_URL + reverse("answer_call_back", args=[secret])
    return Words(ASKING_TEMPLATE, _names(ticket), {"link": link})


def _names(ticket: Ticket) -> dict[str, str]:
    with in_chinese():
        return {
            "number": ticket.number,
            "what": f"{ticket.get_kind_display()}（{ticket.get_subject_display()}）",
        }


def tell(ticket: Ticket, words: Words, cause: str, life: timedelta, at: datetime) -> bool:
    """Queues a message to the mobile that reported the ticket; False if the cause had one."""
    return queue_message(
        ticket.company,
        ticket.caller_phone,
        words,
        cause=message_cause(ticket, cause),
        life=life,
        at=at,
    )
