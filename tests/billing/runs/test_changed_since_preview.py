"""What changed between preview and issue is parked, or the preview is asked for again."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from billing.ledger.checks import check_ledger
from billing.models import Bill, BillingRun, HeatingSeason, PriceDocument, Tariff, Transfer
from billing.prices.operations import publish_price_document
from billing.runs import issue
from billing.runs.operations import (
    approve_billing_run,
    create_billing_run,
    finish_issue,
    issue_billing_run,
    preview_billing_run,
)
from customers.contracts.ownership import transfer_ownership
from customers.models import Account, AreaLine, Customer, SupplyContract, SupplyState
from heating.roles import AGENT
from office.actors import Actor
from office.jobs.queue import run_job
from office.models import Company, Job
from office.refusals import Refused
from tests.builders import (
    HERE,
    NOW,
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)

pytestmark = pytest.mark.django_db
PARKED_SENTENCE = (
    "试算以后该户的用户、合同、面积、供热状态或地址有变动，本批没有出账，请核对后另行出账。"
)


def a_household(company: Company, area: str = "90.00") -> Account:
    account = an_account(company, area=area)
    a_contract(account, a_customer(company))
    return account


def approved(season: HeatingSeason, clerk: Actor, manager: Actor) -> BillingRun:
    run = create_billing_run(season, by=clerk, at=NOW)
    assert run_job(preview_billing_run(run, by=clerk, at=NOW).pk)
    run.refresh_from_db()
    approve_billing_run(run, by=manager, at=NOW)
    run.refresh_from_db()
    return run


def change_owner(account: Account) -> None:
    """The flat was sold before the season, and the office hears of it after the preview."""
    new = a_customer(account.company, "新户")
    transfer_ownership(account, new, date(2025, 10, 1), contract_number="G2", by=HERE, at=NOW)


def change_area(account: Account) -> None:
    AreaLine.objects.filter(premise=account.premise).update(building_area=Decimal("95.00"))


def stop_heat(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(supply_state=SupplyState.STOPPED)


def end_contract(account: Account) -> None:
    SupplyContract.objects.filter(account=account).update(ends=date(2025, 10, 1))


def correct_name(account: Account) -> None:
    Customer.objects.filter(contracts__account=account).update(name="王秀瑛")


def add_area(account: Account) -> None:
    line = AreaLine.objects.get(premise=account.premise)
    line.pk, line.ordinal = None, 2
    line.save(force_insert=True)


class TestChangedDrafts:
    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            (change_owner, "changed_since_preview"),
            (change_area, "changed_since_preview"),
            (add_area, "changed_since_preview"),
            (correct_name, "changed_since_preview"),
            (stop_heat, "no_stop_ratio"),
            (end_contract, "no_contract"),
        ],
    )
    def test_are_parked_and_the_others_are_issued(
        self,
        company: Company,
        season: HeatingSeason,
        clerk: Actor,
        manager: Actor,
        change: Callable[[Account], None],
        reason: str,
    ) -> None:
        same, changed = a_household(company), a_household(company, "100.00")
        run = approved(season, clerk, manager)
        assert (run.bill_count, run.amount_fen) == (2, 162000 + 180000)
        change(changed)
        assert run_job(issue_billing_run(run, by=manager, at=NOW).pk)
        run.refresh_from_db()
        assert (run.state, run.bill_count, run.amount_fen) == ("issued", 1, 162000)
        assert (run.changed_since_preview, run.summary["accounts"]) == (1, 2)
        assert list(Bill.objects.values_list("account_id", "number", "amount_fen")) == [
            (same.pk, "11252600000001", 162000)
        ]
        assert list(run.parked.values_list("account_id", "reason")) == [(changed.pk, reason)]
        assert [check.check.name for check in check_ledger() if not check.holds] == []

    def test_a_later_run_bills_the_new_owner(
        self, company: Company, season: HeatingSeason, clerk: Actor, manager: Actor
    ) -> None:
        account = a_household(company)
        run = approved(season, clerk, manager)
        change_owner(account)
        assert run_job(issue_billing_run(run, by=manager, at=NOW).pk)
        assert not Bill.objects.exists()
        assert run.parked.get().sentence == PARKED_SENTENCE
        again = approved(season, clerk, manager)
        assert run_job(issue_billing_run(again, by=manager, at=NOW).pk)
        assert list(Bill.objects.values_list("customer_name", "amount_fen")) == [("新户", 162000)]

    def test_a_change_between_two_stretches_is_found(
        self,
        company: Company,
        season: HeatingSeason,
        clerk: Actor,
        manager: Actor,
        settings: pytest.FixtureRequest,
    ) -> None:
        settings.BILLING_STRETCH = 2  # type: ignore[attr-defined]
        accounts = [a_household(company) for _ in range(5)]
        run = approved(season, clerk, manager)
        job = issue_billing_run(run, by=manager, at=NOW)
        issue.begin_issue(run)
        assert issue.issue_stretch(run, at=NOW) == 2
        change_owner(accounts[0])
        change_area(accounts[3])
        assert run_job(job.pk)
        run.refresh_from_db()
        assert (run.state, run.bill_count, run.amount_fen) == ("issued", 4, 4 * 162000)
        billed = Bill.objects.order_by("number").values_list("account_id", flat=True)
        # The first was issued before its owner changed: that bill stays as it is.
        assert list(billed) == [accounts[n].pk for n in (0, 1, 2, 4)]
        assert list(run.parked.values_list("account_id", flat=True)) == [accounts[3].pk]


class TestChangedBasis:
    def test_a_new_price_asks_for_the_preview_again(
        self, company: Company, season: HeatingSeason, clerk: Actor, manager: Actor
    ) -> None:
        a_household(company)
        run = approved(season, clerk, manager)
        before = Tariff.objects.get()
        paper = PriceDocument.objects.create(
            company=company,
            number="并发改价格〔2025〕9号",
            title="关于供热价格的通知",
            issuer="太原市发展和改革委员会",
            issued_on=date(2025, 9, 1),
            effective_from=date(2025, 10, 1),
        )
        Tariff.objects.create(
            document=paper, category=before.category, unit=before.unit, amount=Decimal("4.00")
        )
        publish_price_document(paper, by=HERE, at=NOW)
        jobs = Job.objects.count()
        with pytest.raises(Refused, match="请重新试算"):
            issue_billing_run(run, by=manager, at=NOW)
        run.refresh_from_db()
        assert (run.state, Bill.objects.count(), Job.objects.count()) == ("approved", 0, jobs)
        assert run_job(preview_billing_run(run, by=clerk, at=NOW).pk)
        run.refresh_from_db()
        assert (run.state, run.amount_fen) == ("previewed", 180000)

    def test_so_does_a_season_with_other_months(
        self, company: Company, season: HeatingSeason, clerk: Actor, manager: Actor
    ) -> None:
        a_household(company)
        run = approved(season, clerk, manager)
        HeatingSeason.objects.filter(pk=season.pk).update(billable_months=Decimal(4))
        run = BillingRun.objects.get(pk=run.pk)
        with pytest.raises(Refused, match="请重新试算"):
            issue_billing_run(run, by=manager, at=NOW)
        assert not Bill.objects.exists()


class TestBusinessDate:
    def test_is_the_day_on_which_issuing_began(
        self,
        company: Company,
        season: HeatingSeason,
        clerk: Actor,
        manager: Actor,
        settings: pytest.FixtureRequest,
    ) -> None:
        settings.BILLING_STRETCH = 1  # type: ignore[attr-defined]
        for _ in range(2):
            a_household(company)
        run = approved(season, clerk, manager)
        # 23:59:50 in Shanghai.
        began = datetime(2025, 11, 10, 15, 59, 50, tzinfo=UTC)
        issue_billing_run(run, by=manager, at=began)
        issue.begin_issue(run)
        issue.issue_stretch(run, at=began + timedelta(seconds=5))
        issue.issue_stretch(run, at=began + timedelta(seconds=20))
        finish_issue(run, by=manager, at=began + timedelta(seconds=30))
        days = Transfer.objects.values_list("kind", "business_date")
        assert sorted(days) == [("bill", date(2025, 11, 10))] * 2
        # The date that is printed is the same on all of them.
        printed = Bill.objects.order_by("pk").values_list("issued_at", flat=True)
        assert list(printed) == [began + timedelta(seconds=5), began + timedelta(seconds=9)]


class TestTransferOwnershipPage:
    def test_says_which_bills_it_does_not_change(self, client: Client) -> None:
        company = a_company()
        account = a_household(company)
        bill = an_issued_bill(account.contracts.get())
        client.force_login(a_member_of_staff("客服", AGENT, company))
        sent = {
            "contract": account.contracts.get().pk,
            "owner": "new",
            "kind": "resident",
            "name": "赵新",
            "on": "2025-10-01",
            "contract_number": "GR-2",
            "debts_explained": "on",
        }
        address = reverse("admin:customers_account_transfer_ownership", args=[account.pk])
        page = client.post(address, sent, follow=True).content.decode()
        assert "已过户给 赵新" in page
        assert (
            f"过户不改变已出的账单：2025-2026 采暖季账单 {bill.number}（1,620.00 元）仍由原用户承担"
        ) in page
        bill.refresh_from_db()
        assert bill.customer_name == "王秀英"
