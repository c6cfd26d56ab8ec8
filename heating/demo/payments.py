"""A third of the customers have paid, each by a way of their own, booked in sets of a day."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from django.db import connection, models

from billing.alarms.operations import raise_alarm
from billing.counter.money_facts import (
    CardSlip,
    CounterForm,
    card_fact,
    cash_fact,
    intent_key,
    transfer_fact,
)
from billing.counter.shifts import cash_taken_fen, close_shift, open_shift
from billing.ledger.open_bills import OpenBill, open_bills_of
from billing.models import BillingRun, CompanyBankAccount, Method, Payment, PaymentIntent, Shift
from billing.payments.intents import PaymentWish, create_intent, create_intents
from billing.payments.receive import Arrival, MoneyFact, receive_payment, receive_payments
from billing.wechat.attempts import record_order_outcome, start_wechat_payment
from billing.wechatpay.outcomes import Accepted
from customers.models import CustomerKind, SupplyContract
from heating.demo.calendar import Storyline
from heating.demo.customers import PHONES
from office.actors import Actor
from office.identity import mask_phone
from office.money import yuan_text

PAID_PERCENT = 33
FLOAT_FEN = 500_00
PAID_TODAY = 8
_HOUSEHOLD_WAYS = (
    *[Method.WECHAT_NATIVE] * 5,
    *[Method.WECHAT_JSAPI] * 3,
    *[Method.CASH] * 7,
    *[Method.CARD] * 5,
)
ANALYZED_EVERY_DAYS = 5
AT_THE_COUNTER = (Method.CASH, Method.CARD)
ONLINE = (Method.WECHAT_NATIVE, Method.WECHAT_JSAPI)


@dataclass(frozen=True)
class Visit:
    """Somebody who is going to pay: what, how and when."""

    contract: SupplyContract
    bills: list[OpenBill]
    method: Method
    day: date
    minute: int

    @property
    def owed_fen(self) -> int:
        return sum(item.open_fen for item in self.bills)


class Payers:
    """Everybody of one company who pays, day after day."""

    def __init__(
        self,
        runs: list[BillingRun],
        random: Random,
        story: Storyline,
        *,
        cashier: Actor,
        bank_account: CompanyBankAccount,
    ) -> None:
        self._runs = runs
        self._random = random
        self._story = story
        self._cashier = cashier
        self._bank_account = bank_account
        self._company = runs[0].company
        self._count = 0

    def pay(self) -> int:
        """Let them pay; returns how many did. Today's shift stays open where one was opened."""
        by_day: dict[date, list[Visit]] = defaultdict(list)
        for visit in self._visits():
            by_day[visit.day].append(visit)
        for place, day in enumerate(sorted(by_day)):
            self._one_day(day, sorted(by_day[day], key=lambda visit: visit.minute))
            if place % ANALYZED_EVERY_DAYS == 0:
                _analyze()
        return self._count

    def pay_wrong_amount(self, contract: SupplyContract) -> None:
        """WeChat Pay brings a fen less than was ordered: money in suspense, and an alarm."""
        at = self._story.minutes_ago(90)
        bills = open_bills_of([contract.pk])
        payer = _customer(contract)
        intent = create_intent(contract, [item.bill for item in bills], by=payer, at=at)
        attempt = start_wechat_payment(intent, method=Method.WECHAT_NATIVE, by=payer, at=at)
        placed = Accepted("weixin://wxpay/bizpayurl?pr=demo")
        attempt = record_order_outcome(attempt, placed, by=Actor.system("wechat order"), at=at)
        paid_fen = attempt.amount_fen - 100
        transaction_id = self._transaction_id(at)
        receive_payment(
            intent,
            MoneyFact("wechatpay", transaction_id, Method.WECHAT_NATIVE, paid_fen, at),
            attempt=attempt,
            to_suspense=True,
            by=Actor.system("wechat callback"),
            at=at,
        )
        raise_alarm(
            "amount_differs",
            key=transaction_id,
            sentence=f"微信支付金额与订单不符：订单 {yuan_text(attempt.amount_fen)} 元，"
            f"实收 {yuan_text(paid_fen)} 元，已转待查款项。",
            at=at,
            company=intent.company,
            attempt=attempt.number,
        )

    def _visits(self) -> Iterator[Visit]:
        contracts = list(
            SupplyContract.objects.filter(bills__run__in=self._runs)
            .exclude(customer__phone__in=PHONES)
            .select_related("customer", "account__premise", "company")
            .order_by("account__number")
            .distinct()
        )
        bills: dict[int, list[OpenBill]] = defaultdict(list)
        for item in open_bills_of([contract.pk for contract in contracts]):
            bills[item.bill.contract_id].append(item)
        days = self._story.paying_days()
        chosen = [contract for contract in contracts if self._random.randrange(100) < PAID_PERCENT]
        today = frozenset(contract.pk for contract in chosen[-PAID_TODAY:])
        for contract in chosen:
            day = self._random.choice(days)
            if contract.pk in today:
                day = self._story.today
            minute = self._random.randrange(8 * 60 + 40, 17 * 60 + 10)
            yield Visit(contract, bills[contract.pk], self._way(contract), day, minute)

    def _way(self, contract: SupplyContract) -> Method:
        if contract.customer.kind != CustomerKind.RESIDENT:
            return Method.TRANSFER
        return self._random.choice(_HOUSEHOLD_WAYS)

    def _one_day(self, day: date, visits: list[Visit]) -> None:
        shift = None
        at_counter = any(visit.method in AT_THE_COUNTER for visit in visits)
        if at_counter and not self._is_idle_today(day):
            shift = self._open_shift(day)
        moments = [
            (visit, self._moment(visit, len(visits) - place))
            for place, visit in enumerate(visits)
            if shift is not None or visit.method not in AT_THE_COUNTER
        ]
        if day == self._story.today:
            for moment in moments:
                self._settle([moment], shift)
        else:
            self._settle(moments, shift)
        if shift is not None and day != self._story.today:
            self._close_shift(shift, day)

    def _is_idle_today(self, day: date) -> bool:
        """The second company's cashier has not come in yet."""
        return day == self._story.today and self._company.code != "11"

    def _moment(self, visit: Visit, to_come: int) -> datetime:
        if visit.day == self._story.today:
            return self._story.minutes_ago(5 * to_come)
        return self._story.at(visit.day, *divmod(visit.minute, 60))

    def _open_shift(self, day: date) -> Shift:
        opened_at = self._story.at(day, 8, 30)
        if day == self._story.today:
            opened_at = min(opened_at, self._story.minutes_ago(120))
        return open_shift(
            self._company, till="1 号窗口", float_fen=FLOAT_FEN, by=self._cashier, at=opened_at
        )

    def _close_shift(self, shift: Shift, day: date) -> None:
        expected = FLOAT_FEN + cash_taken_fen(shift)
        short = 50 if self._random.randrange(12) == 0 else 0
        close_shift(
            shift,
            counted_fen=expected - short,
            reason="找零短少，已报主管" if short else "",
            by=self._cashier,
            at=self._story.at(day, 17, 30),
        )

    def _settle(self, moments: list[tuple[Visit, datetime]], shift: Shift | None) -> None:
        """Books a set of payments as the counter, the bank desk and the callback would."""
        dealings = [self._dealing(visit, at) for visit, at in moments]
        intents = create_intents([wish for wish, _ in dealings])
        receive_payments(
            [
                self._arrival(intent, wish, fact, shift)
                for intent, (wish, fact) in zip(intents, dealings, strict=True)
            ]
        )

    def _dealing(self, visit: Visit, at: datetime) -> tuple[PaymentWish, MoneyFact]:
        self._count += 1
        bills = [item.bill for item in visit.bills]
        if visit.method in ONLINE:
            wish = PaymentWish(visit.contract, bills, _customer(visit.contract), at)
            transaction_id = self._transaction_id(at)
            return wish, MoneyFact("wechatpay", transaction_id, visit.method, visit.owed_fen, at)
        form = self._form(visit)
        wish = PaymentWish(
            visit.contract, bills, self._cashier, at, form.amount_fen, intent_key(form)
        )
        return wish, self._counter_fact(visit, form, at)

    def _counter_fact(self, visit: Visit, form: CounterForm, at: datetime) -> MoneyFact:
        if visit.method == Method.CASH:
            return cash_fact(form, at)
        if visit.method == Method.CARD:
            return card_fact(form, self._slip(), at)
        reference = f"{visit.day:%Y%m%d}{self._company.code}{self._count:08d}"
        return transfer_fact(form, self._bank_account, reference, visit.day)

    def _arrival(
        self, intent: PaymentIntent, wish: PaymentWish, fact: MoneyFact, shift: Shift | None
    ) -> Arrival:
        if fact.method in ONLINE:
            attempt = start_wechat_payment(intent, method=fact.method, by=wish.by, at=wish.at)
            return Arrival(intent, fact, Actor.system("wechat callback"), wish.at, attempt)
        taken_into = shift if fact.method in AT_THE_COUNTER else None
        return Arrival(intent, fact, self._cashier, wish.at, shift=taken_into)

    def _form(self, visit: Visit) -> CounterForm:
        """Most pay all they owe; some a part, some a little ahead."""
        amount = visit.owed_fen
        mood = self._random.randrange(20)
        if mood == 0 and amount > 600_00:
            amount = 500_00
        elif mood == 1:
            amount = -(-amount // 100_00) * 100_00
        key = f"demo-{self._company.code}-{self._count}"
        return CounterForm(key, [item.bill for item in visit.bills], amount, visit.owed_fen)

    def _slip(self) -> CardSlip:
        tail = f"{self._random.randrange(10_000):04d}"
        return CardSlip(
            "898140054110001",
            f"{self._company.code}000001",
            f"{self._count // 1000:06d}",
            f"{self._count:06d}",
            tail,
        )

    def _transaction_id(self, at: datetime) -> str:
        return f"42000{self._company.code}{at:%Y%m%d}{self._random.randrange(10**13):013d}"


def unpaid_contract(run: BillingRun) -> SupplyContract:
    """The first household of the run that owes and that nobody signs in as."""
    owing = (
        SupplyContract.objects.filter(bills__run=run, customer__kind=CustomerKind.RESIDENT)
        .exclude(customer__phone__in=PHONES)
        .filter(~models.Exists(Payment.objects.filter(contract=models.OuterRef("pk"))))
        .order_by("account__number")
        .select_related("customer", "account__premise", "company")
    )
    return owing[0]


def _analyze() -> None:
    # What grows in one transaction is unknown to the planner: it would read the day book whole.
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE billing_transfer_day_book, billing_payment, billing_paymentintent,"
            " billing_attempt"
        )


def _customer(contract: SupplyContract) -> Actor:
    return Actor.customer(mask_phone(contract.customer.phone))
