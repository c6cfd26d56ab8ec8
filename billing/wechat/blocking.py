"""Silence has an end: how long an order of unknown fate keeps the counter from other money."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from billing.models import Attempt
from billing.models.payment import SILENCE_MARGIN
from billing.states import LIVE_ATTEMPTS, AttemptState
from customers.contracts.locking import lock_account
from office import journal
from office.actors import Actor
from office.permissions import authorise
from office.refusals import Invalid, Refused


def open_orders(contract_ids: Iterable[int], at: datetime) -> QuerySet[Attempt]:
    """Returns the orders that the contracts' customers may still pay, overruled ones too, until
    `SILENCE_MARGIN` after their expiry.
    """
    return Attempt.objects.filter(
        intent__contract__in=list(contract_ids),
        state__in=LIVE_ATTEMPTS,
        expires_at__gt=at - SILENCE_MARGIN,
    )


def blocking_orders(contract_ids: Iterable[int], at: datetime) -> QuerySet[Attempt]:
    """Returns the orders that the contracts' customers may still pay, so that other money would
    pay twice.

    An order blocks until its own expiry and `SILENCE_MARGIN`, even when it cannot be closed, and no
    longer once a supervisor has overruled it. Money that comes for it later becomes an advance.
    """
    return open_orders(contract_ids, at).filter(overruled_at=None)


@transaction.atomic
def overrule_order(attempt: Attempt, *, reason: str, by: Actor, at: datetime) -> Attempt:
    """Lets the counter take other money while the order is open, for a reason that stays with it.

    The order itself stays as it is: what is paid for it is booked and becomes an advance.
    """
    authorise(by, "billing.overrule_order", attempt.intent.company)
    if not reason.strip():
        raise Invalid("reason_missing", _("请写明放行的原因。"))
    # The order may be paid at this moment: the account's lock lets one of the two go first.
    lock_account(attempt.intent.heat_contract.account_id)
    locked_attempt = (
        Attempt.objects.select_for_update(of=("self",)).select_related("intent").get(pk=attempt.pk)
    )
    if locked_attempt.state not in LIVE_ATTEMPTS:
        raise Refused(
            "order_ended",
            _("这笔微信支付%(state)s，不再妨碍收款。"),
            state=AttemptState(locked_attempt.state).label,
        )
    if locked_attempt.overruled_at is not None:
        raise Refused("overruled_before", _("这笔微信支付已经放行，可以直接收款。"))
    locked_attempt.overruled_at = at
    locked_attempt.overruled_by = by.user
    locked_attempt.overruled_reason = reason.strip()
    locked_attempt.save(update_fields=["overruled_at", "overruled_by", "overruled_reason"])
    journal.record(
        "overrule_order",
        locked_attempt,
        by=by,
        at=at,
        company=locked_attempt.intent.company,
        reason=locked_attempt.overruled_reason,
    )
    return locked_attempt
