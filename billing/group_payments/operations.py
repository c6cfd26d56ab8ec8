"""A paper is booked with all its parts in one transaction, or not at all."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.bank.accounts import check_serial
from billing.counter.guards import (
    check_bank_account,
    check_not_entered,
    check_slip,
    check_value_date,
    form_reused,
    one_of_two,
)
from billing.counter.large_payments import approval_for, use_approval
from billing.counter.money_facts import CardSlip, CounterForm, card_fact, transfer_fact
from billing.counter.shifts import lock_open_shift
from billing.group_payments.parts import Part, owed_by_contract
from billing.ledger.open_bills import open_bills_by_contract
from billing.models import CompanyBankAccount, GroupPayment, Shift
from billing.payments.intents import PaymentWish, create_intents
from billing.payments.receive import Arrival, MoneyFact, receive_payments
from billing.wechat.blocking import blocking_orders
from customers.contracts.locking import lock_accounts
from customers.models import SupplyContract
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.language import Text
from office.models import Company
from office.money import yuan_text
from office.permissions import authorise
from office.refusals import Invalid, Refused

_NAMED = 5


@dataclass(frozen=True)
class Paper:
    """A transfer or slip as the clerk entered it: whose it is and its amount in fen.

    `form_key` is drawn when the page is shown: the same form sent twice is booked once.
    `beyond_debt` says that more than is owed is taken on purpose.
    """

    form_key: str
    payer_name: str
    amount_fen: int
    beyond_debt: bool = False

    @property
    def counter_form(self) -> CounterForm:
        """Returns the paper as the facts of the counter read it."""
        return CounterForm(self.form_key, [], self.amount_fen, 0)


@transaction.atomic
def spread_transfer(
    company: Company,
    paper: Paper,
    parts: Sequence[Part],
    *,
    bank_account: CompanyBankAccount,
    bank_reference: str,
    value_date: date,
    by: Actor,
    at: datetime,
) -> GroupPayment:
    """Enters a transfer that pays for several accounts; refuses as `enter_transfer` does."""
    authorise(by, "billing.enter_transfer", company)
    reference = bank_reference.strip()
    check_serial(reference)
    check_value_date(company, value_date, today=business_date(at))
    check_bank_account(bank_account, company, value_date)
    fact = transfer_fact(paper.counter_form, bank_account, reference, value_date)
    return book_parts(company, paper, parts, fact, by=by, at=at)


@transaction.atomic
def spread_card(
    company: Company,
    paper: Paper,
    parts: Sequence[Part],
    slip: CardSlip,
    *,
    by: Actor,
    at: datetime,
) -> GroupPayment:
    """Enters a card slip that pays for several accounts into the cashier's open shift."""
    authorise(by, "billing.take_card", company)
    check_slip(slip)
    # As at the counter: the accounts are locked before the shift.
    lock_accounts(part.contract.account_id for part in parts)
    shift = lock_open_shift(by, company)
    fact = card_fact(paper.counter_form, slip, at)
    return book_parts(company, paper, parts, fact, shift=shift, by=by, at=at)


def book_parts(
    company: Company,
    paper: Paper,
    parts: Sequence[Part],
    fact: MoneyFact,
    *,
    shift: Shift | None = None,
    by: Actor,
    at: datetime,
) -> GroupPayment:
    """A step of operations that book a paper: books every part by the one road to "paid".

    The caller has authorised and checked the fact, whose amount is the paper's. The same form sent
    again returns what it booked. Refuses parts that are not the paper's amount together, an account
    named twice, and whatever the counter refuses for one account.
    """
    lock_accounts(part.contract.account_id for part in parts)
    earlier = GroupPayment.objects.filter(form_key=paper.form_key).first()
    if earlier is not None:
        return same_form(earlier, paper, parts, fact)
    check_not_entered(fact, company)
    _check_parts(company, paper, parts, at=at)
    # A supervisor's approval is of the whole paper, asked for its first account.
    approval = approval_for(parts[0].contract, fact, by=by, at=at)
    with one_of_two(company, fact):
        group = GroupPayment.objects.create(
            company=company,
            method=fact.method,
            provider=fact.provider,
            transaction_id=fact.transaction_id,
            reference=fact.reference,
            bank_account=fact.bank_account,
            shift=shift,
            payer_name=paper.payer_name.strip(),
            amount_fen=fact.amount_fen,
            part_count=len(parts),
            business_date=business_date(fact.paid_at),
            form_key=paper.form_key,
            digest=_digest(paper, parts, fact.provider, fact.transaction_id),
            entered_by=by.user,
            entered_at=at,
        )
        payments = receive_payments(_arrivals(group, parts, fact, shift, by=by, at=at))
        if approval is not None:
            use_approval(approval, payments[0])
    journal.record(
        "book_group_payment",
        group,
        by=by,
        at=at,
        amount_fen=group.amount_fen,
        parts=group.part_count,
        payer=group.payer_name,
        number=group.transaction_id,
    )
    return group


