"""What becomes of a line: a payment is booked for it, or found that was entered before."""

from datetime import datetime, time

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.bank.accounts import bank_transaction_id
from billing.counter.guards import books_begin
from billing.ledger.open_bills import open_bills
from billing.models import Method, Payment, StatementLine, StatementLineBooking
from billing.payments.intents import create_intent
from billing.payments.receipts import receipt_of
from billing.payments.receive import MoneyFact, receive_payment
from billing.statement_words import LineKind
from billing.statements.entered import (
    accounts_of,
    entered_by_serial,
    line_serial,
    may_be_entered,
)
from customers.contracts.locking import lock_accounts
from customers.models import SupplyContract
from office import journal
from office.actors import Actor
from office.money import yuan_text
from office.permissions import authorise
from office.refusals import NotFound, Refused
from office.zone import SHANGHAI

_NOON = time(12)


@transaction.atomic
def book_statement_line(
    line: StatementLine,
    contract: SupplyContract,
    *,
    another: bool = False,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> StatementLineBooking:
    """Books the money of a line as a transfer to a contract, once, by the one road to "paid".

    A transfer that was entered before under the bank's serial is found and not booked again. One
    of the same amount around the same day may be it: the line is refused unless `another` says
    that a person has compared them. Refused are lines that are no customer's money, are reversed
    or booked, and contracts of another company.
    """
    authorise(by, "billing.book_statement_line", line.company)
    # The account comes before the line, as before every other row: in opposite order two could
    # deadlock.
    lock_accounts([contract.account_id])
    locked_line = lock_line(line)
    contract = SupplyContract.objects.select_related("account", "company").get(pk=contract.pk)
    check_line(locked_line, contract.company_id)
    entered = entered_by_serial([locked_line]).get(locked_line.pk)
    if entered is not None:
        if entered.contract_id != contract.pk:
            raise Refused(
                "entered_elsewhere",
                _("该流水已登记在 %(number)s 名下（收据 %(receipt)s），请核对。"),
                number=entered.owner_number,
                receipt=receipt_of(entered),
            )
        return keep_booking(locked_line, entered, entered_before=True, reason=reason, by=by, at=at)
    if not another:
        check_similar(locked_line)
    intent = create_intent(
        contract,
        [item.bill for item in open_bills(contract)],
        amount_fen=locked_line.received_fen,
        idempotency_key=f"statement_line:{locked_line.pk}",
        by=by,
        at=at,
    )
    payment = receive_payment(intent, fact_of_line(locked_line), by=by, at=at)
    return keep_booking(locked_line, payment, entered_before=False, reason=reason, by=by, at=at)


@transaction.atomic
def link_entered_payment(
    line: StatementLine, payment: Payment, *, reason: str = "", by: Actor, at: datetime
) -> StatementLineBooking:
    """Names the transfer that somebody entered before as the money of a line; books nothing.

    Refused are payments that may not be it: another amount or company, or found for another line.
    """
    authorise(by, "billing.book_statement_line", line.company)
    lock_accounts([payment.contract.account_id] if payment.contract is not None else [])
    locked_line = lock_line(line)
    check_line(locked_line, payment.company_id)
    by_serial = entered_by_serial([locked_line]).get(locked_line.pk)
    if payment != by_serial and not may_be_entered(locked_line).filter(pk=payment.pk).exists():
        raise Refused(
            "other_payment", _("这笔收款与该明细的金额、日期或账户不符，或已对应另一笔明细。")
        )
    return keep_booking(locked_line, payment, entered_before=True, reason=reason, by=by, at=at)


def lock_line(line: StatementLine) -> StatementLine:
    """A step of operations on a line: locks it and returns it freshly read."""
    # Two people may book the same line: the second must see the first booking.
    locked_line = (
        StatementLine.objects.select_for_update(of=("self",))
        .select_related("company", "bank_account__company")
        .filter(pk=line.pk)
        .first()
    )
    if locked_line is None:
        raise NotFound(_("没有这笔明细。"))
    return locked_line


def check_line(line: StatementLine, company_id: int) -> None:
    """A step of booking a line: refuses what may not be booked; the caller has locked the line."""
    if company_id != line.company_id:
        raise Refused("other_company", _("到账只能记入收款公司自己的户号。"))
    if line.kind != LineKind.RECEIVED or line.received_fen <= 0:
        raise Refused("no_customers_money", _("这笔明细不是用户缴款，不能入账。"))
    reversal = StatementLine.objects.filter(reverses=line).first()
    if reversal is not None:
        raise Refused(
            "line_reversed",
            _("这笔到账已在 %(day)s 被银行冲正，不能入账。"),
            day=reversal.day.isoformat(),
        )
    if (earlier := StatementLineBooking.objects.filter(line=line).first()) is not None:
        raise Refused(
            "line_booked",
            _("这笔到账已入账（收据 %(receipt)s）。"),
            receipt=receipt_of(earlier.payment),
        )
    begins = books_begin(line.company)
    if begins is not None and line.day < begins:
        raise Refused(
            "before_books",
            _("到账日期早于本公司的建账日 %(begins)s，建账前的款项不在这里入账。"),
            begins=begins.isoformat(),
        )


def check_similar(line: StatementLine) -> None:
    """A step of booking a line: refuses while an entered transfer may be the line's."""
    similar = list(may_be_entered(line))
    if similar:
        raise Refused(
            "may_be_entered",
            _(
                "相近日期已登记过同额转账（收据 %(receipts)s），请核对：是同一笔的请关联，"
                "不是的请勾选后再入账。"
            ),
            receipts="、".join(map(receipt_of, similar)),
        )


def fact_of_line(line: StatementLine) -> MoneyFact:
    """Returns the fact of a line's money; a line that prints no time is booked at noon."""
    serial = line_serial(line)
    transaction_id = bank_transaction_id(line.bank_account, serial)
    same = Payment.objects.filter(provider="bank", transaction_id=transaction_id).first()
    if same is not None:
        if not hasattr(same, "statement_booking"):
            raise Refused(
                "entered_differently",
                _("该流水已登记为 %(amount)s 元（收据 %(receipt)s），与对账单金额不同，请先核对。"),
                amount=yuan_text(same.amount_fen),
                receipt=receipt_of(same),
            )
        # Banks that print voucher numbers repeat them: the line's own content tells them apart.
        transaction_id = f"{transaction_id[:60]}#{line.content[:12].upper()}"
    return MoneyFact(
        "bank",
        transaction_id,
        Method.TRANSFER,
        line.received_fen,
        datetime.combine(line.day, line.clock or _NOON, SHANGHAI),
        serial,
        line.bank_account,
    )


def keep_booking(
    line: StatementLine,
    payment: Payment,
    *,
    entered_before: bool,
    reason: str,
    by: Actor,
    at: datetime,
) -> StatementLineBooking:
    """A step of booking a line: names the payment, of a paper for several accounts its first
    part, and writes the line of the journal.
    """
    booking = StatementLineBooking.objects.create(
        company=line.company,
        line=line,
        payment=payment,
        entered_before=entered_before,
        reason=reason.strip()[:200],
        booked_by=by.user,
        booked_at=at,
    )
    journal.record(
        "link_entered_payment" if entered_before else "book_statement_line",
        line,
        by=by,
        at=at,
        amount_fen=line.received_fen,
        number=accounts_of(payment),
        receipt=receipt_of(payment),
    )
    return booking
