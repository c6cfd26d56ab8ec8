"""Lines by what has become of them, and the records that a person names for one."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.models import Payment, StatementLine
from billing.statement_words import LineKind
from billing.statements.entered import entered_by_serial, may_be_entered
from customers.models import SupplyContract
from office.models import User
from office.refusals import NotFound

_WAITING = Q(
    kind=LineKind.RECEIVED, received_fen__gt=0, booking__isnull=True, reversal__isnull=True
)
STATES = {
    "waiting": (_("待入账"), _WAITING),
    "matched": (_("待入账：已匹配"), _WAITING & Q(matched_account__isnull=False)),
    "unclaimed": (_("待入账：待认领"), _WAITING & Q(matched_account__isnull=True)),
    "booked": (_("已入账"), Q(booking__isnull=False)),
    "reversed": (_("冲正与被冲正"), Q(kind=LineKind.REVERSAL) | Q(reversal__isnull=False)),
    "other": (
        _("不是用户缴款"),
        ~Q(kind__in=[LineKind.RECEIVED, LineKind.REVERSAL]),
    ),
}


class LineStateFilter(SimpleListFilter):
    """Limits the list to lines of which the same has become."""

    title = _("处理情况")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[Any, str]]:
        return [(key, str(label)) for key, (label, _rows) in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        state = STATES.get(str(self.value()))
        return queryset.filter(state[1]) if state else queryset


def waiting_lines(user: User) -> QuerySet[StatementLine]:
    """Returns the lines of a user's companies that are customers' money and not booked, oldest
    first.
    """
    return StatementLine.objects.visible_to(user).filter(_WAITING).order_by("day", "pk")


def is_waiting(line: StatementLine) -> bool:
    """Returns whether the line is customers' money that is not booked yet."""
    return StatementLine.objects.filter(_WAITING, pk=line.pk).exists()


def contract_of_number(line: StatementLine, account_number: str) -> SupplyContract:
    """Returns the running contract of an account of the line's company.

    Raises `NotFound` when the company has no such account or the account no running contract.
    """
    contract = (
        SupplyContract.objects.filter(
            company=line.company_id, account__number=account_number.strip(), ends__isnull=True
        )
        .select_related("account", "company")
        .first()
    )
    if contract is None:
        raise NotFound(
            _("本公司没有户号 %(number)s，或该户没有生效的合同，请核对。"), number=account_number
        )
    return contract


def payment_of_receipt(line: StatementLine, receipt_number: str) -> Payment:
    """Returns the payment of the line's company with this receipt; raises `NotFound`."""
    payment = (
        Payment.objects.filter(company=line.company_id, receipt__number=receipt_number.strip())
        .select_related("contract__account", "company")
        .first()
    )
    if payment is None:
        raise NotFound(_("本公司没有收据 %(number)s，请核对。"), number=receipt_number)
    return payment


def payments_for(line: StatementLine) -> list[Payment]:
    """Returns the transfers that may be the line's, the one with its serial first."""
    by_serial = list(entered_by_serial([line]).values())
    return by_serial + [payment for payment in may_be_entered(line) if payment not in by_serial]
