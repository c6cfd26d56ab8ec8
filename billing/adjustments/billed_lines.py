"""What the lines of a bill come to with the corrections that were issued."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from billing.models import AdjustmentLine, Bill, BillLine
from billing.rules.differences import Billed
from billing.states import AdjustmentState


@dataclass(frozen=True)
class BilledLine:
    """A line of a bill and what it comes to now; opening arrears are one line without a record."""

    line: BillLine | None
    item: str
    billed: Billed

    @property
    def line_id(self) -> int | None:
        return self.line.pk if self.line else None


def billed_lines(bill: Bill) -> list[BilledLine]:
    """Returns the bill's lines in order, each with its issued corrections, by two queries."""
    corrected: dict[int | None, tuple[int, int]] = {
        row["corrects_id"]: (row["amount"], row["tax"])
        for row in AdjustmentLine.objects.filter(
            adjustment__corrects=bill.pk, adjustment__state=AdjustmentState.ISSUED
        )
        .order_by()
        .values("corrects_id")
        .annotate(amount=Sum("amount_fen"), tax=Sum("tax_fen"))
    }
    # Naming the season lets PostgreSQL read one partition.
    lines = BillLine.objects.filter(bill_id=bill.pk, season_id=bill.season_id).order_by("ordinal")
    rows: list[tuple[BillLine | None, str, int, int, Decimal]] = [
        (line, line.category_name, line.amount_fen, line.tax_fen, line.vat_rate) for line in lines
    ] or [(None, bill.get_kind_display(), bill.amount_fen, bill.tax_fen, Decimal(0))]
    billed = []
    for line, item, amount_fen, tax_fen, vat_rate in rows:
        more, more_tax = corrected.get(line.pk if line else None, (0, 0))
        billed.append(
            BilledLine(line, item, Billed(amount_fen + more, tax_fen + more_tax, vat_rate))
        )
    return billed
