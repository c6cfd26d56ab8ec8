"""What is still owed, bill by bill."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from django.db.models import BigIntegerField, Case, F, OuterRef, QuerySet, Subquery, Sum, When
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


def _postings() -> QuerySet[Transfer]:
    """The postings of the day book."""
    # No `bill` postings stand there; saying so lets PostgreSQL use the index on all other kinds.
    return Transfer.objects.filter(book=DAY_BOOK).exclude(kind=TransferKind.BILL).order_by()


def _settled_fen() -> Sum:
    """What they took off the receivable less what they put back."""
    credited = When(credit=LedgerAccount.RECEIVABLE, then=F("amount_fen"))
    debited = When(debit=LedgerAccount.RECEIVABLE, then=-F("amount_fen"))
    return Sum(Case(credited, debited, default=0))


def with_open_amount(bills: QuerySet[Bill]) -> "QuerySet[BillWithOpenAmount]":
    """Annotate `paid_fen` (allocated less reversed) and `open_fen`."""
    settled = (
        _postings()
        .filter(bill_id=OuterRef("pk"))
        .values("bill_id")
        .annotate(total=_settled_fen())
        .values("total")
    )
    return bills.annotate(
        paid_fen=Coalesce(Subquery(settled, output_field=BigIntegerField()), 0)
    ).annotate(open_fen=F("amount_fen") - F("paid_fen"))


def open_bills(contract: SupplyContract) -> list[OpenBill]:
    """The contract's bills with something left to pay, oldest season first."""
    return open_bills_of([contract.pk])


def open_bills_by_contract(contract_ids: Iterable[int]) -> dict[int, list[OpenBill]]:
    """Open bills of several contracts under the key of each, oldest season first."""
    by_contract: dict[int, list[OpenBill]] = defaultdict(list)
    for item in open_bills_of(contract_ids):
        by_contract[item.bill.contract_id].append(item)
    return by_contract


def open_bills_of(contract_ids: Iterable[int]) -> list[OpenBill]:
    """Open bills of several contracts, oldest season first.

    Two plain queries: in one, PostgreSQL takes longer to plan the sums of each season's
    partition than to read them, and every payment asks three times.
    """
    bills = list(
        Bill.objects.filter(contract_id__in=list(contract_ids))
        .select_related("season")
        .order_by("season__label", "pk")
    )
    rows = _postings().filter(bill_id__in=[bill.pk for bill in bills]).values("bill_id")
    settled = {row["bill_id"]: row["total"] for row in rows.annotate(total=_settled_fen())}
    items = [OpenBill(bill, bill.amount_fen - settled.get(bill.pk, 0)) for bill in bills]
    return [item for item in items if item.open_fen > 0]
