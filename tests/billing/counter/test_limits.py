"""More than the dated limit of a company is taken only after a supervisor has approved it."""

from datetime import date, datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from billing.counter.large_payments import (
    approve_large_payment,
    ask_large_payment,
    asked_today,
    decline_large_payment,
)
from billing.counter.limits import counter_limit, publish_counter_limit
from billing.counter.money_facts import CardSlip, CounterForm
from billing.counter.operations import enter_transfer, take_card, take_cash
from billing.counter.shifts import open_shift
from billing.models import (
    Bill,
    CounterLimit,
    LargePayment,
    Method,
    Payment,
    PaymentIntent,
    Receipt,
    Transfer,
)
from billing.waiting_kinds import waiting_large_payments
from heating.roles import CASHIER, MANAGER
from office.actors import Actor
from office.calendar import business_date
from office.models import JournalEntry
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import (
    NOW,
    a_bank_account,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)
from tests.parallel import at_once

pytestmark = pytest.mark.django_db
TODAY = business_date(NOW)
OWED = 162000
ABOVE = 1_000_000_01
SLIP = CardSlip("898110148990001", "1000000A", "000012", "000345", "6217")


@pytest.fixture
def bill() -> Bill:
    """1,620.00 yuan."""
    company = a_company("11")
    return an_issued_bill(a_contract(an_account(company, area="90.00"), a_customer(company)))


@pytest.fixture
def cashier(bill: Bill) -> Actor:
    by = Actor.staff(a_member_of_staff("收费", CASHIER, bill.company))
    open_shift(bill.company, till="1", float_fen=0, by=by, at=NOW)
    return by


@pytest.fixture
def manager(bill: Bill) -> Actor:
    return Actor.staff(a_member_of_staff("主管", MANAGER, bill.company))


def form(bill: Bill, amount_fen: int, key: str = "f1") -> CounterForm:
    return CounterForm(key, [bill], amount_fen, OWED, beyond_debt=True)


def everything() -> list[int]:
    rows = (PaymentIntent, Payment, Transfer, Receipt, CounterLimit, LargePayment, JournalEntry)
    return [model.objects.count() for model in rows]


def ask(bill: Bill, by: Actor, amount_fen: int = ABOVE, at: datetime = NOW) -> LargePayment:
    return ask_large_payment(bill.contract, method=Method.CASH, amount_fen=amount_fen, by=by, at=at)


def publish(bill: Bill, by: Actor, limit_fen: int, day: date = TODAY, source: str = "文") -> None:
    publish_counter_limit(
        bill.company, limit_fen=limit_fen, effective_from=day, source=source, by=by, at=NOW
    )


class TestAboveTheLimit:
    def test_nothing_is_taken_in_any_way_without_an_approval(
        self, bill: Bill, cashier: Actor
    ) -> None:
        before = everything()
        for take in (
            partial(take_cash, bill.contract, form(bill, 99_999_999_00)),
            partial(take_card, bill.contract, form(bill, ABOVE), SLIP),
            partial(
                enter_transfer,
                bill.contract,
                form(bill, ABOVE),
                bank_account=a_bank_account(bill.company),
                bank_reference="1",
                value_date=TODAY,
            ),
        ):
            with pytest.raises(Refused, match=r"1,000,000\.00") as refusal:
                take(by=cashier, at=NOW)
            assert (refusal.value.code, everything()) == ("above_limit", before)

    def test_the_published_limit_itself_is_taken_and_a_fen_more_is_not(
        self, bill: Bill, cashier: Actor, manager: Actor
    ) -> None:
        publish(bill, manager, OWED - 1)
        before = everything()
        with pytest.raises(Refused, match=r"1,619\.99"):
            take_cash(bill.contract, form(bill, OWED), by=cashier, at=NOW)
        assert everything() == before
        payment = take_cash(bill.contract, form(bill, OWED - 1), by=cashier, at=NOW)
        assert payment.amount_fen == 161999

    def test_the_cashier_finishes_what_a_supervisor_approved_once(
        self, bill: Bill, cashier: Actor, manager: Actor
    ) -> None:
        large_payment = ask(bill, cashier)
        assert (large_payment.state, large_payment.open_fen) == ("waiting", OWED)
        assert not Payment.objects.exists()
        with pytest.raises(Refused) as refusal:
            take_cash(bill.contract, form(bill, ABOVE), by=cashier, at=NOW)
        assert refusal.value.code == "above_limit"
        approve_large_payment(large_payment, remark="已核对", by=manager, at=NOW)
        assert not Payment.objects.exists()
        payment = take_cash(bill.contract, form(bill, ABOVE), by=cashier, at=NOW)
        assert payment.receipt.amount_fen == ABOVE
        large_payment.refresh_from_db()
        assert (large_payment.state, large_payment.payment) == ("used", payment)
        assert (large_payment.decided_by, large_payment.remark) == (manager.user, "已核对")
        # The same form again is the same payment; another form needs another approval.
        assert take_cash(bill.contract, form(bill, ABOVE), by=cashier, at=NOW) == payment
        again = CounterForm("f2", [], ABOVE, 0, beyond_debt=True)
        with pytest.raises(Refused) as refusal:
            take_cash(bill.contract, again, by=cashier, at=NOW)
        assert (refusal.value.code, Payment.objects.count()) == ("above_limit", 1)

    def test_an_approval_is_good_for_what_was_asked_only(
        self, bill: Bill, cashier: Actor, manager: Actor
    ) -> None:
        approve_large_payment(ask(bill, cashier), by=manager, at=NOW)
        colleague = Actor.staff(a_member_of_staff("同事", CASHIER, bill.company))
        open_shift(bill.company, till="2", float_fen=0, by=colleague, at=NOW)
        other = an_issued_bill(
            a_contract(an_account(bill.company, area="90.00"), a_customer(bill.company))
        )
        before = everything()
        for take in (
            partial(take_cash, bill.contract, form(bill, ABOVE + 1), by=cashier, at=NOW),
            partial(take_card, bill.contract, form(bill, ABOVE), SLIP, by=cashier, at=NOW),
            partial(take_cash, bill.contract, form(bill, ABOVE), by=colleague, at=NOW),
            partial(take_cash, other.contract, form(other, ABOVE), by=cashier, at=NOW),
            partial(
                take_cash, bill.contract, form(bill, ABOVE), by=cashier, at=NOW + timedelta(days=1)
            ),
        ):
            with pytest.raises(Refused) as refusal:
                take()
            assert (refusal.value.code, everything()) == ("above_limit", before)


