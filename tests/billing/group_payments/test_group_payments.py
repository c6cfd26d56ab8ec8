"""One paper pays for several accounts: all its parts in one transaction, and never more than it."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from billing.counter.guards import one_of_two
from billing.counter.limits import publish_counter_limit
from billing.counter.money_facts import CardSlip, CounterForm
from billing.counter.operations import enter_transfer
from billing.counter.shifts import open_shift
from billing.group_payments.operations import Paper, spread_card, spread_transfer
from billing.group_payments.parts import Part, owed_by_contract, preview_parts, read_parts
from billing.ledger.balances import contract_balance
from billing.ledger.checks import check_ledger
from billing.models import (
    Bill,
    GroupPayment,
    LargePayment,
    Payment,
    PaymentIntent,
    Receipt,
    Transfer,
)
from heating.roles import CASHIER, CLERK
from office.actors import Actor
from office.models import JournalEntry
from office.refusals import Refused
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
from tests.shared_rows import shared

pytestmark = pytest.mark.django_db
SLIP = CardSlip("898110148990001", "1000000A", "000012", "000345", "6217")
DAY = date(2025, 11, 7)
TYPED = """
101\t1,620.00\t王秀英
102　1620.5 李强；
103 0
102 80
"""


class World:
    """Three flats of one company that owe 1,620.00 yuan each, a cashier with an open shift."""

    def __init__(self) -> None:
        self.company = a_company()
        self.bills: list[Bill] = [
            an_issued_bill(
                a_contract(an_account(self.company, area="90.00"), a_customer(self.company))
            )
            for _ in range(3)
        ]
        self.bank_account = a_bank_account(self.company)
        self.cashier = a_member_of_staff("收费", CASHIER, self.company)
        self.by = Actor.staff(self.cashier)
        open_shift(self.company, till="1", float_fen=0, by=self.by, at=NOW)

    def parts(self, *amounts: int) -> list[Part]:
        return [
            Part(bill.contract, amount, 162000)
            for bill, amount in zip(self.bills, amounts, strict=False)
        ]

    def spread(self, paper: Paper, parts: list[Part], serial: str = "B001") -> GroupPayment:
        return spread_transfer(
            self.company,
            paper,
            parts,
            bank_account=self.bank_account,
            bank_reference=serial,
            value_date=DAY,
            by=self.by,
            at=NOW,
        )


world = shared(World)
PAPER = Paper("form-key-1", "太原机械厂", 400000)


def counts() -> tuple[int, ...]:
    return tuple(
        model.objects.count()
        for model in (GroupPayment, Payment, PaymentIntent, Receipt, Transfer, JournalEntry)
    )


class TestReadParts:
    def test_reads_tabs_spaces_commas_of_thousands_and_names_each_fault(self) -> None:
        parts = read_parts(TYPED)
        assert [(part.row, part.number, part.amount_fen, part.fault) for part in parts] == [
            (2, "101", 162000, ""),
            (3, "102", 162050, ""),
            (4, "103", 0, "金额：必须大于零"),
            (5, "102", 8000, ""),
        ]
        assert parts[0].name == "王秀英"

    def test_an_amount_that_is_missing_or_too_fine_is_a_fault(self) -> None:
        assert [part.fault for part in read_parts("101\n102 1.005\n103 abc")] == [
            "金额为空",
            "金额：金额至多两位小数",
            "金额不是数字",
        ]


class TestSpreadTransfer:
    def test_books_each_part_with_its_receipt_under_one_serial(self, world: World) -> None:
        group = world.spread(PAPER, world.parts(162000, 162000, 76000))
        parts = list(group.parts.order_by("pk"))
        account = world.bank_account.pk
        assert [(part.amount_fen, part.transaction_id) for part in parts] == [
            (162000, f"{account}:B001"),
            (162000, f"{account}:B001 2"),
            (76000, f"{account}:B001 3"),
        ]
        assert [part.receipt.paper["payment_reference"] for part in parts] == ["B001"] * 3
        debts = owed_by_contract([bill.contract_id for bill in world.bills], DAY)
        assert [debts[bill.contract_id] for bill in world.bills] == [0, 0, 86000]
        assert (group.amount_fen, group.part_count, group.business_date) == (400000, 3, DAY)
        assert all(result.holds for result in check_ledger())

    def test_the_same_form_again_books_nothing_more(self, world: World) -> None:
        first = world.spread(PAPER, world.parts(162000, 162000, 76000))
        before = counts()
        assert world.spread(PAPER, world.parts(162000, 162000, 76000)) == first
        assert counts() == before
        with pytest.raises(Refused) as refused:
            world.spread(PAPER, world.parts(162000, 76000, 162000))
        assert (refused.value.code, counts()) == ("form_reused", before)

    @pytest.mark.parametrize(
        ("amounts", "change", "code"),
        [
            ((162000, 162000, 76001), {}, "parts_differ"),
            ((162000, 162000, 75999), {}, "parts_differ"),
            ((162000, 238000), {}, "more_than_owed"),
            ((), {"amount_fen": 0}, "no_parts"),
            ((162000, 162000, 76000), {"payer_name": " "}, "payer_missing"),
        ],
    )
    def test_is_refused_and_nothing_has_changed(
        self, amounts: tuple[int, ...], change: dict[str, object], code: str, world: World
    ) -> None:
        before = counts()
        with pytest.raises(Refused) as refused:
            world.spread(replace(PAPER, **change), world.parts(*amounts))  # type: ignore[arg-type]
        assert (refused.value.code, counts()) == (code, before)

    def test_a_debt_that_changed_since_the_preview_is_named(self, world: World) -> None:
        parts = world.parts(162000, 162000, 76000)
        parts[1] = replace(parts[1], seen_open_fen=150000)
        before = counts()
        with pytest.raises(Refused) as refused:
            world.spread(PAPER, parts)
        assert refused.value.code == "balance_changed"
        assert world.bills[1].contract.account.number in refused.value.sentence
        assert counts() == before

    def test_a_serial_is_entered_once_alone_or_as_a_paper(self, world: World) -> None:
        world.spread(PAPER, world.parts(162000, 162000, 76000))
        before = counts()
        again = replace(PAPER, form_key="form-key-2", amount_fen=1000)
        part = Part(world.bills[2].contract, 1000, 86000)
        with pytest.raises(Refused) as refused:
            world.spread(again, [part], "b 001")
        assert (refused.value.code, counts()) == ("transfer_entered", before)
        with pytest.raises(Refused) as refused:
            enter_transfer(
                world.bills[2].contract,
                CounterForm("f2f2f2f2", [world.bills[2]], 1000, 86000),
                bank_account=world.bank_account,
                bank_reference="B001",
                value_date=DAY,
                by=world.by,
                at=NOW,
            )
        assert (refused.value.code, counts()) == ("transfer_entered", before)

    def test_another_papers_form_key_at_the_same_moment_is_refused(self, world: World) -> None:
        paper = world.spread(PAPER, world.parts(162000, 162000, 76000))
        before = counts()
        # As the other process writes it, which did not see the first paper yet.
        paper.pk = None
        with pytest.raises(Refused) as refusal, one_of_two(world.company):
            paper.save(force_insert=True)
        assert (refusal.value.code, counts()) == ("form_reused", before)

    def test_the_limit_is_that_of_the_whole_paper(self, world: World) -> None:
        publish_counter_limit(
            world.company,
            limit_fen=300000,
            effective_from=DAY.replace(day=10),
            source="收费管理办法",
            by=Actor.system("test"),
            at=NOW,
        )
        before = counts()
        with pytest.raises(Refused) as refused:
            world.spread(PAPER, world.parts(162000, 162000, 76000))
        assert (refused.value.code, counts()) == ("above_limit", before)

    def test_the_database_refuses_parts_above_the_paper(self, world: World) -> None:
        group = world.spread(PAPER, world.parts(162000, 162000, 76000))
        part = group.parts.latest("pk")
        part.pk, part.amount_fen, part.transaction_id = None, 1, "x"
        with pytest.raises(IntegrityError, match="more than paper"), transaction.atomic():
            part.save(force_insert=True)
        assert group.parts.count() == 3


class TestSpreadCard:
    def test_is_booked_into_the_open_shift_once_per_slip(self, world: World) -> None:
        paper = replace(PAPER, amount_fen=170000, beyond_debt=True)
        parts = world.parts(165000, 5000)
        group = spread_card(world.company, paper, parts, SLIP, by=world.by, at=NOW)
        assert group.shift is not None
        assert {part.shift_id for part in group.parts.all()} == {group.shift_id}
        assert contract_balance(world.bills[0].contract).advance_fen == 3000
        before = counts()
        with pytest.raises(Refused) as refused:
            spread_card(
                world.company,
                replace(paper, form_key="form-key-2"),
                [replace(part, seen_open_fen=0) for part in parts],
                SLIP,
                by=world.by,
                at=NOW,
            )
        assert (refused.value.code, counts()) == ("slip_used", before)


class TestPage:
    ADDRESS = "admin:billing_grouppayment_add"

    def form(self, world: World, **change: object) -> dict[str, object]:
        numbers = [bill.contract.account.number for bill in world.bills]
        return {
            "form_key": "page-key-1",
            "method": "transfer",
            "amount": "3,240.00",
            "payer_name": "太原机械厂",
            "bank_account": world.bank_account.pk,
            "bank_reference": "B009",
            "value_date": "2025-11-07",
            "parts": f"{numbers[0]} 1620\n{numbers[1]}\t1,620.00",
            "seen": " ".join(f"{bill.contract_id}:162000" for bill in world.bills),
            "step": "preview",
            **change,
        }

    def test_previews_without_booking_then_books(self, world: World, client: Client) -> None:
        client.force_login(a_member_of_staff("clerk", CLERK, world.company))
        before = counts()
        page = client.post(reverse(self.ADDRESS), self.form(world)).content.decode()
        assert 'value="book"' in page
        assert counts() == before
        answer = client.post(reverse(self.ADDRESS), self.form(world, step="book"))
        group = GroupPayment.objects.get()
        assert answer["Location"] == reverse("admin:billing_grouppayment_change", args=[group.pk])
        shown = client.get(answer["Location"]).content.decode()
        for part in group.parts.all():
            assert part.receipt.number in shown

    def test_a_spreadsheet_is_previewed_and_faults_are_named(
        self, world: World, client: Client
    ) -> None:
        client.force_login(world.cashier)
        number = world.bills[0].contract.account.number
        csv = f"职工供热费\n户号,户名,金额\n{number},张三,1620\n99999999,李四,1620\n合计,,3240\n"
        file = SimpleUploadedFile("名单.csv", csv.encode("gb18030"))
        before = counts()
        page = client.post(
            reverse(self.ADDRESS), self.form(world, file=file, parts="", step="book")
        ).content.decode()
        assert "本公司没有这个户号，或该户没有生效的合同" in page
        assert "户名与登记的不同：张三" in page
        assert 'value="book"' not in page
        assert counts() == before

    def test_above_the_limit_a_supervisor_is_asked(self, world: World, client: Client) -> None:
        publish_counter_limit(
            world.company,
            limit_fen=100000,
            effective_from=date(2030, 1, 1),
            source="收费管理办法",
            by=Actor.system("test"),
            at=NOW,
        )
        client.force_login(world.cashier)
        address = reverse("admin:billing_grouppayment_ask_large_payment")
        client.post(address, self.form(world, amount="1200000", step="book"))
        large = LargePayment.objects.get()
        assert (large.contract, large.amount_fen, large.method) == (
            world.bills[0].contract,
            120000000,
            "transfer",
        )


class TestPreviewParts:
    def test_reads_all_accounts_with_as_many_queries_as_one(self, world: World) -> None:
        numbers = [bill.contract.account.number for bill in world.bills]
        typed = read_parts("\n".join(f"{number} 10" for number in [*numbers, numbers[0]]))
        preview = preview_parts(world.company, typed, NOW)
        assert [row.open_fen for row in preview.rows] == [162000] * 4
        assert [row.typed.fault for row in preview.rows] == [
            "户号重复，请合并为一行",
            "",
            "",
            "户号重复，请合并为一行",
        ]
        assert owed_by_contract([world.bills[0].contract_id], DAY) == {
            world.bills[0].contract_id: 162000
        }
