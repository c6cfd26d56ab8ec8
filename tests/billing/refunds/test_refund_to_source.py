"""Refunds to source: their limits, what WeChat Pay says of them in any order, and its silence."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace

import pytest

from billing.chart import LedgerAccount
from billing.ledger.balances import contract_balance
from billing.ledger.checks import check_ledger
from billing.models import Alarm, Method, Payment, RefundToSource, ReportedRefund, Transfer
from billing.payments.intents import create_intent
from billing.payments.receive import MoneyFact, receive_payment
from billing.payments.refunds import RefundReport, block_refund
from billing.refunds.to_source import (
    approve_refund_to_source,
    cancel_refund_to_source,
    draft_refund_to_source,
    refundable_fen,
    release_refund_to_source,
)
from billing.wechat.attempts import start_wechat_payment
from billing.wechat.own_refunds import begin_try, record_no_answer, record_refund_fact
from billing.wechat.refunds import apply_refund_fact
from billing.wechatpay.outcomes import Rejected, Unknown, Why
from office.refusals import NotAllowed, Refused
from office.zone import SHANGHAI
from tests.billing.adjustments.desk import Desk
from tests.billing.refunds.refunds_to_source import HOUSE, approved, draft, fact_of
from tests.builders import NOW, a_company, a_contract, a_customer, an_account
from tests.parallel import at_once

pytestmark = pytest.mark.django_db


def postings(refund: RefundToSource) -> list[tuple[str, int, int, int]]:
    rows = Transfer.objects.filter(source_type="to_source", source_id=refund.pk).order_by("pk")
    return list(rows.values_list("kind", "debit", "credit", "amount_fen"))


RESERVED = ("reserve", LedgerAccount.ADVANCE, LedgerAccount.REFUND_BLOCKED, 60_000)
REPAID = ("repaid", LedgerAccount.REFUND_BLOCKED, LedgerAccount.WECHAT, 60_000)
RELEASED = ("release", LedgerAccount.REFUND_BLOCKED, LedgerAccount.ADVANCE, 60_000)


class TestDraftAndApprove:
    def test_the_amount_leaves_the_advance_when_another_approves(
        self, desk: Desk, payment: Payment
    ) -> None:
        refund = draft(desk, payment)
        with pytest.raises(NotAllowed):
            approve_refund_to_source(refund, by=desk.clerk, at=NOW)
        assert postings(refund) == []
        refund = approve_refund_to_source(refund, by=desk.manager, at=NOW)
        assert (refund.state, refund.next_try_at, postings(refund)) == ("approved", NOW, [RESERVED])
        assert contract_balance(payment.heat_contract).advance_fen == 40_000
        assert all(result.holds for result in check_ledger())

    @pytest.mark.parametrize("amount_fen", [0, -1, 40_001])
    def test_never_above_what_is_left(self, amount_fen: int, desk: Desk, payment: Payment) -> None:
        draft(desk, payment)
        with pytest.raises(Refused) as refused:
            draft(desk, payment, amount_fen)
        assert refused.value.code == "refund_above_left"
        assert RefundToSource.objects.count() == 1

    def test_other_money_and_old_money_go_another_way(self, desk: Desk, payment: Payment) -> None:
        late = payment.paid_at + timedelta(days=366)
        with pytest.raises(Refused) as refused:
            draft_refund_to_source(payment, 1, reason="退", source="申请", by=desk.clerk, at=late)
        assert refused.value.code == "too_old"
        desk.pay(payment.heat_contract, 1000, "cash")
        cash = Payment.objects.get(method="cash")
        with pytest.raises(Refused) as refused:
            draft(desk, cash, 1)
        assert refused.value.code == "not_wechat"

    def test_a_cancelled_one_gives_its_amount_back(self, desk: Desk, payment: Payment) -> None:
        refund = draft(desk, payment, 100_000)
        assert refundable_fen(payment) == 0
        cancel_refund_to_source(refund, by=desk.clerk, at=NOW)
        assert refundable_fen(payment) == 100_000


class TestRecordRefundFact:
    @pytest.mark.parametrize(
        ("words", "state", "ends"),
        [
            (["PROCESSING", "SUCCESS", "SUCCESS", "SUCCESS"], "paid", [RESERVED, REPAID]),
            (["SUCCESS", "PROCESSING", "CLOSED"], "paid", [RESERVED, REPAID]),
            (["PROCESSING", "CLOSED", "SUCCESS"], "closed", [RESERVED, RELEASED]),
            (["PROCESSING", "ABNORMAL", "PROCESSING"], "abnormal", [RESERVED]),
            (["ABNORMAL", "SUCCESS"], "paid", [RESERVED, REPAID]),
        ],
    )
    def test_is_posted_once_whatever_is_said_after_the_end(
        self,
        words: list[str],
        state: str,
        ends: list[tuple[str, int, int, int]],
        desk: Desk,
        payment: Payment,
    ) -> None:
        refund = approved(desk, payment)
        for status in words:
            record_refund_fact(refund, fact_of(refund, status), by=HOUSE, at=NOW)
        refund.refresh_from_db()
        assert (refund.state, postings(refund)) == (state, ends)
        assert Alarm.objects.filter(kind="refund_abnormal").exists() == ("ABNORMAL" in words)
        assert all(result.holds for result in check_ledger())

    def test_another_amount_is_alarmed_and_moves_nothing(
        self, desk: Desk, payment: Payment
    ) -> None:
        refund = approved(desk, payment)
        fact = replace(fact_of(refund, "SUCCESS"), refund_fen=1)
        record_refund_fact(refund, fact, by=HOUSE, at=NOW)
        refund.refresh_from_db()
        assert (refund.state, postings(refund)) == ("approved", [RESERVED])
        assert Alarm.objects.get().kind == "refund_differs"

    def test_its_callback_is_not_taken_for_a_refund_of_the_console(
        self, desk: Desk, payment: Payment
    ) -> None:
        refund = approved(desk, payment)
        merchant = SimpleNamespace(mchid="1900000001")
        fact = fact_of(refund, "SUCCESS")
        assert apply_refund_fact(fact, merchant=merchant, by=HOUSE, at=NOW) == "booked"  # type: ignore[arg-type]
        assert apply_refund_fact(fact, merchant=merchant, by=HOUSE, at=NOW) == "repeated"  # type: ignore[arg-type]
        assert not ReportedRefund.objects.exists()
        assert postings(refund) == [RESERVED, REPAID]


class TestRefundOfTheConsole:
    def test_takes_what_ours_left_and_the_rest_when_ours_ends(self, desk: Desk) -> None:
        contract = a_contract(an_account(a_company()), a_customer(a_company()))
        intent = create_intent(contract, [], amount_fen=100_000, by=HOUSE, at=NOW)
        attempt = start_wechat_payment(intent, method=Method.WECHAT_NATIVE, by=HOUSE, at=NOW)
        fact = MoneyFact("wechatpay", "4200C", Method.WECHAT_NATIVE, 100_000, NOW)
        refund = approved(desk, receive_payment(intent, fact, attempt=attempt, by=HOUSE, at=NOW))
        report = RefundReport("wechatpay", "4200C", "SUCCESS", "503C", 100_000)
        block_refund(attempt, report, by=HOUSE, at=NOW)
        balance = contract_balance(contract)
        assert (balance.advance_fen, balance.refund_blocked_fen) == (0, 100_000)
        assert all(result.holds for result in check_ledger())
        record_refund_fact(refund, fact_of(refund, "CLOSED"), by=HOUSE, at=NOW)
        balance = contract_balance(contract)
        assert (balance.advance_fen, balance.refund_blocked_fen) == (0, 100_000)
        assert postings(refund) == [RESERVED, RELEASED]
        assert all(result.holds for result in check_ledger())


class TestRecordNoAnswer:
    def test_without_funds_it_is_tried_again_the_next_morning_under_its_number(
        self, desk: Desk, payment: Payment
    ) -> None:
        refund = approved(desk, payment)
        assert begin_try(refund, at=NOW) is not None
        planned = record_no_answer(refund, Rejected(403, "NOT_ENOUGH"), was_asked=True, at=NOW)
        assert (planned.number, planned.state, planned.error_code, planned.tries) == (
            *(refund.number, "approved"),
            *("NOT_ENOUGH", 1),
        )
        assert planned.next_try_at == datetime(2025, 11, 11, 9, tzinfo=SHANGHAI)
        assert not Alarm.objects.exists()

    def test_another_refusal_is_alarmed_once(self, desk: Desk, payment: Payment) -> None:
        refund = approved(desk, payment)
        for _turn in range(2):
            record_no_answer(refund, Rejected(400, "INVALID_REQUEST"), was_asked=True, at=NOW)
        assert Alarm.objects.get().kind == "refund_refused"
        assert postings(refund) == [RESERVED]

    def test_of_two_workers_at_once_one_calls(self, desk: Desk, payment: Payment) -> None:
        refund = approved(desk, payment)
        assert begin_try(refund, at=NOW) is not None
        assert begin_try(refund, at=NOW) is None
        later = begin_try(refund, at=NOW + timedelta(minutes=1))
        assert later is not None
        assert (later.tries, later.next_try_at) == (2, NOW + timedelta(minutes=5))


class TestReleaseRefundToSource:
    def test_what_wechat_refused_is_an_advance_again(self, desk: Desk, payment: Payment) -> None:
        refund = approved(desk, payment)
        record_no_answer(refund, Rejected(400, "INVALID_REQUEST"), was_asked=True, at=NOW)
        with pytest.raises(NotAllowed):
            release_refund_to_source(refund, by=desk.clerk, at=NOW)
        released = release_refund_to_source(refund, by=desk.manager, at=NOW)
        assert (released.state, postings(refund)) == ("closed", [RESERVED, RELEASED])
        assert refundable_fen(payment) == 100_000
        assert begin_try(refund, at=NOW + timedelta(days=1)) is None
        # WeChat Pay says later that it paid all the same: a person must look.
        record_refund_fact(refund, fact_of(refund, "SUCCESS"), by=HOUSE, at=NOW)
        kinds = sorted(Alarm.objects.values_list("kind", flat=True))
        assert kinds == ["refund_differs", "refund_refused"]
        assert postings(refund) == [RESERVED, RELEASED]
        assert all(result.holds for result in check_ledger())

    def test_not_while_a_request_may_have_arrived(self, desk: Desk, payment: Payment) -> None:
        refund = approved(desk, payment)
        record_no_answer(refund, Rejected(400, "INVALID_REQUEST"), was_asked=True, at=NOW)
        begin_try(refund, at=NOW)
        record_no_answer(refund, Unknown(Why.NO_ANSWER), was_asked=True, at=NOW)
        with pytest.raises(Refused) as refused:
            release_refund_to_source(refund, by=desk.manager, at=NOW)
        assert refused.value.code == "not_refused"
        refund.refresh_from_db()
        assert (refund.state, postings(refund)) == ("approved", [RESERVED])


@pytest.mark.django_db(transaction=True)
def test_two_clerks_refund_the_last_thousand_at_once(desk: Desk, payment: Payment) -> None:
    works: list[Callable[[], RefundToSource]] = [partial(draft, desk, payment, 100_000)] * 2
    outcomes = at_once(works)
    refused = [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]
    assert refused == ["refund_above_left"]
    own = RefundToSource.objects.filter(payment=payment)
    assert own.count() == 1
