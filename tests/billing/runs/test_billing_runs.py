"""A billing run from scope to closed: what it bills, what it parks, and what it refuses."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction

from billing.counter.money_facts import CounterForm
from billing.counter.operations import take_cash
from billing.counter.shifts import open_shift
from billing.ledger.balances import contract_balance
from billing.ledger.checks import check_ledger
from billing.models import Bill, BillingRun, HeatingSeason, Transfer
from billing.runs import issue, preview
from billing.runs.operations import (
    approve_billing_run,
    cancel_billing_run,
    close_billing_run,
    create_billing_run,
    issue_billing_run,
    preview_billing_run,
    resume_billing_run,
)
from billing.seasons.partitions import are_attached
from customers.models import Account, AreaLine, SupplyState, TariffCategory
from heating.roles import CASHIER, CLERK, MANAGER
from office.actors import Actor
from office.jobs import run_job
from office.models import Company, Job, JournalEntry
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import (
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    a_tariff,
    an_account,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return a_company()


@pytest.fixture
def clerk(company: Company) -> Actor:
    return Actor.staff(a_member_of_staff("计费员", CLERK, company))


@pytest.fixture
def manager(company: Company) -> Actor:
    return Actor.staff(a_member_of_staff("主管", MANAGER, company))


@pytest.fixture
def season(company: Company) -> HeatingSeason:
    """A season nobody was billed for yet: it has no tables of its own."""
    return HeatingSeason.objects.create(
        company=company,
        label="2025-2026",
        starts=date(2025, 11, 1),
        ends=date(2026, 3, 31),
        billable_months=Decimal(5),
        due_on=date(2025, 12, 31),
    )


def a_household(company: Company, area: str = "90.00") -> Account:
    account = an_account(company, area=area)
    a_contract(account, a_customer(company))
    return account


def previewed(season: HeatingSeason, by: Actor) -> BillingRun:
    run = create_billing_run(season, by=by, at=NOW)
    assert run_job(preview_billing_run(run, by=by, at=NOW).pk)
    run.refresh_from_db()
    return run


def issued(season: HeatingSeason, clerk: Actor, manager: Actor) -> BillingRun:
    run = previewed(season, clerk)
    approve_billing_run(run, by=manager, at=NOW)
    assert run_job(issue_billing_run(run, by=manager, at=NOW).pk)
    run.refresh_from_db()
    return run


def books_are_whole() -> bool:
    return [result.check.name for result in check_ledger() if not result.holds] == []


class TestPreviewBillingRun:
    def test_prices_without_numbering_or_posting(
        self, company: Company, season: HeatingSeason, clerk: Actor
    ) -> None:
        a_household(company, "90.00")
        a_household(company, "114.36")
        run = previewed(season, clerk)
        assert (run.state, run.bill_count, run.amount_fen) == ("previewed", 2, 162000 + 205848)
        assert run.summary["by_class"] == [{"name": "居民", "accounts": 2, "amount_fen": 367848}]
        assert run.summary["by_tariff"] == [
            {
                "name": "居民住宅",
                "unit_price": "3.6000",
                "unit": "元/m²·月",
                "ratio": "1.0000",
                "lines": 2,
                "area": "204.36",
                "amount_fen": 367848,
            }
        ]
        assert (Bill.objects.count(), Transfer.objects.count()) == (0, 0)

    def test_parks_what_cannot_be_priced_and_goes_on(
        self, company: Company, season: HeatingSeason, clerk: Actor
    ) -> None:
        a_household(company)
        no_contract = an_account(company)
        no_price = a_household(company)
        shop = TariffCategory.objects.create(company=company, name="未定价类别", residential=False)
        AreaLine.objects.filter(premise=no_price.premise).update(category=shop)
        stopped = a_household(company)
        Account.objects.filter(pk=stopped.pk).update(supply_state=SupplyState.STOPPED)
        run = previewed(season, clerk)
        assert dict(run.parked.values_list("account_id", "sentence")) == {
            no_contract.pk: "采暖季内没有生效的用热合同，请先补签或登记合同。",
            no_price.pk: "热价类别“未定价类别”没有执行中的热价，请先发布热价文件。",
            stopped.pk: "该户报停，但热价文件没有规定报停基本费比例，请核对热价文件。",
        }
        assert (run.bill_count, run.amount_fen) == (1, 162000)

    def test_without_a_price_document_is_refused(self, season: HeatingSeason, clerk: Actor) -> None:
        run = create_billing_run(season, by=clerk, at=NOW)
        with pytest.raises(Refused, match="没有执行中的热价文件"):
            preview_billing_run(run, by=clerk, at=NOW)
        run.refresh_from_db()
        assert (run.state, Job.objects.count()) == ("scoped", 0)

    def test_without_billable_months_is_refused(
        self, company: Company, season: HeatingSeason, clerk: Actor
    ) -> None:
        a_household(company)
        HeatingSeason.objects.filter(pk=season.pk).update(billable_months=None)
        run = create_billing_run(season, by=clerk, at=NOW)
        with pytest.raises(Refused, match="请先填写 2025-2026 采暖季的计费月数"):
            preview_billing_run(run, by=clerk, at=NOW)

    def test_a_contract_that_began_in_the_season_is_billed_and_an_ended_one_is_not(
        self, company: Company, season: HeatingSeason, clerk: Actor, manager: Actor
    ) -> None:
        account = an_account(company, area="90.00")
        a_contract(account, a_customer(company, "旧户"), ends=date(2025, 10, 1))
        new = a_contract(account, a_customer(company, "新户"), starts=date(2025, 12, 1))
        issued(season, clerk, manager)
        assert list(Bill.objects.values_list("contract_id", "customer_name")) == [(new.pk, "新户")]


class TestApproveBillingRun:
    def test_needs_a_second_person(
        self, company: Company, season: HeatingSeason, clerk: Actor
    ) -> None:
        a_household(company)
        assert clerk.user
        clerk.user.groups.add(Group.objects.get(name=MANAGER.name))
        run = previewed(season, clerk)
        with pytest.raises(NotAllowed, match="创建人以外"):
            approve_billing_run(run, by=clerk, at=NOW)
        run.refresh_from_db()
        assert (run.state, run.approved_by) == ("previewed", None)

    def test_the_database_itself_wants_a_second_person(
        self, company: Company, season: HeatingSeason, clerk: Actor
    ) -> None:
        a_household(company)
        run = previewed(season, clerk)
        with pytest.raises(IntegrityError, match="run_approved_by_a_second_person"):
            BillingRun.objects.filter(pk=run.pk).update(approved_by=clerk.user)

    def test_a_clerk_may_not(self, company: Company, season: HeatingSeason, clerk: Actor) -> None:
        a_household(company)
        run = previewed(season, clerk)
        colleague = Actor.staff(a_member_of_staff("另一计费员", CLERK, company))
        with pytest.raises(NotAllowed):
            approve_billing_run(run, by=colleague, at=NOW)

    def test_nobody_of_another_company_may(
        self, company: Company, season: HeatingSeason, clerk: Actor
    ) -> None:
        a_household(company)
        run = previewed(season, clerk)
        stranger = a_member_of_staff("外人", MANAGER, a_company("21"))
        with pytest.raises(NotAllowed):
            approve_billing_run(run, by=Actor.staff(stranger), at=NOW)
        run.refresh_from_db()
        assert run.state == "previewed"

    def test_an_empty_preview_is_refused(
        self, company: Company, season: HeatingSeason, clerk: Actor, manager: Actor
    ) -> None:
        a_tariff(company)
        run = previewed(season, clerk)
        with pytest.raises(Refused, match="没有可出账的账户"):
            approve_billing_run(run, by=manager, at=NOW)


class TestIssueBillingRun:
    def test_numbers_posts_and_freezes(
        self, company: Company, season: HeatingSeason, clerk: Actor, manager: Actor
    ) -> None:
        first, second = a_household(company, "90.00"), a_household(company, "114.36")
        run = issued(season, clerk, manager)
        assert run.state == "issued"
        assert list(
            Bill.objects.order_by("number").values_list("number", "account_id", "amount_fen")
        ) == [("11252600000001", first.pk, 162000), ("11252600000002", second.pk, 205848)]
        assert set(
            Transfer.objects.values_list("kind", "debit", "credit", "amount_fen", "book")
        ) == {
            ("bill", 112200, 600101, 162000, season.pk),
            ("bill", 112200, 600101, 205848, season.pk),
        }
        assert are_attached(season)
        assert books_are_whole()

    def test_taxed_lines_post_net_and_tax_apart(
        self, company: Company, season: HeatingSeason, clerk: Actor, manager: Actor
    ) -> None:
        shop = a_tariff(company, "非居民", amount="7.50", stop_heat_ratio=None)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            type(shop).objects.filter(pk=shop.pk).update(vat_rate=Decimal("0.09"))
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        account = an_account(company, area="200.00", category=shop.category)
        a_contract(account, a_customer(company))
        issued(season, clerk, manager)
        assert list(Bill.objects.values_list("amount_fen", "tax_fen")) == [(750000, 61927)]
        assert set(Transfer.objects.values_list("credit", "amount_fen")) == {
            (600102, 688073),
            (222100, 61927),
        }
        assert books_are_whole()

    def test_a_second_run_bills_nobody_twice(
        self, company: Company, season: HeatingSeason, clerk: Actor, manager: Actor
    ) -> None:
        a_household(company)
        issued(season, clerk, manager)
        late = a_household(company, "100.00")
        again = issued(season, clerk, manager)
        assert (again.bill_count, again.amount_fen) == (1, 180000)
        assert list(Bill.objects.filter(run=again).values_list("account_id", "number")) == [
            (late.pk, "11252600000002")
        ]
        assert books_are_whole()

    def test_two_runs_previewed_side_by_side_bill_nobody_twice(
        self, company: Company, season: HeatingSeason, clerk: Actor, manager: Actor
    ) -> None:
        a_household(company)
        slow = previewed(season, clerk)
        approve_billing_run(slow, by=manager, at=NOW)
        issued(season, clerk, manager)
        with pytest.raises(Refused, match="其中 1 户已由另一批次出账"):
            issue_billing_run(slow, by=manager, at=NOW)
        slow.refresh_from_db()
        assert (slow.state, Bill.objects.count()) == ("approved", 1)

    def test_the_database_refuses_a_second_bill(
        self, company: Company, season: HeatingSeason, clerk: Actor, manager: Actor
    ) -> None:
        a_household(company)
        issued(season, clerk, manager)
        bill = Bill.objects.get()
        bill.pk = None
        bill.number = "another"
        with (
            pytest.raises(IntegrityError, match="account_id_season_id_kind"),
            transaction.atomic(),
        ):
            bill.save(force_insert=True)
        assert Bill.objects.count() == 1

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE billing_bill SET amount_fen = 1",
            "DELETE FROM billing_transfer",
            "UPDATE billing_billline SET amount_fen = 1",
        ],
    )
    def test_what_is_issued_cannot_be_changed(
        self,
        company: Company,
        season: HeatingSeason,
        clerk: Actor,
        manager: Actor,
        statement: str,
    ) -> None:
        a_household(company)
        issued(season, clerk, manager)
        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
        assert list(Bill.objects.values_list("amount_fen", flat=True)) == [162000]

    def test_is_written_in_the_journal(
        self, company: Company, season: HeatingSeason, clerk: Actor, manager: Actor
    ) -> None:
        a_household(company)
        run = issued(season, clerk, manager)
        told = JournalEntry.objects.filter(record_id=run.pk, record_type__model="billingrun")
        assert list(told.order_by("pk").values_list("action", "actor")) == [
            ("create_billing_run", "计费员"),
            ("preview_billing_run", "计费员"),
            ("finish_preview", "计费员"),
            ("approve_billing_run", "主管"),
            ("issue_billing_run", "主管"),
            ("finish_issue", "主管"),
        ]


class TestAdvances:
    """Money paid ahead settles the new bill when it appears."""

    @pytest.mark.parametrize(
        ("paid_fen", "open_fen", "left_fen"), [(100000, 62000, 0), (200000, 0, 38000)]
    )
    def test_is_used_up_by_the_new_bill(
        self,
        company: Company,
        season: HeatingSeason,
        clerk: Actor,
        manager: Actor,
        paid_fen: int,
        open_fen: int,
        left_fen: int,
    ) -> None:
        account = a_household(company)
        a_household(company)
        cashier = Actor.staff(a_member_of_staff("收费员", CASHIER, company))
        open_shift(company, till="1", float_fen=0, by=cashier, at=NOW)
        contract = account.contracts.get()
        take_cash(contract, CounterForm("ahead", [], paid_fen, 0), by=cashier, at=NOW)
        issued(season, clerk, manager)
        balance = contract_balance(contract)
        assert (balance.receivable_fen, balance.advance_fen) == (open_fen, left_fen)
        settled = Transfer.objects.get(kind="allocation")
        assert settled.bill
        assert (settled.bill.account_id, settled.amount_fen) == (account.pk, 162000 - open_fen)
        assert books_are_whole()

    def test_stays_when_the_bill_of_a_later_run_is_paid_before_the_run_ends(
        self, company: Company, season: HeatingSeason, clerk: Actor, manager: Actor
    ) -> None:
        a_household(company)
        issued(season, clerk, manager)
        contract = a_household(company, area="89.50").contracts.get()
        cashier = Actor.staff(a_member_of_staff("收费员", CASHIER, company))
        open_shift(company, till="1", float_fen=0, by=cashier, at=NOW)
        take_cash(contract, CounterForm("ahead", [], 80000, 0), by=cashier, at=NOW)
        run = previewed(season, clerk)
        approve_billing_run(run, by=manager, at=NOW)
        job = issue_billing_run(run, by=manager, at=NOW)
        issue.begin_issue(run)
        assert issue.issue_stretch(run, at=NOW) == 1
        bill = Bill.objects.get(contract=contract)
        take_cash(contract, CounterForm("bill", [bill], 161100, 161100), by=cashier, at=NOW)
        assert contract_balance(contract).advance_fen == 80000
        assert run_job(job.pk)
        balance = contract_balance(contract)
        assert (balance.receivable_fen, balance.advance_fen) == (0, 80000)
        assert books_are_whole()


class TestPreviewFigures:
    def test_lines_of_parked_accounts_are_in_no_total(
        self, company: Company, season: HeatingSeason, clerk: Actor
    ) -> None:
        a_household(company)
        half_priced = a_household(company)
        other = AreaLine.objects.get(premise=half_priced.premise)
        other.pk, other.ordinal = None, 2
        other.category = TariffCategory.objects.create(
            company=company, name="未定价类别", residential=False
        )
        other.save()
        summary = previewed(season, clerk).summary
        assert (summary["accounts"], summary["lines"], summary["parked"]) == (1, 1, 1)
        assert [row["amount_fen"] for row in summary["by_tariff"]] == [162000]

    def test_who_owes_nothing_is_counted(
        self, company: Company, season: HeatingSeason, clerk: Actor
    ) -> None:
        a_tariff(company, stop_heat_ratio=Decimal(0))
        a_household(company)
        stopped = a_household(company)
        Account.objects.filter(pk=stopped.pk).update(supply_state=SupplyState.STOPPED)
        summary = previewed(season, clerk).summary
        assert (summary["accounts"], summary["parked"], summary["nothing_due"]) == (1, 0, 1)

    def test_an_area_line_replaced_in_the_season_is_billed_once(
        self, company: Company, season: HeatingSeason, clerk: Actor
    ) -> None:
        account = a_household(company)
        old = AreaLine.objects.get(premise=account.premise)
        AreaLine.objects.filter(pk=old.pk).update(ends=date(2026, 1, 1))
        old.pk, old.starts, old.building_area = None, date(2026, 1, 1), Decimal(200)
        old.save()
        assert previewed(season, clerk).amount_fen == 162000


class TestResumeBillingRun:
    """A step that fails half-way leaves whole stretches; the next worker goes on from there."""

    @pytest.fixture
    def short_stretches(self, settings: Any) -> None:
        settings.BILLING_STRETCH = 2

    def test_preview_goes_on(
        self,
        company: Company,
        season: HeatingSeason,
        clerk: Actor,
        short_stretches: None,
    ) -> None:
        for _ in range(5):
            a_household(company)
        run = create_billing_run(season, by=clerk, at=NOW)
        job = preview_billing_run(run, by=clerk, at=NOW)
        preview.preview_stretch(run, last=preview.last_account_id(run))
        assert run_job(job.pk)
        run.refresh_from_db()
        assert (run.state, run.bill_count, run.amount_fen) == ("previewed", 5, 5 * 162000)

    def test_issue_goes_on(
        self,
        company: Company,
        season: HeatingSeason,
        clerk: Actor,
        manager: Actor,
        short_stretches: None,
    ) -> None:
        for _ in range(5):
            a_household(company)
        run = previewed(season, clerk)
        approve_billing_run(run, by=manager, at=NOW)
        job = issue_billing_run(run, by=manager, at=NOW)
        issue.begin_issue(run)
        assert issue.issue_stretch(run, at=NOW) == 2
        assert Bill.objects.count() == 0
        Job.objects.filter(pk=job.pk).update(state="failed")
        assert run_job(resume_billing_run(run, by=manager, at=NOW).pk)
        run.refresh_from_db()
        assert (run.state, Bill.objects.count()) == ("issued", 5)
        assert sorted(Bill.objects.values_list("number", flat=True))[-1] == "11252600000005"
        assert books_are_whole()

    def test_a_run_at_rest_has_nothing_to_resume(
        self, company: Company, season: HeatingSeason, clerk: Actor
    ) -> None:
        a_household(company)
        run = previewed(season, clerk)
        with pytest.raises(Refused, match="没有中断的任务"):
            resume_billing_run(run, by=clerk, at=NOW)


class TestCloseAndCancel:
    @pytest.mark.parametrize(
        ("operation", "sentence"),
        [(close_billing_run, "不能关闭批次"), (issue_billing_run, "不能出账")],
    )
    def test_a_preview_can_be_neither_closed_nor_issued(
        self,
        company: Company,
        season: HeatingSeason,
        clerk: Actor,
        manager: Actor,
        operation: Callable[..., object],
        sentence: str,
    ) -> None:
        a_household(company)
        run = previewed(season, clerk)
        with pytest.raises(Refused, match=sentence):
            operation(run, by=manager, at=NOW)
        run.refresh_from_db()
        assert run.state == "previewed"

    def test_cancelled_drafts_are_gone(
        self, company: Company, season: HeatingSeason, clerk: Actor, manager: Actor
    ) -> None:
        a_household(company)
        run = previewed(season, clerk)
        cancel_billing_run(run, by=manager, at=NOW)
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s)", [f"billing_draft_bill_{run.pk}"])
            assert cursor.fetchone() == (None,)

    def test_a_foreign_community_is_refused(self, season: HeatingSeason, clerk: Actor) -> None:
        there = an_account(a_company("21")).premise.building.community
        with pytest.raises(Invalid, match="不属于该公司"):
            create_billing_run(season, communities=[there], by=clerk, at=NOW)
        assert not BillingRun.objects.exists()
