"""What is compared before money is taken at the counter, under the lock of the account."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from billing.bank.accounts import accounts_in_use, plain_serial
from billing.counter.money_facts import CardSlip, CounterForm, intent_key
from billing.ledger.late_fees import owed
from billing.models import (
    CompanyBankAccount,
    HeatingSeason,
    Payment,
    PaymentIntent,
)
from billing.payments.clashes import clashing_key
from billing.payments.receipts import receipt_of
from billing.payments.receive import MoneyFact
from billing.wechat.blocking import blocking_orders
from customers.models import SupplyContract
from office.calendar import business_date
from office.dates import moment_text
from office.models import Company
from office.money import yuan_text
from office.refusals import Invalid, Refused

_ONE_PAYMENT = "one_payment_per_transaction"
# The unique columns that keep the key of a form: `PaymentIntent` and `GroupPayment`. Django names
# their constraints after the column.
_FORM_KEYS = ("idempotency_key", "form_key")


def sent_before(form: CounterForm, digest: str) -> PaymentIntent | None:
    """Returns what the same form did before; refuses its key with another content."""
    intent = PaymentIntent.objects.filter(idempotency_key=intent_key(form)).first()
    if intent is not None and intent.request_digest != digest:
        raise form_reused()
    return intent


def check_still_so(contract: SupplyContract, form: CounterForm, *, at: datetime) -> None:
    """Compares the account with what the form was made for, late fees included."""
    now_open = sum(item.open_fen for item in owed(contract, business_date(at)))
    if now_open != form.seen_open_fen:
        raise Refused(
            "balance_changed",
            _("该户欠费刚刚有变动（可能另一窗口已收款），请核对后重新收款；本次没有入账。"),
            open_fen=now_open,
        )
    # Read anew: the contract may have ended since the page was shown.
    ended = SupplyContract.objects.filter(pk=contract.pk, ends__isnull=False).exists()
    if ended and not form.former:
        raise Refused(
            "contract_ended",
            _("该合同已终止（可能刚刚办理过户），请核对用户后重新收款；本次没有入账。"),
        )
    blocking_order = blocking_orders([contract.pk], at).order_by("-expires_at").first()
    if blocking_order is not None:
        raise Refused(
            "online_payment_open",
            _(
                "该户有一笔未结束的微信支付，请先关闭它再收款，以免重复缴费；"
                "关闭不了的，%(until)s 起可以收款，急需时请主管放行。"
            ),
            until=moment_text(blocking_order.blocks_until, business_date(at)),
        )
    if form.amount_fen > now_open and not form.beyond_debt:
        raise Refused(
            "more_than_owed",
            _("收款金额比欠费多 %(more)s 元，多出的将转为预存；确属预存的，请勾选后再收款。"),
            more=yuan_text(form.amount_fen - now_open),
        )


def check_not_entered(fact: MoneyFact, company: Company) -> None:
    """Refuses a slip or a bank serial that is entered already."""
    payments = Payment.objects.filter(provider=fact.provider)
    payment = payments.filter(transaction_id=fact.transaction_id).first()
    if payment is None and fact.provider == "bank":
        # Serials that were entered before they were kept by bank account stand there with the
        # company's code, the oldest as they were typed.
        older = (fact.reference, f"{company.code}:{plain_serial(fact.reference)}")
        payment = payments.filter(
            company=company, bank_account=None, transaction_id__in=older
        ).first()
    if payment is not None:
        raise entered_already(payment, company)


@contextmanager
def one_of_two(company: Company, fact: MoneyFact | None = None) -> Iterator[None]:
    """A step of taking the company's money, in a transaction of its own (a savepoint): turns the
    clash of two equal entries at the same moment into the sentence of the second.

    The rows of the first are not seen until it commits; the unique keys are the last guard.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as clash:
        constraint = clashing_key(clash)
        if any(key in constraint for key in _FORM_KEYS):
            raise form_reused() from None
        if constraint != _ONE_PAYMENT or fact is None:
            raise
        booked = Payment.objects.get(provider=fact.provider, transaction_id=fact.transaction_id)
        raise entered_already(booked, company) from None


def entered_already(payment: Payment, company: Company) -> Refused:
    """Returns the refusal of money whose slip or serial number is entered already.

    The clerk of `company` reads the receipt's number only where the receipt is that company's.
    Money in suspense has no receipt.
    """
    if payment.provider != "bank" and payment.company_id != company.pk:
        return Refused("slip_used", _("这张签购单已在其他公司登记过，请核对签购单。"))
    number = receipt_of(payment)
    if payment.provider == "bank" and not number:
        sentence = _("该银行流水已登记过，款项在待查款项中，请到“待查款项”处理。")
        return Refused("transfer_entered", sentence)
    if payment.provider == "bank":
        sentence = _("该银行流水已登记过（收据 %(receipt)s）。")
        return Refused("transfer_entered", sentence, receipt=number)
    return Refused("slip_used", _("这张签购单已登记过（收据 %(receipt)s）。"), receipt=number)


def check_bank_account(account: CompanyBankAccount, company: Company, day: date) -> None:
    """Refuses a bank account of another company, and one that was not in use on that day."""
    if not accounts_in_use(company, day).filter(pk=account.pk).exists():
        raise Invalid(
            "bank_account_not_in_use",
            _("%(bank)s（%(number)s）在入账日期不是本公司在用的收款账户，请核对。"),
            bank=account.bank,
            number=account.number,
        )


def check_value_date(company: Company, day: date, *, today: date) -> None:
    """Refuses a day ahead, and one before the company's books begin."""
    if day > today:
        raise Invalid("value_date_ahead", _("入账日期不能晚于今天。"))
    begins = books_begin(company)
    if begins is not None and day < begins:
        raise Invalid(
            "value_date_before_books",
            _("入账日期早于本公司的建账日 %(begins)s，请核对；建账前的款项不在这里登记。"),
            begins=begins.isoformat(),
        )


def books_begin(company: Company) -> date | None:
    """Returns the first day of the company's books: as entered with the company, else 1 January of
    the year of its first season; None for a company without either.
    """
    entered = Company.objects.values_list("books_begin_on", flat=True).get(pk=company.pk)
    if entered is not None:
        return entered
    first = HeatingSeason.objects.filter(company=company).aggregate(day=Min("starts"))["day"]
    return date(first.year, 1, 1) if first else None


def check_slip(slip: CardSlip) -> None:
    """Refuses a slip whose numbers have not the lengths that are printed on it."""
    widths = {
        _("商户号"): (slip.merchant_no, 15),
        _("终端号"): (slip.terminal, 8),
        _("批次号"): (slip.batch, 6),
        _("凭证号"): (slip.trace, 6),
        _("卡号后四位"): (slip.card_tail, 4),
    }
    for label, (text, width) in widths.items():
        if len(text) != width or not text.isascii() or not text.isalnum():
            raise Invalid(
                "slip_wrong",
                _("%(label)s应为 %(width)s 位，请对照签购单重填。"),
                label=label,
                width=width,
            )


def form_reused() -> Refused:
    """Returns the refusal of a form whose key booked something else before."""
    return Refused(
        "form_reused",
        _("这张收款单已用于另一笔收款，内容与本次不同，请重新打开收款页面后再收；本次没有入账。"),
    )
