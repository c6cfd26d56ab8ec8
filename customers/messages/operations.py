"""Messages to customers' phones: kept with their cause, sent at most once for it.

A gateway cannot be asked whether it took a message. So a message is marked before the gateway is
called: whoever is killed in between leaves it `unclear`, and a person decides whether to send it
again. What the gateway certainly refused is tried again by itself.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from customers.identity import check_mobile
from customers.models import Account, Message
from customers.states import MESSAGE, MessageState
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.models import Company
from office.permissions import authorise
from office.sealing import seal, unseal

SEALED_VALUES = "customers.message_values"
MOST_ATTEMPTS = 5
# After so long somebody who sends is taken to be dead; no gateway is waited for as long.
SENDING_LIMIT = timedelta(minutes=5)
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))


@dataclass(frozen=True)
class Words:
    """A template the gateway knows, its values, and those of them nobody may read here."""

    template: str
    values: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict)


def queue_message(
    company: Company, phone: str, words: Words, *, cause: str, life: timedelta, at: datetime
) -> bool:
    """Have a mobile told something once for this cause; False when it is none, or was told.

    Part of the transaction that gives the cause: without it nothing is sent.
    """
    try:
        mobile = check_mobile(phone)
    except ValueError:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_INSERT} VALUES {_ROW} ON CONFLICT (cause, phone) DO NOTHING",
            [*_columns(company, words, cause, life, at, bulk=False), mobile],
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
    """Have today's customers of many accounts told, each mobile once; how many there were.

    One statement, however many live there. Who merely pays for others is not told.
    """
    asked, params = accounts.order_by().values_list("pk").query.sql_with_params()
    day = business_date(at)
    with connection.cursor() as cursor:
        cursor.execute(
            _TELL_ACCOUNTS.format(insert=_INSERT, accounts=asked),
            [*_columns(company, words, cause, life, at, bulk=True), day, day, *params],
        )
        return int(cursor.rowcount)


def claim_message(at: datetime) -> Message | None:
    """Take the message that waits longest, what is for one person before what is for many.

    Committed before the gateway is called; two workers never take the same.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"at": at})
        taken = cursor.fetchone()
    return None if taken is None else Message.objects.get(pk=taken[0])


def opened_values(message: Message) -> dict[str, str]:
    """All values of a message, for the one call that needs them."""
    hidden = json.loads(unseal(message.sealed, SEALED_VALUES)) if message.sealed else {}
    return {**message.values, **hidden}


@transaction.atomic
def record_sent(message: Message, *, at: datetime) -> Message:
    """The gateway took it; its secrets are forgotten."""
    held = _hold(message, "record_sent")
    held.sent_at, held.sealed, held.error = at, "", ""
    held.save(update_fields=["state", "sent_at", "sealed", "error"])
    return held


@transaction.atomic
def record_not_accepted(message: Message, error: str, *, at: datetime) -> Message:
    """The gateway certainly did not take it: tried again after a while, but not for ever."""
    more = message.attempts < MOST_ATTEMPTS
    held = _hold(message, "put_back_message" if more else "give_up_message")
    if more:
        held.next_try_at = at + _PAUSES[min(held.attempts, len(_PAUSES)) - 1]
    held.error = error[:200]
    held.save(update_fields=["state", "next_try_at", "error"])
    return held


@transaction.atomic
def record_unclear(message: Message, error: str) -> Message:
    """Nobody knows whether the gateway took it: never sent again by itself."""
    held = _hold(message, "lose_message")
    held.error = error[:200]
    held.save(update_fields=["state", "error"])
    return held


def settle_messages(at: datetime) -> int:
    """Give up what is late or was in the hands of somebody who died; how many those were."""
    late = Message.objects.filter(state=MessageState.WAITING, expires_at__lte=at)
    lost = Message.objects.filter(state=MessageState.SENDING, claimed_at__lt=at - SENDING_LIMIT)
    settled = late.update(state=MessageState.EXPIRED, sealed="")
    return settled + lost.update(
        state=MessageState.UNCLEAR, error="发送途中程序中断，不知网关是否已收。"
    )


@transaction.atomic
def resend_message(message: Message, *, by: Actor, at: datetime) -> Message:
    """Send again what failed or is unclear, on a person's word; it waits as long as at first."""
    authorise(by, "customers.resend_message", message.company)
    held = _hold(message, "resend_message")
    life = held.expires_at - held.created_at
    held.attempts, held.next_try_at, held.expires_at = 0, at, at + life
    held.save(update_fields=["state", "attempts", "next_try_at", "expires_at"])
    journal.record("resend_message", held, by=by, at=at, cause=held.cause)
    return held


_INSERT = (
    "INSERT INTO customers_message (company_id, cause, template, values, sealed, bulk,"
    " created_at, next_try_at, expires_at, phone, state, attempts, error)"
)
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'waiting', 0, '')"
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
    told = json.dumps(dict(words.values), ensure_ascii=False)
    return [company.pk, cause, words.template, told, hidden, bulk, at, at, at + life]


def _hold(message: Message, verb: str) -> Message:
    held = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    held.state = MESSAGE.next_state(held.state, verb)
    return held
