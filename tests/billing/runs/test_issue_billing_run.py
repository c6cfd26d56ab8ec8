"""Issuing a billing run: numbers, bills and transfers, and the advances that settle them."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from billing.counter.money_facts import CounterForm
from billing.counter.operations import take_cash
from billing.counter.shifts import open_shift
from billing.ledger.balances import contract_balance
from billing.models import Bill, HeatingSeason, Transfer
from billing.runs import issue
from billing.runs.operations import approve_billing_run, finish_issue, issue_billing_run
from billing.seasons.partitions import are_attached
from heating.roles import CASHIER
from office.actors import Actor
from office.jobs.queue import run_job
from office.models import Company, JournalEntry
from office.refusals import Refused
from tests.billing.runs.billed_season import a_household, books_are_whole, issued, previewed
from tests.builders import NOW, a_contract, a_customer, a_member_of_staff, a_tariff, an_account

pytestmark = pytest.mark.django_db


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
        entries = JournalEntry.objects.filter(record_id=run.pk, record_type__model="billingrun")
        assert list(entries.order_by("pk").values_list("action", "actor")) == [
            ("create_billing_run", "计费员"),
            ("preview_billing_run", "计费员"),
            ("finish_preview", "计费员"),
            ("approve_billing_run", "主管"),
            ("issue_billing_run", "主管"),
            ("finish_issue", "主管"),
        ]

    def test_the_second_finisher_sees_that_all_is_done(
        self, company: Company, season: HeatingSeason, clerk: Actor, manager: Actor
    ) -> None:
        """A worker believed dead finishes; the one that took over comes to the same end."""
        a_household(company, "90.00")
        run = issued(season, clerk, manager)
        assert issue.issue_stretch(run, at=NOW) == 1
        assert finish_issue(run, by=clerk, at=NOW).state == "issued"
        assert Bill.objects.count() == 1
        assert JournalEntry.objects.filter(action="finish_issue").count() == 1


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
        take_cash(
            contract, CounterForm("ahead", [], paid_fen, 0, beyond_debt=True), by=cashier, at=NOW
        )
        run = issued(season, clerk, manager)
        balance = contract_balance(contract)
        assert (balance.receivable_fen, balance.advance_fen) == (open_fen, left_fen)
        settled = Transfer.objects.get(kind="allocation")
        assert settled.bill
        assert settled.source == run
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
        take_cash(
            contract, CounterForm("ahead", [], 80000, 0, beyond_debt=True), by=cashier, at=NOW
        )
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

    def test_that_is_paid_between_the_stretch_and_the_end_of_the_first_run_is_used_up(
        self, company: Company, season: HeatingSeason, clerk: Actor, manager: Actor
    ) -> None:
        contract = a_household(company, area="89.50").contracts.get()
        cashier = Actor.staff(a_member_of_staff("收费员", CASHIER, company))
        open_shift(company, till="1", float_fen=0, by=cashier, at=NOW)
        run = previewed(season, clerk)
        approve_billing_run(run, by=manager, at=NOW)
        job = issue_billing_run(run, by=manager, at=NOW)
        issue.begin_issue(run)
        assert issue.issue_stretch(run, at=NOW) == 1
        # The bill is not to be seen before the season's tables are attached.
        take_cash(
            contract, CounterForm("ahead", [], 161100, 0, beyond_debt=True), by=cashier, at=NOW
        )
        assert run_job(job.pk)
        balance = contract_balance(contract)
        assert (balance.receivable_fen, balance.advance_fen) == (0, 0)
        assert books_are_whole()
