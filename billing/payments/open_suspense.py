"""Money that waits for a person to find out whose it is."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from billing.models import Payment
from customers.models import SupplyContract
from office.models import User
from office.refusals import NotFound


def open_suspense(user: User) -> QuerySet[Payment]:
    """Payments in suspense that nobody has assigned, oldest first."""
    return (
        Payment.objects.visible_to(user)
        .filter(in_suspense=True, assignment__isnull=True)
        .select_related("company", "contract__account")
        .order_by("pk")
    )


def contract_of_account(payment: Payment, account_number: str) -> SupplyContract:
    """The running contract of an account of the payment's company; its own when none is named."""
    if not account_number.strip():
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
