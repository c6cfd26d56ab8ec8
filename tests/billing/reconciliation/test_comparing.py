"""A channel's day against the books: each difference by its name, explained, then closed."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import (
    Alarm,
    Channel,
    ChannelDay,
    ChannelDifference,
    Method,
    Payment,
    ProviderBill,
    ProviderLine,
    ProviderLineKind,
)
from billing.payments.intents import create_intent
from billing.payments.receive import MoneyFact, receive_payment
from billing.reconciliation.channel_days import reconcile_wechat_day
from billing.reconciliation.operations import (
    close_channel_day,
    compare_channel_day,
    explain_difference,
    take_in_bill,
)
from billing.reconciliation.wechat_bill import BillLine, ChannelBill, bill_of
from billing.wechatpay.outcomes import Rejected, Unknown, Why
from heating.roles import CASHIER, CLERK, MANAGER
from office.actors import Actor
from office.head_office import head_office
from office.refusals import Invalid, NotAllowed, Refused
from office.zone import SHANGHAI
from tests.builders import (
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)
from tests.shared_rows import shared

pytestmark = pytest.mark.django_db
DAY = date(2025, 11, 10)
AT = datetime(2025, 11, 11, 12, tzinfo=SHANGHAI)
HOUSE = Actor.system("test")
CHANNEL = Channel.WECHATPAY


def at_clock(hour: int, day: date = DAY) -> datetime:
    return datetime.combine(day, datetime.min.time(), SHANGHAI) + timedelta(hours=hour)


class World:
    """Three payments by WeChat Pay in the books: two of the day, one of the day after."""

    def __init__(self) -> None:
        self.company = a_company()
        self.contract = a_contract(an_account(self.company), a_customer(self.company))
        an_issued_bill(self.contract)
        self.payments = [
            self.pay("4200A", 100000, at_clock(9)),
            self.pay("4200B", 20000, at_clock(10)),
            self.pay("4200C", 3000, at_clock(0, DAY + timedelta(days=1))),
        ]
        self.manager = a_member_of_staff("manager", MANAGER, self.company)

    def pay(self, transaction_id: str, amount_fen: int, at: datetime) -> Payment:
        intent = create_intent(self.contract, [], amount_fen=amount_fen, by=HOUSE, at=at)
        fact = MoneyFact("wechatpay", transaction_id, Method.WECHAT_NATIVE, amount_fen, at)
        return receive_payment(intent, fact, by=HOUSE, at=at)

    def day(self) -> ChannelDay:
        return ChannelDay.objects.get(company=self.company, day=DAY)


world = shared(World)


def paid(transaction_id: str, amount_fen: int, occurrence: int = 1) -> BillLine:
    return BillLine(
        ProviderLineKind.PAYMENT,
        transaction_id,
        f"HT{transaction_id}",
        "",
        amount_fen,
        amount_fen * 6,
        occurrence,
        at_clock(9),
    )


GOOD = ChannelBill("a" * 40, (paid("4200A", 100000), paid("4200B", 20000)))


def compared(bill: ChannelBill) -> None:
    take_in_bill(CHANNEL, DAY, bill, by=HOUSE, at=AT)
    compare_channel_day(CHANNEL, DAY, by=HOUSE, at=AT)


def open_differences() -> list[tuple[str, str, int, int]]:
    rows = ChannelDifference.objects.filter(gone_at=None).order_by("kind", "number")
    return list(rows.values_list("kind", "number", "provider_fen", "books_fen"))


class TestCompareChannelDay:
    def test_a_day_that_agrees_has_no_difference_and_its_fees(self, world: World) -> None:
        compared(GOOD)
        day = world.day()
        assert open_differences() == []
        assert (day.provider_count, day.provider_fen, day.books_count, day.books_fen) == (
            2,
            120000,
            2,
            120000,
        )
        assert (day.fee_fen, day.gap_fen, day.open_count) == (720, 0, 0)

    @pytest.mark.parametrize(
        ("lines", "differences"),
        [
            ((paid("4200A", 100000),), [("not_at_provider", "4200B", 0, 20000)]),
            (
                (paid("4200A", 100100), paid("4200B", 20000)),
                [("amount", "4200A", 100100, 100000)],
            ),
            (
                (*GOOD.lines, paid("4200A", 100000, occurrence=2)),
                [("twice", "4200A#2", 100000, 0)],
            ),
            ((*GOOD.lines, paid("4200C", 3000)), [("other_day", "4200C", 3000, 0)]),
            (
                (
                    *GOOD.lines,
                    replace(paid("4200A", 500), kind=ProviderLineKind.REFUND, refund_id="503R"),
                ),
                [("refund_unknown", "503R", 0, 0)],
            ),
        ],
    )
    def test_each_difference_is_named_and_they_add_up_to_the_gap(
        self,
        lines: tuple[BillLine, ...],
        differences: list[tuple[str, str, int, int]],
        world: World,
    ) -> None:
        compared(ChannelBill("a" * 40, lines))
        assert open_differences() == differences
        day = world.day()
        assert day.gap_fen == sum(provider - books for _, _, provider, books in differences)
        assert day.open_count == 1

    def test_a_line_of_an_unknown_order_is_the_head_offices(self, world: World) -> None:
        compared(replace(GOOD, lines=(*GOOD.lines, paid("4200X", 700))))
        difference = ChannelDifference.objects.get()
        assert (difference.kind, difference.day.company) == ("not_in_books", head_office())
        assert (difference.day.gap_fen, world.day().gap_fen) == (700, 0)

    def test_again_changes_nothing(self, world: World) -> None:
        bill = replace(GOOD, lines=(paid("4200A", 100100),))
        compared(bill)

        def rows() -> list[object]:
            return [
                list(model.objects.order_by("pk").values())
                for model in (ProviderBill, ProviderLine, ChannelDay, ChannelDifference)
            ]

        before = rows()
        compared(bill)
        assert rows() == before

    def test_what_comes_to_the_books_later_is_gone(self, world: World) -> None:
        compared(replace(GOOD, lines=(*GOOD.lines, paid("4200D", 500))))
        # The order is unknown until the payment is booked, so its line is the head office's.
        assert open_differences() == [("not_in_books", "4200D", 500, 0)]
        world.pay("4200D", 500, at_clock(11))
        compare_channel_day(CHANNEL, DAY, by=HOUSE, at=AT)
        assert open_differences() == []
        assert ChannelDifference.objects.get().gone_at == AT

    def test_another_bill_of_the_day_alarms_and_the_first_stands(self, world: World) -> None:
        compared(GOOD)
        other = ChannelBill("b" * 40, (paid("4200A", 1),))
        take_in_bill(CHANNEL, DAY, other, by=HOUSE, at=AT)
        assert Alarm.objects.get().kind == "bill_unusable"
        assert ProviderLine.objects.count() == 2

    def test_a_damaged_bill_alarms_and_stores_nothing(self) -> None:
        bill = bill_of(Unknown(Why.UNREADABLE, "订单金额 adds up to 1"))
        assert take_in_bill(CHANNEL, DAY, bill, by=HOUSE, at=AT) is None
        assert "订单金额" in Alarm.objects.get().sentence
        assert not ProviderBill.objects.exists()


class TestBillOf:
    def test_a_day_without_trade_is_empty_and_a_silent_provider_is_refused(self) -> None:
        assert bill_of(Rejected(400, "NO_STATEMENT_EXIST")) == ChannelBill("", ())
        for answer in (Rejected(400, "STATEMENT_CREATING"), Unknown(Why.NO_ANSWER)):
            with pytest.raises(Refused) as refused:
                bill_of(answer)
            assert refused.value.code == "bill_not_ready"

    def test_a_day_that_is_not_over_is_refused(self) -> None:
        with pytest.raises(Invalid) as refused:
            reconcile_wechat_day(AT.date(), by=HOUSE, at=AT)
        assert refused.value.code == "day_not_over"


class TestCloseChannelDay:
    def test_only_when_every_difference_is_explained(self, world: World) -> None:
        compared(replace(GOOD, lines=(paid("4200A", 100000),)))
        by, day = Actor.staff(world.manager), world.day()
        with pytest.raises(Refused) as refused:
            close_channel_day(day, by=by, at=AT)
        assert refused.value.code == "differences_open"
        difference = day.differences.get()
        with pytest.raises(Invalid):
            explain_difference(difference, explanation=" ", by=by, at=AT)
        explain_difference(difference, explanation="微信次日列出，已核对", by=by, at=AT)
        close_channel_day(day, by=by, at=AT)
        assert (world.day().state, world.day().closed_by) == ("closed", world.manager)
        with pytest.raises(Refused) as refused:
            explain_difference(difference, explanation="再说明", by=by, at=AT)
        assert refused.value.code == "day_closed"

    def test_not_without_the_bill(self, world: World) -> None:
        compare_channel_day(CHANNEL, DAY, by=HOUSE, at=AT)
        with pytest.raises(Refused) as refused:
            close_channel_day(world.day(), by=HOUSE, at=AT)
        assert (refused.value.code, world.day().state) == ("bill_missing", "open")

    def test_a_clerk_explains_but_does_not_close(self, world: World) -> None:
        compared(GOOD)
        clerk = Actor.staff(a_member_of_staff("clerk", CLERK, world.company))
        with pytest.raises(NotAllowed):
            close_channel_day(world.day(), by=clerk, at=AT)
        cashier = Actor.staff(a_member_of_staff("cashier", CASHIER, world.company))
        with pytest.raises(NotAllowed):
            reconcile_wechat_day(DAY, by=cashier, at=AT)


class TestPages:
    def test_three_clicks_from_the_red_day_to_the_payment(
        self, world: World, client: Client
    ) -> None:
        compared(replace(GOOD, lines=(paid("4200A", 100000),)))
        client.force_login(world.manager)
        listed = client.get(reverse("admin:billing_channelday_changelist")).content.decode()
        day_page = reverse("admin:billing_channelday_change", args=[world.day().pk])
        assert day_page in listed
        assert "-200.00" in listed
        difference = world.day().differences.get()
        link = reverse("admin:billing_channeldifference_change", args=[difference.pk])
        assert link in client.get(day_page).content.decode()
        payment = reverse("admin:billing_payment_change", args=[world.payments[1].pk])
        assert payment in client.get(link).content.decode()
        address = reverse(
            "admin:billing_channeldifference_explain_difference", args=[difference.pk]
        )
        assert client.post(address, {"explanation": "已核对"}).status_code == 302
        assert world.day().open_count == 0