class TestAskLargePayment:
    def test_asked_twice_is_one_and_waits_for_the_supervisor(
        self, bill: Bill, cashier: Actor, manager: Actor
    ) -> None:
        large_payment = ask(bill, cashier)
        assert ask(bill, cashier) == large_payment
        assert manager.user is not None
        assert list(waiting_large_payments(manager.user, NOW)) == [large_payment]
        assert asked_today(bill.contract, by=cashier, at=NOW) == [large_payment]
        elsewhere = a_member_of_staff("外公司主管", MANAGER, a_company("21"))
        assert not waiting_large_payments(elsewhere, NOW).exists()

    def test_within_the_limit_nobody_is_asked(self, bill: Bill, cashier: Actor) -> None:
        before = everything()
        with pytest.raises(Refused, match="请直接收款"):
            ask(bill, cashier, 1_000_000_00)
        assert everything() == before


class TestDecide:
    def test_only_another_person_with_the_supervisors_right(
        self, bill: Bill, cashier: Actor, manager: Actor
    ) -> None:
        large_payment = ask(bill, cashier)
        stranger = Actor.staff(a_member_of_staff("外公司主管", MANAGER, a_company("21")))
        assert cashier.user is not None
        before = everything()
        for by in (cashier, stranger):
            with pytest.raises(NotAllowed):
                approve_large_payment(large_payment, by=by, at=NOW)
        LargePayment.objects.filter(pk=large_payment.pk).update(asked_by=manager.user)
        with pytest.raises(NotAllowed, match="另一人"):
            approve_large_payment(large_payment, by=manager, at=NOW)
        with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
            LargePayment.objects.update(decided_by=manager.user, state="approved")
        large_payment.refresh_from_db()
        assert (large_payment.state, everything()) == ("waiting", before)

    def test_a_declined_one_is_taken_by_nobody_and_says_why(
        self, bill: Bill, cashier: Actor, manager: Actor
    ) -> None:
        large_payment = ask(bill, cashier)
        with pytest.raises(Invalid, match="原因"):
            decline_large_payment(large_payment, remark=" ", by=manager, at=NOW)
        approve_large_payment(large_payment, by=manager, at=NOW)
        decline_large_payment(large_payment, remark="金额多一位", by=manager, at=NOW)
        with pytest.raises(Refused) as refusal:
            take_cash(bill.contract, form(bill, ABOVE), by=cashier, at=NOW)
        assert refusal.value.code == "above_limit"
        with pytest.raises(Refused, match="不予核准"):
            approve_large_payment(large_payment, by=manager, at=NOW)
        (shown,) = asked_today(bill.contract, by=cashier, at=NOW)
        assert (shown.state, shown.remark) == ("declined", "金额多一位")
        assert asked_today(bill.contract, by=cashier, at=NOW + timedelta(days=1)) == []
        assert not Payment.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_one_approval_pays_once(self, bill: Bill, cashier: Actor, manager: Actor) -> None:
        approve_large_payment(ask(bill, cashier), by=manager, at=NOW)
        outcomes = at_once(
            [
                partial(take_cash, bill.contract, form(bill, ABOVE, key), by=cashier, at=NOW)
                for key in ("f1", "f2")
            ]
        )
        codes = [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]
        # The second sees the debt of the first: the page is shown again with what is open now.
        assert codes == ["balance_changed"]
        assert (Payment.objects.count(), LargePayment.objects.get().state) == (1, "used")


class TestPublishCounterLimit:
    def test_each_day_has_the_limit_published_for_it(self, bill: Bill, manager: Actor) -> None:
        publish(bill, manager, 500_00)
        publish(bill, manager, 700_00, TODAY + timedelta(days=10))
        days = [TODAY + timedelta(days=days) for days in (-1, 0, 9, 10)]
        limits = [counter_limit(bill.company, day) for day in days]
        assert limits == [1_000_000_00, 500_00, 500_00, 700_00]
        assert counter_limit(a_company("21"), TODAY) == 1_000_000_00
        line = JournalEntry.objects.filter(action="publish_counter_limit").order_by("pk")[0]
        assert (line.by, line.facts["limit_fen"]) == (manager.user, 500_00)

    def test_refused_and_nothing_has_changed(
        self, bill: Bill, cashier: Actor, manager: Actor
    ) -> None:
        before = everything()
        for by, limit_fen, day, source, refusal in (
            (cashier, 500_00, TODAY, "文", NotAllowed),
            (manager, 0, TODAY, "文", Invalid),
            (manager, 500_00, TODAY - timedelta(days=1), "文", Invalid),
            (manager, 500_00, TODAY, " ", Invalid),
        ):
            with pytest.raises(refusal):
                publish(bill, by, limit_fen, day, source)
        assert everything() == before

    def test_a_limit_never_changes(self, bill: Bill, manager: Actor) -> None:
        publish(bill, manager, 500_00)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            CounterLimit.objects.update(limit_fen=1)
