"""Payments in suspense: a person must find out which account they belong to."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from billing.models import Payment
from billing.payments.refunds import not_refunded
from customers.models import Connection, SupplyContract
from office.models import User
from office.refusals import NotFound


def open_suspense(user: User) -> QuerySet[Payment]:
    """Returns the payments in suspense that may be assigned and are not yet, oldest first.

    Refunded money is left out: its alarm waits instead.
    """
    return (
        not_refunded(Payment.objects.visible_to(user))
        .filter(in_suspense=True, assignment__isnull=True)
        .select_related("company", "contract__account", "connection")
        .order_by("pk")
    )


def contract_of_account(payment: Payment, account_number: str) -> SupplyContract:
    """Returns the running contract of an account of the payment's company.

    Without an account number it is the payment's own contract. Raises `NotFound` when the company
    has no such account or the account no running contract, and without a number for money of a
    grid connection.
    """
    if not account_number.strip():
        if payment.contract is None:
            raise NotFound(_("这笔款项不是热费，请填写户号或入网编号。"))
        return payment.contract
    contract = (
        SupplyContract.objects.filter(
            company=payment.company_id, account__number=account_number.strip(), ends__isnull=True
        )
        .select_related("account", "company")
        .first()
    )
    if contract is None:
        raise NotFound(
            _("本公司没有户号 %(number)s，或该户没有生效的合同，请核对。"), number=account_number
        )
    return contract


def connection_of_number(payment: Payment, number: str) -> Connection | None:
    """Returns the grid connection of the payment's company with this number, if it is one.

    Without a number it is the payment's own connection.
    """
    if not number.strip():
        return payment.connection
    return Connection.objects.filter(
        company=payment.company_id, number__iexact=number.strip()
    ).first()