def same_form(
    earlier: GroupPayment, paper: Paper, parts: Sequence[Part], fact: MoneyFact | None = None
) -> GroupPayment:
    """A step of operations that book a paper: returns what its form booked before.

    Refuses where the form has come with another content. Without `fact` the money is that of the
    earlier paper.
    """
    money = fact or earlier
    if earlier.digest != _digest(paper, parts, money.provider, money.transaction_id):
        raise form_reused()
    return earlier


def _arrivals(
    group: GroupPayment,
    parts: Sequence[Part],
    fact: MoneyFact,
    shift: Shift | None,
    *,
    by: Actor,
    at: datetime,
) -> list[Arrival]:
    """Returns the parts as arrivals, each with its own transaction id and intent."""
    bills = open_bills_by_contract(part.contract.pk for part in parts)
    intents = create_intents(
        [
            PaymentWish(
                part.contract,
                [item.bill for item in bills.get(part.contract.pk, [])],
                by,
                at,
                part.amount_fen,
                f"group:{group.pk}:{part.contract.pk}",
            )
            for part in parts
        ]
    )
    return [
        Arrival(
            intent,
            replace(
                fact,
                transaction_id=_part_transaction_id(fact.transaction_id, place),
                amount_fen=part.amount_fen,
                group=group,
            ),
            by,
            at,
            shift=shift,
        )
        for place, (part, intent) in enumerate(zip(parts, intents, strict=True), start=1)
    ]


def _part_transaction_id(transaction_id: str, place: int) -> str:
    """Returns the transaction id of a part: the paper's own for the first.

    No typed serial or slip number has a space in it, so that none can be another paper's part.
    """
    return transaction_id if place == 1 else f"{transaction_id} {place}"


def _check_parts(company: Company, paper: Paper, parts: Sequence[Part], *, at: datetime) -> None:
    """Compares the parts with the paper, and the accounts with what the preview showed."""
    if not paper.payer_name.strip():
        raise Invalid("payer_missing", _("请填写付款单位（人）。"))
    if not parts:
        raise Invalid("no_parts", _("请填写每户的户号和金额。"))
    total_fen = sum(part.amount_fen for part in parts)
    if total_fen != paper.amount_fen or any(part.amount_fen <= 0 for part in parts):
        raise Refused(
            "parts_differ",
            _(
                "各户合计 %(total)s 元，与凭证金额 %(amount)s 元相差 %(gap)s 元，"
                "请核对明细；多付的部分请记在其中一户作预存。"
            ),
            total=yuan_text(total_fen),
            amount=yuan_text(paper.amount_fen),
            gap=yuan_text(total_fen - paper.amount_fen),
        )
    ids = [part.contract.pk for part in parts]
    if len(set(ids)) != len(ids):
        raise Refused("account_twice", _("同一户号写了两次，请合并为一行。"))
    running = set(
        SupplyContract.objects.filter(pk__in=ids, company=company, ends__isnull=True).values_list(
            "pk", flat=True
        )
    )
    _refuse_some(
        "contract_ended",
        _("户号 %(numbers)s 的合同已终止或不属于本公司，请核对；本次没有入账。"),
        [part for part in parts if part.contract.pk not in running],
    )
    online = set(blocking_orders(ids, at).values_list("intent__contract", flat=True))
    _refuse_some(
        "online_payment_open",
        _("户号 %(numbers)s 有未结束的微信支付，请先到收费台关闭；本次没有入账。"),
        [part for part in parts if part.contract.pk in online],
    )
    debts = owed_by_contract(ids, business_date(at))
    _refuse_some(
        "balance_changed",
        _("户号 %(numbers)s 的欠费刚刚有变动，请核对新的预览；本次没有入账。"),
        [part for part in parts if part.seen_open_fen != debts[part.contract.pk]],
    )
    if not paper.beyond_debt:
        _refuse_some(
            "more_than_owed",
            _("户号 %(numbers)s 的金额多于欠费，多出的将转为预存；确属预存的，请勾选后再入账。"),
            [part for part in parts if part.amount_fen > debts[part.contract.pk]],
        )


def _refuse_some(code: str, sentence: Text, parts: Sequence[Part]) -> None:
    """Refuses with the numbers of the first accounts concerned, where there is one."""
    if parts:
        numbers = "、".join(part.contract.account.number for part in parts[:_NAMED])
        raise Refused(code, sentence, numbers=numbers)


def _digest(paper: Paper, parts: Sequence[Part], provider: str, transaction_id: str) -> str:
    """Returns the digest of all that a form was made for."""
    made_for = [
        provider,
        transaction_id,
        paper.amount_fen,
        sorted((part.contract.pk, part.amount_fen) for part in parts),
    ]
    return hashlib.sha256(json.dumps(made_for).encode()).hexdigest()
