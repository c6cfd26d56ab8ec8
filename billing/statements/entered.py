"""Transfers that somebody entered before the statement came: they are found, not booked again."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from billing.bank.accounts import LONGEST_SERIAL, bank_transaction_id, plain_serial
from billing.models import Method, Payment, StatementLine

# People enter the day of the slip, the bank books on its own.
_DAYS_APART = timedelta(days=5)


def line_serial(line: StatementLine) -> str:
    """Returns the serial number under which a line is booked: the bank's, else one made of what is
    printed.
    """
    serial = plain_serial(line.serial)
    if serial and len(serial) <= LONGEST_SERIAL:
        return serial
    return f"{line.day:%Y%m%d}-{line.content[:12].upper()}-{line.occurrence}"


def entered_by_serial(lines: Iterable[StatementLine]) -> dict[int, Payment]:
    """Returns the payments that were entered under the serials of some lines of one bank account,
    by the key of the line; other amounts and payments of other lines are left out.
    """
    wanted: dict[str, list[StatementLine]] = {}
    for line in lines:
        for transaction_id in _transaction_ids(line):
            wanted.setdefault(transaction_id, []).append(line)
    payments = _entered().filter(transaction_id__in=wanted)
    entered: dict[int, Payment] = {}
    for payment in payments:
        for line in wanted[payment.transaction_id]:
            same_company = payment.company_id == line.company_id
            if same_company and payment.paper_fen == line.received_fen and line.pk not in entered:
                entered[line.pk] = payment
                break
    return entered


def may_be_entered(line: StatementLine) -> QuerySet[Payment]:
    """Returns transfers of the same amount around the same day that no line was found for.

    A paper for several accounts stands there as its first part, which bears its transaction id.
    """
    return (
        _entered()
        .filter(
            Q(bank_account=line.bank_account_id) | Q(bank_account=None),
            Q(group=None, amount_fen=line.received_fen)
            | Q(group__amount_fen=line.received_fen, transaction_id=F("group__transaction_id")),
            company=line.company_id,
            business_date__range=(line.day - _DAYS_APART, line.day + _DAYS_APART),
        )
        .select_related("contract__account", "connection", "receipt", "group")
        .order_by("pk")
    )


def accounts_of(payment: Payment) -> str:
    """Returns the account number of a payment; of a paper for several accounts how many more."""
    number = payment.owner_number
    if payment.group is None or payment.group.part_count == 1:
        return number
    return _("%(number)s 等 %(count)s 户") % {"number": number, "count": payment.group.part_count}


def _entered() -> QuerySet[Payment]:
    """Returns the transfers that no line was found for."""
    return Payment.objects.filter(
        provider="bank", method=Method.TRANSFER, statement_booking__isnull=True
    ).select_related("group")


def _transaction_ids(line: StatementLine) -> Sequence[str]:
    """Returns how a transfer with this serial may stand in the books: by bank account, and before
    that by the company's code or as it was typed.
    """
    if not line.serial:
        return ()
    serial = plain_serial(line.serial)
    account = line.bank_account
    return (
        bank_transaction_id(account, serial),
        f"{account.company.code}:{serial}",
        line.serial,
    )
