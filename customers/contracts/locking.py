"""The one lock under which a customer's money and contracts change."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from customers.models import Account
from office.advisory_locks import AdvisoryLock, share_until_commit
from office.refusals import NotFound


def lock_accounts(account_ids: Iterable[int]) -> None:
    """Locks several accounts as `lock_account` locks one.

    In the order of their numbers, so that two transactions never wait for each other.
    """
    _enter_books()
    wanted = set(account_ids)
    locked = (
        Account.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=wanted)
        .order_by("pk")
    )
    if len(locked.values_list("pk", flat=True)) != len(wanted):
        raise NotFound(_("没有这个户号。"))


def lock_account(account_id: int) -> Account:
    """Waits for the account's row, locks it until the transaction ends and returns it.

    Whoever needs a shift as well locks the account first.
    """
    _enter_books()
    # NO KEY UPDATE: rows that merely point at the account need not wait. OF self and ordered by
    # the key: the model's own order joins the company, whose row would be locked with it.
    accounts = Account.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    account = accounts.filter(pk=account_id).first()
    if account is None:
        raise NotFound(_("没有这个户号。"))
    return account


def _enter_books() -> None:
    # Before the row: whoever attaches tables waits here for all payments that have begun, and
    # those that begin later wait for it, instead of for one another's tables.
    share_until_commit(AdvisoryLock.BOOKS)
