"""What refunds that are not settled yet will take out of an advance, and which wait for people."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from billing.change_states import AdvanceRefundState, RefundToSourceState
from billing.models import AdvanceRefund, RefundToSource
from customers.models import Connection, SupplyContract

# WeChat Pay ends nearly all refunds within minutes; after a day somebody asks.
_SOON = timedelta(days=1)


def waiting_fen(contract: SupplyContract) -> int:
    """Returns what refunds of the contract come to whose money is still in the advance, in fen.

    An approved refund to source has left it already.
    """
    by_bank = AdvanceRefund.objects.filter(
        contract=contract, state__in=(AdvanceRefundState.DRAFTED, AdvanceRefundState.APPROVED)
    )
    to_source = RefundToSource.objects.filter(contract=contract, state=RefundToSourceState.DRAFTED)
    return sum(by_bank.values_list("amount_fen", flat=True)) + sum(
        to_source.values_list("amount_fen", flat=True)
    )


def to_be_paid_fen(payer: SupplyContract | Connection | None) -> int:
    """Returns what approved refunds of a payer come to that the bank has still to pay, in fen."""
    owner = {"connection": payer} if isinstance(payer, Connection) else {"contract": payer}
    approved = AdvanceRefund.objects.filter(state=AdvanceRefundState.APPROVED, **owner)
    return sum(approved.values_list("amount_fen", flat=True))


def to_follow(refunds: QuerySet[RefundToSource], at: datetime) -> QuerySet[RefundToSource]:
    """Returns the approved refunds that did not end by themselves, the oldest first: abnormal
    ones, those that WeChat Pay refused, and those without an end for a day.
    """
    refused = Q(state=RefundToSourceState.APPROVED, refused_at__isnull=False)
    late = Q(
        state__in=(RefundToSourceState.APPROVED, RefundToSourceState.PROCESSING),
        approved_at__lt=at - _SOON,
    )
    abnormal = Q(state=RefundToSourceState.ABNORMAL)
    return refunds.filter(refused | late | abnormal).order_by("approved_at", "pk")
