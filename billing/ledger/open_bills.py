"""What is still owed, bill by bill: the amount of a bill less its `BillSettlement`."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from billing.models import Bill, BillSettlement
from customers.models import Account, SupplyContract

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class OpenAmount(TypedDict):
        paid_fen: int
        open_fen: int

    BillWithOpenAmount = WithAnnotations[Bill, OpenAmount]


@dataclass(frozen=True)
class OpenBill:
    """A bill and what is still to pay of it, in fen: of its amount or of its late fee."""

    bill: Bill
    open_fen: int
    is_late_fee: bool = False


def with_open_amount(bills: QuerySet[Bill]) -> "QuerySet[BillWithOpenAmount]":
    """Annotates each bill with `paid_fen`, what was settled of it, and `open_fen`."""
    settled = BillSettlement.objects.filter(bill_id=OuterRef("pk")).values("settled_fen")
    return bills.annotate(paid_fen=Coalesce(Subquery(settled), 0)).annotate(
        open_fen=F("amount_fen") - F("paid_fen")
    )


def with_arrears(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """Annotates each account with `arrears_fen`, what is open on all its bills, whoever owes it."""
    bills = with_open_amount(Bill.objects.filter(account=OuterRef("pk"))).order_by()
    owed = bills.values("account").annotate(owed_fen=Sum("open_fen")).values("owed_fen")
    return accounts.annotate(arrears_fen=Coalesce(Subquery(owed), 0))


def is_in_arrears() -> Exists:
    """Returns the condition that something is open on a bill of the account."""
    bills = with_open_amount(Bill.objects.filter(account=OuterRef("pk")))
    return Exists(bills.filter(open_fen__gt=0))


def open_bills(contract: SupplyContract) -> list[OpenBill]:
    """Returns the contract's bills with something left to pay, oldest season first."""
    return open_bills_of([contract.pk])


def open_bills_by_contract(contract_ids: Iterable[int]) -> dict[int, list[OpenBill]]:
    """Returns open bills of several contracts under the key of each, oldest season first."""
    by_contract: dict[int, list[OpenBill]] = defaultdict(list)
    for item in open_bills_of(contract_ids):
        by_contract[item.bill.contract_id].append(item)
    return by_contract


def open_bills_of(contract_ids: Iterable[int]) -> list[OpenBill]:
    """Returns the open bills of several contracts, oldest season first.

    Two plain queries: in one, PostgreSQL takes longer to plan the sums of each season's
    partition than to read them, and every payment asks three times.
    """
    bills = list(
        Bill.objects.filter(contract_id__in=list(contract_ids))
        .select_related("season")
        .order_by("season__label", "pk")
    )
    settlements = BillSettlement.objects.filter(bill_id__in=[bill.pk for bill in bills])
    settled = dict(settlements.values_list("bill_id", "settled_fen"))
    items = [OpenBill(bill, bill.amount_fen - settled.get(bill.pk, 0)) for bill in bills]
    return [item for item in items if item.open_fen > 0]
