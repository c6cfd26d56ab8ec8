"""The supply contracts of a signed-in customer."""

from django.db.models import Q, QuerySet

from customers.models import CustomerToken, SupplyContract


def own_contracts(token: CustomerToken) -> QuerySet[SupplyContract]:
    """Returns the contracts on which the customer is the user of heat or the payer.

    A contract that has ended stays in the answer: its debts stay with its customer.
    """
    customers = token.customer_ids
    return SupplyContract.objects.filter(Q(customer__in=customers) | Q(payer__in=customers))
