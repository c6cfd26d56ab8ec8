"""What an import settles by itself: transfers entered before are found, reversals raise alarms."""

from datetime import datetime

from billing.alarms.operations import raise_alarm
from billing.models import BankStatement, StatementLine, StatementLineBooking
from billing.payments.receipts import receipt_of
from billing.statement_words import LineKind
from billing.statements.entered import accounts_of, entered_by_serial
from office import journal
from office.actors import Actor
from office.language import in_chinese
from office.money import yuan_text

_AT_ONCE = 1000


def find_entered_payments(statement: BankStatement, *, by: Actor, at: datetime) -> int:
    """A step of the import: names the transfers that were entered before under the serials of the
    new lines, and returns how many; the caller's transaction holds it.
    """
    lines = (
        StatementLine.objects.filter(
            statement=statement, kind=LineKind.RECEIVED, reversal=None, received_fen__gt=0
        )
        .exclude(serial="")
        .select_related("bank_account__company")
        .order_by("pk")
    )
    count, last = 0, 0
    while batch := list(lines.filter(pk__gt=last)[:_AT_ONCE]):
        last = batch[-1].pk
        entered = entered_by_serial(batch)
        StatementLineBooking.objects.bulk_create(
            StatementLineBooking(
                company=statement.company,
                line_id=line_id,
                payment=payment,
                entered_before=True,
                booked_by=by.user,
                booked_at=at,
            )
            for line_id, payment in entered.items()
        )
        journal.record_each(
            "link_entered_payment",
            [
                (line, {"amount_fen": line.received_fen, "number": entered[line.pk].transaction_id})
                for line in batch
                if line.pk in entered
            ],
            by=by,
            at=at,
        )
        count += len(entered)
    return count


def alarm_of_reversals(statement: BankStatement, *, at: datetime) -> int:
    """A step of the import: raises an alarm for each new reversal of a line that was booked.

    The books stay as they are: a person decides what becomes of the payment.
    """
    bookings = (
        StatementLineBooking.objects.filter(line__reversal__statement=statement)
        .select_related("line__reversal", "payment__contract__account", "payment__receipt")
        .select_related("payment__group", "payment__connection")
        .select_related("company")
        .order_by("pk")
    )
    for booking in bookings:
        payment, reversal = booking.payment, booking.line.reversal
        with in_chinese():
            number, receipt = accounts_of(payment), receipt_of(payment)
        label = "入网项目" if payment.connection_id else "户号"
        raise_alarm(
            "bank_reversal",
            key=str(reversal.pk),
            sentence=(
                f"{label} {number}：银行 {reversal.day.isoformat()} 冲正了已入账的转账 "
                f"{yuan_text(payment.paper_fen)} 元（收据 {receipt}），请核实并决定如何更正。"
            ),
            at=at,
            company=booking.company,
            account=number,
            payment=payment.transaction_id,
            receipt=receipt,
        )
    return len(bookings)
