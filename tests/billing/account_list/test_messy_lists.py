"""Lists as they come: every fault a sentence, nothing lost, nothing taken for something else."""

from datetime import date
from decimal import Decimal

import pytest

from billing.models import Bill, HeatingSeason, Transfer
from customers.models import Account, AreaLine, Customer, Premise, SupplyContract
from office.models import Company
from office.refusals import Refused
from tests.billing.account_list.lists import citizen, load, look, refused, row, warned

pytestmark = pytest.mark.django_db


class TestSeveralRows:
    def test_same_number_and_door_is_one_more_area_line(self, company: Company) -> None:
        shop = row(1, 热价类别="非居民", 用户类别="非居民", 建筑面积="24.35", 使用面积="18.26")
        report = load(company, row(1), row(2), shop)
        assert (report["accounts_good"], report["second_area_lines"]) == (2, 1)
        lines = AreaLine.objects.filter(premise__account__number="2200001").order_by("ordinal")
        assert [(line.ordinal, line.category.name, line.building_area) for line in lines] == [
            (1, "居民住宅", Decimal("100.50")),
            (2, "非居民", Decimal("24.35")),
        ]

    def test_same_number_elsewhere_is_refused_later(self, company: Company) -> None:
        outcome = look(company, row(1), row(2, 户号="2200001"), row(3))
        assert refused(outcome) == [(3, "户号重复")]

    def test_a_refused_row_keeps_its_claim(self, company: Company) -> None:
        outcome = look(company, row(1, 手机号="1"), row(2, 户号="2200001"))
        assert refused(outcome) == [(2, "手机号无效"), (3, "户号重复")]

    def test_one_door_has_one_number(self, company: Company) -> None:
        outcome = look(company, row(1), row(2, 房号="101"))
        assert refused(outcome) == [(3, "该房屋已列在户号 2200001 名下")]

    def test_an_account_is_loaded_whole_or_not_at_all(self, company: Company) -> None:
        report = load(company, row(1), row(1, 建筑面积=""), row(2))
        assert [
            (refused_row["row"], refused_row["says"]) for refused_row in report["rows_refused"]
        ] == [
            (2, "同户另有一行被退回，请一并更正"),
            (3, "建筑面积为空"),
        ]
        assert [account.number for account in Account.objects.all()] == ["2200002"]

    def test_lines_of_one_account_name_one_person(self, company: Company) -> None:
        outcome = look(company, row(1), row(1, 户名="别人"))
        assert refused(outcome) == [
            (2, "同户另有一行被退回，请一并更正"),
            (3, "户名或证件号码与同户首行不一致"),
        ]

    def test_one_person_with_two_homes_is_one_customer(self, company: Company) -> None:
        load(company, row(1), row(2, 证件号码=citizen(1), 户名="张乙", 低保="是"))
        assert Customer.objects.get().low_income
        assert SupplyContract.objects.count() == 2

    def test_nobody_without_a_number_is_taken_for_somebody_else(self, company: Company) -> None:
        load(company, row(1, 证件号码="", 户名="张伟"), row(2, 证件号码="", 户名="张伟"))
        assert Customer.objects.count() == 2

    def test_one_number_under_two_names_is_suspicious(self, company: Company) -> None:
        outcome = look(company, row(1), row(2, 证件号码=citizen(1), 户名="李四"))
        assert warned(outcome) == [(3, "同一证件号码已有户名 张乙")]

    def test_a_debt_in_every_row_of_the_account_is_owed_once(self, company: Company) -> None:
        owed = {"往年欠费年度": "2024-2025", "往年欠费金额": "800.5"}
        shop = row(1, 热价类别="非居民", 用户类别="非居民", 建筑面积="24.35", 使用面积="", **owed)
        report = load(company, row(1, **owed), shop)
        assert report["opening_arrears_fen"] == 80050
        assert report["rows_noted"] == [
            {"row": 3, "says": "与同户第 2 行相同，只计一次", "column": "往年欠费金额"}
        ]
        assert Bill.objects.get().amount_fen == 80050

    def test_the_same_area_twice_is_suspicious(self, company: Company) -> None:
        outcome = look(company, row(1), row(1))
        assert warned(outcome) == [(3, "与同户第 2 行面积和类别相同，将按两条面积计费")]
        assert outcome.second_area_lines == 1


