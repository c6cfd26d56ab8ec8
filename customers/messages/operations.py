"""Messages to customers' phones: stored with their cause, sent at most once for it.

A gateway cannot be asked whether it took a message. Therefore a message is marked before the
gateway is called: if the worker is killed in between, the message becomes `unclear` and a person
decides whether to send it again. A message that the gateway certainly refused is retried
automatically.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from customers.models import Account, Message
from customers.states import MESSAGE, MessageState
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.identity import check_mobile
from office.models import Company
from office.permissions import authorise
from office.sealing import seal

SEALED_VALUES = "customers.message_values"
MOST_ATTEMPTS = 5
# A worker that has been sending for so long counts as killed; the gateway's own timeout is shorter.
SENDING_LIMIT = timedelta(minutes=5)
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))


@dataclass(frozen=True)
class Words:
    """A template approved by the gateway, its values, and the values that no member of staff may
    read.
    """

    template: str
    values: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict)


def queue_message(
    company: Company,
    phone: str,
    words: Words,
    *,
    cause: str,
    life: timedelta,
    at: datetime,
    bulk: bool = False,
) -> bool:
    """A step of the operation that gives the cause: writes a message to a mobile once per cause.

    Returns False for numbers that are no mobile and for repeated causes. `bulk` lets all personal
    messages go first. The message belongs to the
    caller's transaction: if that is rolled back, nothing is sent.
    """
    try:
        mobile = check_mobile(phone)
    except ValueError:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_INSERT} VALUES {_ROW} ON CONFLICT (cause, phone) DO NOTHING",
            [*_columns(company, words, cause, life, at, bulk=bulk), mobile],
        )
        return bool(cursor.rowcount == 1)


def queue_to_accounts(
    accounts: QuerySet[Account],
    company: Company,
    words: Words,
    *,
    cause: str,
    life: timedelta,
    at: datetime,
) -> int:
    """A step of the operation that gives the cause: writes a message to customers of many accounts.

    Today's customers get one message per mobile; returns how many were written. It is one
    statement, however many accounts there are. Payers who do not use the heat get none.
    """
    account_ids, params = accounts.order_by().values_list("pk").query.sql_with_params()
    day = business_date(at)
    with connection.cursor() as cursor:
        cursor.execute(
            _TELL_ACCOUNTS.format(insert=_INSERT, accounts=account_ids),
            [*_columns(company, words, cause, life, at, bulk=True), day, day, *params],
        )
        return int(cursor.rowcount)


def claim_message(at: datetime) -> Message | None:
    """A step of `send_messages`: marks the message to send next and returns it, or None.

    Personal messages come before bulk ones. The mark is committed before the gateway is called; two
    workers never take the same message.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"at": at})
        row = cursor.fetchone()
    return None if row is None else Message.objects.get(pk=row[0])


@transaction.atomic
def record_sent(message: Message, *, at: datetime) -> Message:
    """A step of `send_messages`, in a transaction of its own: records a message as sent.

    It deletes the secret values. The message stores the time, the journal has no line.
    """
    locked_message = _lock_for(message, "record_sent")
    locked_message.sent_at, locked_message.sealed, locked_message.error = at, "", ""
    locked_message.save(update_fields=["state", "sent_at", "sealed", "error"])
    return locked_message


@transaction.atomic
def record_not_accepted(message: Message, error: str, *, at: datetime) -> Message:
    """A step of `send_messages`, in a transaction of its own: puts back a message that was refused.

    After `MOST_ATTEMPTS` it ends the message instead. The message stores the gateway's error, the
    journal has no line.
    """
    may_try_again = message.attempts < MOST_ATTEMPTS
    verb = "put_back_message" if may_try_again else "give_up_message"
    locked_message = _lock_for(message, verb)
    if may_try_again:
        pause = _PAUSES[min(locked_message.attempts, len(_PAUSES)) - 1]
        locked_message.next_try_at = at + pause
    locked_message.error = error[:200]
    locked_message.save(update_fields=["state", "next_try_at", "error"])
    return locked_message


@transaction.atomic
def lose_message(message: Message, error: str, *, by: Actor, at: datetime) -> Message:
    """Marks the message unclear: nobody knows whether the gateway took it, so a person decides.

    No permission: only the sending worker finds this out, in the system's name.
    """
    locked_message = _lock_for(message, "lose_message")
    locked_message.error = error[:200]
    locked_message.save(update_fields=["state", "error"])
    journal.record(
        "lose_message", locked_message, by=by, at=at, cause=message.cause, error=error[:200]
    )
    return locked_message


