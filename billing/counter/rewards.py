"""Rewards that are paid at the counter by an amount and a code, without a name."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.chart import LedgerAccount
from billing.counter.shifts import cash_in_till_fen, lock_open_shift
from billing.ledger.posting import post_transfer
from billing.models import RewardVoucher, TransferKind
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.models import Company
from office.permissions import authorise
from office.refusals import Refused


@transaction.atomic
def issue_reward_voucher(
    code: str, amount_fen: int, company: Company, *, by: Actor, at: datetime
) -> RewardVoucher:
    """Lets the counters of a company pay an amount in fen to whoever brings the code, once.

    No permission: the house does it when a reward is granted elsewhere. No line in the journal:
    its moment would lead to the case; the voucher itself stays.
    """
    return RewardVoucher.objects.create(
        company=company,
        code_digest=_digest(code),
        code_tail=_plain(code)[-4:],
        amount_fen=amount_fen,
        issued_on=business_date(at),
    )


@transaction.atomic
def pay_reward(code: str, amount_fen: int, *, by: Actor, at: datetime) -> RewardVoucher:
    """Pays a voucher in cash out of the cashier's open shift and posts it.

    Refused alike for a code that does not exist and an amount that is not the voucher's; nobody is
    asked for a name.
    """
    row = RewardVoucher.objects.filter(code_digest=_digest(code), amount_fen=amount_fen).first()
    if row is None:
        raise Refused("voucher_not_there", _("没有这个兑付码和金额的兑付单，请核对后重新输入。"))
    authorise(by, "billing.pay_reward", row.company)
    shift = lock_open_shift(by, row.company)
    # Two cashiers may type the same code at one moment: the second must see that it is paid.
    voucher = RewardVoucher.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if voucher.paid_at is not None:
        raise Refused("voucher_paid", _("这张兑付单已经兑付，不能再付。"))
    if cash_in_till_fen(shift) < amount_fen:
        raise Refused("till_too_low", _("钱箱里的现金不够，请先备款。"))
    voucher.shift, voucher.paid_at = shift, at
    voucher.save(update_fields=["shift", "paid_at"])
    post_transfer(
        TransferKind.REWARD,
        debit=LedgerAccount.REWARD_EXPENSE,
        credit=LedgerAccount.CASH,
        amount_fen=amount_fen,
        source=voucher,
        company=voucher.company,
        business_date=business_date(at),
        at=at,
    )
    journal.record("pay_reward", voucher, by=by, at=at, amount_fen=amount_fen)
    return voucher


def _digest(code: str) -> str:
    return hashlib.sha256(_plain(code).encode()).hexdigest()


def _plain(code: str) -> str:
    """Returns the code as it was drawn, without what people type around it."""
    return "".join(letter for letter in code.upper() if letter.isalnum())
