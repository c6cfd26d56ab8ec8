"""The one lock under which a customer's money and contracts change."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from customers.models import Account
from office.refusals import NotFound


def lock_accounts(account_ids: Iterable[int]) -> None:
    """Locks several accounts as `lock_account` locks one.

    In the order of their numbers, so that two transactions never wait for each other.
    """
    wanted = set(account_ids)
    locked = Account.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    if len(locked.values_list("pk", flat=True)) != len(wanted):
        raise NotFound(_("没有这个户号。"))


def lock_account(account_id: int) -> Account:
    """Wait for and hold the account until the transaction ends.

    NO KEY UPDATE: rows that merely point at the account need not wait.
    """
    held = Account.objects.select_for_update(no_key=True).filter(pk=account_id).first()
    if held is None:
        raise NotFound(_("没有这个户号。"))
    return held
