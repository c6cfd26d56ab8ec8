"""A cashier's shift: opened with a counted float, closed by a blind count."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from billing.chart import LedgerAccount
from billing.ledger.posting import post_transfer
from billing.models import Method, Payment, Shift, TransferKind
from billing.states import SHIFT, ShiftState
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.models import Company
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused


@transaction.atomic
def open_shift(company: Company, *, till: str, float_fen: int, by: Actor, at: datetime) -> Shift:
    """Put a cashier at a till with a counted float."""
    authorise(by, "billing.open_shift", company)
    if by.user is None:
        raise NotAllowed()
    if float_fen < 0:
        raise Invalid("negative_float", _("备用金不能为负数。"))
    try:
        with transaction.atomic():
            shift = Shift.objects.create(
                company=company, cashier=by.user, till=till, opened_at=at, float_fen=float_fen
            )
    except IntegrityError:
        raise Refused("shift_open", _("您已有未交班的班次，请先交班。")) from None
    journal.record("open_shift", shift, by=by, at=at, till=till, float_fen=float_fen)
    return shift


@transaction.atomic
def close_shift(
    shift: Shift, *, counted_fen: int, reason: str = "", by: Actor, at: datetime
) -> Shift:
    """Count the till, freeze its figures and let no more money in."""
    authorise(by, "billing.close_shift", shift.company)
    held = lock_shift(shift.pk)
    if held.cashier_id != (by.user.pk if by.user else None):
        raise NotAllowed(_("只能由本班收费员交班。"))
    state = SHIFT.next_state(held.state, "close_shift")
    if counted_fen < 0:
        raise Invalid("negative_count", _("实点现金不能为负数。"))
    expected = held.float_fen + cash_taken_fen(held)
    if counted_fen != expected and not reason.strip():
        raise Invalid("difference_unexplained", _("实点与应有不符，请重新清点，或填写差额原因。"))
    held.state = state
    held.closed_at = at
    held.expected_fen = expected
    held.counted_fen = counted_fen
    held.difference_reason = reason.strip()
    held.save()
    _post_difference(held, at=at)
    journal.record(
        "close_shift", held, by=by, at=at, expected_fen=expected, counted_fen=counted_fen
    )
    return held


def _post_difference(shift: Shift, *, at: datetime) -> None:
    """Bring the cash in the books to what was counted; no payment is touched."""
    over = (shift.counted_fen or 0) - (shift.expected_fen or 0)
    if not over:
        return
    cash, difference = LedgerAccount.CASH, LedgerAccount.CASH_DIFFERENCE
    post_transfer(
        TransferKind.DIFFERENCE,
        debit=cash if over > 0 else difference,
        credit=difference if over > 0 else cash,
        amount_fen=abs(over),
        company=shift.company,
        business_date=business_date(at),
        at=at,
    )


def lock_shift(pk: int) -> Shift:
    """Hold the shift: taking money and closing it wait for each other."""
    return (
        Shift.objects.select_for_update(of=("self",), no_key=True)
        .select_related("company")
        .get(pk=pk)
    )


def lock_open_shift(by: Actor, company: Company) -> Shift:
    """The actor's open shift in that company, held; refused when there is none."""
    found = Shift.objects.filter(cashier=by.user, company=company, state=ShiftState.OPEN).first()
    if found is None or (shift := lock_shift(found.pk)).state != ShiftState.OPEN:
        raise Refused("no_open_shift", _("您还没有开班，请先开班再收款。"))
    return shift


def cash_taken_fen(shift: Shift) -> int:
    """Cash received in the shift."""
    taken: int = Payment.objects.filter(shift=shift, method=Method.CASH).aggregate(
        taken=Sum("amount_fen", default=0)
    )["taken"]
    return taken