@transaction.atomic
def settle_messages(*, by: Actor, at: datetime) -> int:
    """Ends expired messages, marks those of a killed worker unclear; returns how many it changed.

    No permission: the sending job runs it in the system's name. Expired messages leave no line in
    the journal: there may be very many, and each stores its state and its time.
    """
    expired_count = Message.objects.filter(state=MessageState.WAITING, expires_at__lte=at).update(
        state=MESSAGE.next_state(MessageState.WAITING, "expire_message"), sealed=""
    )
    orphans = Message.objects.filter(state=MessageState.SENDING, claimed_at__lt=at - SENDING_LIMIT)
    # SKIP LOCKED: sending workers hold no lock here, but another round of this operation may, and
    # it settles those rows itself.
    locked_orphans = list(orphans.select_for_update(skip_locked=True, of=("self",)))
    for message in locked_orphans:
        lose_message(message, "发送途中程序中断，不知网关是否已收。", by=by, at=at)
    return expired_count + len(locked_orphans)


def expire_waiting_messages(company: Company, template: str, cause: str) -> int:
    """A step of the operation after which the words would be wrong: ends unsent messages.

    It ends the messages of the template whose cause begins with the given text and returns how
    many. The message stores its state, the journal has no line.
    """
    return Message.objects.filter(
        company=company,
        state=MessageState.WAITING,
        template=template,
        cause__startswith=cause,
    ).update(state=MESSAGE.next_state(MessageState.WAITING, "expire_message"), sealed="")


@transaction.atomic
def resend_message(message: Message, *, by: Actor, at: datetime) -> Message:
    """Sends a failed or unclear message again, with a new period of the first length to wait in."""
    authorise(by, "customers.resend_message", message.company)
    locked_message = _lock_for(message, "resend_message")
    life = locked_message.expires_at - locked_message.created_at
    locked_message.attempts, locked_message.next_try_at = 0, at
    locked_message.expires_at = at + life
    locked_message.save(update_fields=["state", "attempts", "next_try_at", "expires_at"])
    journal.record("resend_message", locked_message, by=by, at=at, cause=locked_message.cause)
    return locked_message


_INSERT = (
    "INSERT INTO customers_message (company_id, cause, template, values, sealed, bulk,"
    " created_at, next_try_at, expires_at, phone, state, attempts, error)"
)
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'waiting', 0, '')"
# DISTINCT and ON CONFLICT: one message per mobile, also when the operation is repeated. Sorted by
# phone, so that two such statements insert in the same order and cannot deadlock.
_TELL_ACCOUNTS = """
{insert}
SELECT %s, %s, %s, %s::jsonb, %s, %s, %s::timestamptz, %s::timestamptz, %s::timestamptz,
       person.phone, 'waiting', 0, ''
FROM (
    SELECT DISTINCT customer.phone
    FROM customers_supplycontract contract
    JOIN customers_customer customer ON customer.id = contract.customer_id
    WHERE contract.starts <= %s AND (contract.ends IS NULL OR contract.ends > %s)
      AND customer.phone ~ '^1[3-9][0-9]{{9}}$'
      AND contract.account_id IN ({accounts})
    ORDER BY customer.phone
) AS person
ON CONFLICT (cause, phone) DO NOTHING
"""
# SKIP LOCKED: several workers claim at once, and each takes the next row that no other is taking.
# `bulk` sorts first, so that a sign-in code never waits behind a notice to a whole city.
_CLAIM = """
UPDATE customers_message SET state = 'sending', attempts = attempts + 1, claimed_at = %(at)s
WHERE id = (
    SELECT id FROM customers_message
    WHERE state = 'waiting' AND next_try_at <= %(at)s AND expires_at > %(at)s
    ORDER BY bulk, next_try_at, id
    LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id
"""


def _columns(
    company: Company, words: Words, cause: str, life: timedelta, at: datetime, *, bulk: bool
) -> list[Any]:
    hidden = seal(json.dumps(dict(words.secrets)), SEALED_VALUES) if words.secrets else ""
    values = json.dumps(dict(words.values), ensure_ascii=False)
    return [company.pk, cause, words.template, values, hidden, bulk, at, at, at + life]


def _lock_for(message: Message, verb: str) -> Message:
    """Locks the message and moves its state by the verb; the caller saves it."""
    locked_message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    locked_message.state = MESSAGE.next_state(locked_message.state, verb)
    return locked_message
