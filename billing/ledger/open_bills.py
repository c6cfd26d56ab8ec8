"""What is still owed, bill by bill."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from billing.chart import LedgerAccount
from billing.models import Bill, Transfer, TransferKind
from billing.models.transfer import DAY_BOOK
from customers.models import SupplyContract

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class OpenAmount(TypedDict):
        paid_fen: int
        open_fen: int

    BillWithOpenAmount = WithAnnotations[Bill, OpenAmount]


@dataclass(frozen=True)
class OpenBill:
    """A bill and what is still to pay of it, in fen."""

    bill: Bill
    open_fen: int


def _moved(side: str) -> Subquery:
    """Sum of what the day book moved on one side of the receivable of the outer bill."""
    moved = (
        Transfer.objects.filter(
            book=DAY_BOOK, bill_id=OuterRef("pk"), **{side: LedgerAccount.RECEIVABLE}
        )
        # Never in the day book; said, because the index on bills is of all other kinds.
        .exclude(kind=TransferKind.BILL)
        .order_by()
        .values("bill_id")
        .annotate(total=Sum("amount_fen"))
        .values("total")
    )
    return Subquery(moved, output_field=BigIntegerField())


def with_open_amount(bills: QuerySet[Bill]) -> "QuerySet[BillWithOpenAmount]":
    """Annotate `paid_fen` (allocated less reversed) and `open_fen`."""
    return bills.annotate(
        paid_fen=Coalesce(_moved("credit"), 0) - Coalesce(_moved("debit"), 0)
    ).annotate(open_fen=F("amount_fen") - F("paid_fen"))


def open_bills(contract: SupplyContract) -> list[OpenBill]:
    """The contract's bills with something left to pay, oldest season first."""
    return open_bills_of([contract.pk])


def open_bills_of(contract_ids: Iterable[int]) -> list[OpenBill]:
    """Open bills of several contracts in one query, oldest season first."""
    bills = (
        with_open_amount(Bill.objects.filter(contract_id__in=list(contract_ids)))
        .filter(open_fen__gt=0)
        .select_related("season")
        .order_by("season__label", "pk")
    )
    return [OpenBill(bill, bill.open_fen) for bill in bills]
