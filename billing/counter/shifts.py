"""A cashier's shift: opened with a counted float, closed with a blind count."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from billing.chart import LedgerAccount
from billing.ledger.posting import post_transfer
from billing.models import Method, Payment, RewardVoucher, Shift, TransferKind
from billing.states import SHIFT, ShiftState
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.models import Company
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused


@transaction.atomic
def open_shift(company: Company, *, till: str, float_fen: int, by: Actor, at: datetime) -> Shift:
    """Opens the cashier's shift at a till with a counted float; each cashier has one at most."""
    authorise(by, "billing.open_shift", company)
    if by.user is None:
        raise NotAllowed()
    if float_fen < 0:
        raise Invalid("negative_float", _("备用金不能为负数。"))
    shift = Shift(company=company, cashier=by.user, till=till, opened_at=at, float_fen=float_fen)
    _create_shift(shift)
    journal.record("open_shift", shift, by=by, at=at, till=till, float_fen=float_fen)
    return shift


def _create_shift(shift: Shift) -> None:
    """Creates the open shift; refuses when the cashier already has one."""
    # The unique constraint decides, not a query before: a cashier may press the button twice. The
    # savepoint keeps the caller's transaction usable after the violation.
    try:
        with transaction.atomic():
            shift.save(force_insert=True)
    except IntegrityError:
        raise Refused("shift_open", _("您已有未交班的班次，请先交班。")) from None


@transaction.atomic
def close_shift(
    shift: Shift, *, counted_fen: int, reason: str = "", by: Actor, at: datetime
) -> Shift:
    """Closes the shift with the counted cash and posts the difference; no more money enters it.

    Raises `Invalid` for a difference without a reason, `NotAllowed` for anybody but its cashier.
    """
    authorise(by, "billing.close_shift", shift.company)
    # Payments of this shift take the same lock: none slips in between the sum and the closing.
    locked_shift = lock_shift(shift.pk)
    if locked_shift.cashier_id != (by.user.pk if by.user else None):
        raise NotAllowed(_("只能由本班收费员交班。"))
    state = SHIFT.next_state(locked_shift.state, "close_shift")
    if counted_fen < 0:
        raise Invalid("negative_count", _("实点现金不能为负数。"))
    expected_fen = cash_in_till_fen(locked_shift)
    if counted_fen != expected_fen and not reason.strip():
        raise Invalid("difference_unexplained", _("实点与应有不符，请重新清点，或填写差额原因。"))
    locked_shift.state = state
    locked_shift.closed_at = at
    locked_shift.expected_fen = expected_fen
    locked_shift.counted_fen = counted_fen
    locked_shift.difference_reason = reason.strip()
    locked_shift.save()
    _post_difference(locked_shift, at=at)
    journal.record(
        "close_shift",
        locked_shift,
        by=by,
        at=at,
        expected_fen=expected_fen,
        counted_fen=counted_fen,
    )
    return locked_shift


def _post_difference(shift: Shift, *, at: datetime) -> None:
    """Posts the difference, so that the books agree with the count; no payment changes."""
    surplus_fen = (shift.counted_fen or 0) - (shift.expected_fen or 0)
    if not surplus_fen:
        return
    cash, difference = LedgerAccount.CASH, LedgerAccount.CASH_DIFFERENCE
    post_transfer(
        TransferKind.DIFFERENCE,
        debit=cash if surplus_fen > 0 else difference,
        credit=difference if surplus_fen > 0 else cash,
        amount_fen=abs(surplus_fen),
        source=shift,
        company=shift.company,
        business_date=business_date(at),
        at=at,
    )


def lock_shift(pk: int) -> Shift:
    """A step of operations that take money or close a shift: locks the shift and returns it."""
    # NO KEY UPDATE: inserting a payment that refers to the shift need not wait for this lock.
    return (
        Shift.objects.select_for_update(of=("self",), no_key=True)
        .select_related("company")
        .get(pk=pk)
    )


def lock_open_shift(by: Actor, company: Company) -> Shift:
    """A step of operations that take money: locks the cashier's open shift in that company.

    Raises `Refused` when there is none.
    """
    shift = Shift.objects.filter(cashier=by.user, company=company, state=ShiftState.OPEN).first()
    # The state is read again under the lock: the shift may have been closed in between.
    if shift is None or (locked_shift := lock_shift(shift.pk)).state != ShiftState.OPEN:
        raise Refused("no_open_shift", _("您还没有开班，请先开班再收款。"))
    return locked_shift


def cash_taken_fen(shift: Shift) -> int:
    """Returns the cash received in the shift, in fen."""
    cash = Payment.objects.filter(shift=shift, method=Method.CASH)
    sum_fen: int = cash.aggregate(sum_fen=Sum("amount_fen", default=0))["sum_fen"]
    return sum_fen


def cash_in_till_fen(shift: Shift) -> int:
    """Returns what the till should hold, in fen: float and cash received, less rewards paid."""
    rewards = RewardVoucher.objects.filter(shift=shift)
    paid_fen: int = rewards.aggregate(sum_fen=Sum("amount_fen", default=0))["sum_fen"]
    return shift.float_fen + cash_taken_fen(shift) - paid_fen