class TestOpeningArrears:
    def test_become_a_bill_and_an_entry_of_their_season(self, company: Company) -> None:
        load(company, row(1, 往年欠费年度="2023-2024", 往年欠费金额="1354.3"))
        season = HeatingSeason.objects.get(label="2023-2024")
        assert (season.starts, season.ends, season.due_on) == (
            date(2023, 11, 1),
            date(2024, 3, 31),
            date(2023, 12, 31),
        )
        bill, contract = Bill.objects.get(), SupplyContract.objects.get()
        assert (bill.kind, bill.amount_fen, bill.due_on) == (
            "opening",
            135430,
            date(2023, 12, 31),
        )
        assert (bill.number, bill.account_number, bill.customer_name, bill.address) == (
            *("11232400000001", "2200001", "张乙", "迎泽花园1号楼1单元101"),
        )
        assert (bill.contract_id, bill.customer_id) == (contract.pk, contract.customer_id)
        entry = Transfer.objects.get()
        assert (entry.kind, entry.debit, entry.credit, entry.amount_fen) == (
            *("bill", 112200, 300000, 135430),
        )
        assert (entry.book, entry.season_id, entry.bill_id) == (season.pk, season.pk, bill.pk)
        assert (entry.contract_id, entry.business_date) == (contract.pk, date(2025, 11, 20))

    def test_a_list_of_a_company_without_seasons_is_refused(self) -> None:
        company = Company.objects.get(code="15")
        with pytest.raises(Refused) as refusal:
            look(company, row(1))
        assert refusal.value.code == "no_season"


class TestKnownAccounts:
    def test_nothing_is_overwritten_and_what_differs_is_told(self, company: Company) -> None:
        load(company, row(1), row(2))
        report = load(company, row(1, 户名="王五", 建筑面积="120", 证件号码=""), row(2), row(3))
        assert (report["accounts_new"], report["accounts_known"]) == (1, 2)
        assert report["rows_warned"] == [
            {"row": 2, "says": "与系统中不同：户名、建筑面积", "column": "户号"}
        ]
        line = AreaLine.objects.get(premise__account__number="2200001")
        assert line.building_area == Decimal("100.50")
        assert SupplyContract.objects.get(account__number="2200001").customer.name == "张乙"

    def test_a_known_number_at_another_door_is_refused(self, company: Company) -> None:
        load(company, row(1))
        assert refused(look(company, row(1, 房号="999"))) == [(2, "户号重复")]

    def test_a_known_door_under_another_number_is_refused(self, company: Company) -> None:
        load(company, row(1))
        outcome = look(company, row(1, 户号="9900001"))
        assert refused(outcome) == [(2, "该房屋在系统中已属户号 2200001")]

    def test_arrears_are_not_posted_again(self, company: Company) -> None:
        load(company, row(1, 往年欠费年度="2023-2024", 往年欠费金额="100"))
        report = load(company, row(1, 往年欠费年度="2023-2024", 往年欠费金额="200"))
        assert [warned_row["says"] for warned_row in report["rows_warned"]] == [
            "与系统中不同：往年欠费"
        ]
        assert (report["opening_arrears_fen"], report["opening_arrears_new_fen"]) == (20000, 0)
        assert Bill.objects.get().amount_fen == 10000

    def test_the_lists_of_two_companies_have_nothing_to_do_with_each_other(
        self, company: Company
    ) -> None:
        load(company, row(1))
        other = Company.objects.get(code="12")
        HeatingSeason.objects.create(
            company=other,
            label="2025-2026",
            starts=date(2025, 11, 1),
            ends=date(2026, 3, 31),
            due_on=date(2025, 12, 31),
        )
        company.tariff_categories.model.objects.create(
            company=other, name="居民住宅", residential=True
        )
        load(other, row(1))
        assert Account.objects.filter(number="2200001").count() == 2
        assert Premise.objects.count() == Customer.objects.count() == 2
