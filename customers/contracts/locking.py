"""The row lock on accounts, under which a customer's money and contracts change."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from customers.models import Account
from office.locks.advisory_locks import AdvisoryLock, share_until_commit
from office.refusals import NotFound


def lock_accounts(account_ids: Iterable[int]) -> None:
    """Locks several accounts as `lock_account` locks one.

    It locks them in the order of their ids, so that two transactions cannot deadlock.
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
    """Locks the account until the transaction ends and returns it; waits while another has the
    lock.

    An operation that needs a shift as well locks the account first.
    """
    _enter_books()
    # NO KEY UPDATE, so that inserting rows that refer to the account need not wait. OF self and
    # ordered by the key: the model's own order joins the company, whose row would be locked too.
    accounts = Account.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    account = accounts.filter(pk=account_id).first()
    if account is None:
        raise NotFound(_("没有这个户号。"))
    return account


def _enter_books() -> None:
    # Taken before the row lock: an operation that attaches partitions waits here for all payments
    # that have begun, and later payments wait for it here, so that none waits inside a table lock.
    share_until_commit(AdvisoryLock.BOOKS)
