"""The lines of an adjustment: what somebody asks for, compared with what was billed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from billing.adjustments.billed_lines import BilledLine, billed_lines
from billing.models import Adjustment, AdjustmentLine, Bill
from billing.rules.differences import Difference, by_amount, by_difference, spread
from office.money import yuan_text
from office.refusals import Invalid, Refused


@dataclass(frozen=True)
class Correction:
    """How a bill is corrected, in fen: to what a line should be, or by an amount.

    Exactly one of `should_fen` and `amount_fen` is given. Without a `line_id` an amount concerns
    the whole bill. `working` is the calculation as the customer reads it.
    """

    line_id: int | None = None
    should_fen: int | None = None
    amount_fen: int | None = None
    working: str = ""


@dataclass(frozen=True)
class AdjustmentFacts:
    """The corrections of one bill with their reason, and `source`, the paper that allows them.

    `due_on` is the day by which a supplement is to be paid; a credit has none.
    """

    bill: Bill
    corrections: Sequence[Correction]
    reason: str
    source: str
    due_on: date | None = None


def correction_lines(bill: Bill, corrections: Sequence[Correction]) -> list[AdjustmentLine]:
    """Returns the unsaved lines of an adjustment; the caller has the lock of the account.

    Lines that need no correction are left out. Raises `Invalid` for a line of another bill or a
    negative amount, and `Refused` for a credit above what the line comes to.
    """
    bill_lines = billed_lines(bill)
    lines = [
        AdjustmentLine(
            season_id=bill.season_id,
            ordinal=ordinal,
            corrects=item.line,
            item=item.item,
            working=(correction.working or _working(difference))[:300],
            should_fen=difference.should_fen,
            billed_fen=difference.billed_fen,
            vat_rate=item.billed.vat_rate,
            amount_fen=difference.amount_fen,
            tax_fen=difference.tax_fen,
        )
        for ordinal, (correction, item, difference) in enumerate(
            _differences(bill_lines, corrections), start=1
        )
    ]
    _check_credits(bill_lines, lines)
    return lines


def check_still_true(adjustment: Adjustment, lines: Sequence[AdjustmentLine]) -> None:
    """Refuses an adjustment that corrections issued since its drafting have made wrong.

    The caller has the lock of the account.
    """
    bill_lines = billed_lines(adjustment.corrects)
    now = {item.line_id: item.billed.amount_fen for item in bill_lines}
    if any(line.billed_fen not in (None, now[line.corrects_id]) for line in lines):
        raise Refused(
            "corrected_since",
            _("起草以后账单 %(bill)s 又有调整，差额已不正确，请取消后重新起草。"),
            bill=adjustment.corrects.number,
        )
    _check_credits(bill_lines, lines)


def _differences(
    bill_lines: Sequence[BilledLine], corrections: Sequence[Correction]
) -> Iterator[tuple[Correction, BilledLine, Difference]]:
    for correction in corrections:
        if (correction.should_fen is None) == (correction.amount_fen is None):
            raise Invalid("correction_unclear", _("请填写应为金额或增减金额，二者择一。"))
        for item, difference in _parts(bill_lines, correction):
            if difference.amount_fen:
                yield correction, item, difference


def _parts(
    bill_lines: Sequence[BilledLine], correction: Correction
) -> Iterator[tuple[BilledLine, Difference]]:
    """Yields the lines that a correction concerns, each with its difference."""
    chosen = _chosen(bill_lines, correction)
    if correction.should_fen is not None:
        if len(chosen) > 1:
            raise Invalid("line_missing", _("账单有多行明细，按应为金额更正时请选择明细。"))
        if correction.should_fen < 0:
            raise Invalid("should_below_zero", _("应为金额不能为负。"))
        yield chosen[0], by_difference(correction.should_fen, chosen[0].billed)
        return
    amounts = spread(correction.amount_fen or 0, [item.billed for item in chosen])
    for item, amount_fen in zip(chosen, amounts, strict=True):
        yield item, by_amount(amount_fen, item.billed)


def _chosen(bill_lines: Sequence[BilledLine], correction: Correction) -> Sequence[BilledLine]:
    if correction.line_id is None:
        return bill_lines
    chosen = [item for item in bill_lines if item.line_id == correction.line_id]
    if not chosen:
        raise Invalid("line_of_another_bill", _("所选明细不属于这张账单，请重新选择。"))
    return chosen


def _check_credits(bill_lines: Sequence[BilledLine], lines: Sequence[AdjustmentLine]) -> None:
    """Refuses credits that take more off a line than it comes to."""
    left = {item.line_id: item.billed.amount_fen for item in bill_lines}
    for line in lines:
        left[line.corrects_id] += line.amount_fen
    for item in bill_lines:
        if left[item.line_id] < 0:
            raise Refused(
                "credit_above_bill",
                _("“%(item)s”已出账净额 %(billed)s 元，最多只能冲减这么多。"),
                item=item.item,
                billed=yuan_text(item.billed.amount_fen),
            )


def _working(difference: Difference) -> str:
    """Returns the words of a correction for which nobody wrote any."""
    if difference.should_fen is None or difference.billed_fen is None:
        return ""
    return f"应为 {yuan_text(difference.should_fen)} 元，原计 {yuan_text(difference.billed_fen)} 元"
