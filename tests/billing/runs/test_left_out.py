"""A past season is not billed again over its opening arrears, and outliers can be left out."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import Bill, BillingRun, BillKind, HeatingSeason
from billing.runs.operations import (
    approve_billing_run,
    create_billing_run,
    issue_billing_run,
    leave_out_account,
    preview_billing_run,
)
from billing.seasons.partitions import ensure_season_partitions
from customers.models import Account
from office.actors import Actor
from office.jobs.queue import run_job
from office.models import Approval, Company, JournalEntry
from office.refusals import Invalid, NotAllowed, Refused
from tests.builders import NOW, a_contract, a_customer, an_account

pytestmark = pytest.mark.django_db


def a_household(company: Company, area: str = "90.00") -> Account:
    account = an_account(company, area=area)
    a_contract(account, a_customer(company))
    return account


def previewed(season: HeatingSeason, by: Actor) -> BillingRun:
    run = create_billing_run(season, by=by, at=NOW)
    assert run_job(preview_billing_run(run, by=by, at=NOW).pk)
    run.refresh_from_db()
    return run


class TestPastSeason:
    def test_its_opening_arrears_are_named_and_parked(
        self,
        company: Company,
        season: HeatingSeason,
        clerk: Actor,
        manager: Actor,
        client: Client,
    ) -> None:
        in_arrears, other = a_household(company), a_household(company)
        contract = in_arrears.contracts.get()
        ensure_season_partitions(season)
        Bill.objects.create(
            company=company,
            season=season,
            number="1125260000O1",
            kind=BillKind.OPENING,
            account=in_arrears,
            contract=contract,
            customer=contract.customer,
            amount_fen=73456,
            due_on=date(2025, 12, 31),
            issued_at=NOW,
            account_number=in_arrears.number,
            customer_name="王秀英",
            address="汾河小区",
        )
        run = previewed(season, clerk)
        assert (run.bill_count, run.amount_fen) == (1, 162000)
        assert run.summary["opening_arrears"] == {"accounts": 1, "amount_fen": 73456}
        assert list(run.parked.values_list("account_id", "reason", "sentence")) == [
            (
                in_arrears.pk,
                "opening_arrears",
                "本采暖季的欠费已作为期初欠费登记，不再出账；期初有误的请另行更正。",
            )
        ]
        assert manager.user is not None
        client.force_login(manager.user)
        page = client.get(reverse("admin:billing_billingrun_change", args=[run.pk]))
        assert "1 户的欠费 734.56 元已作为期初欠费登记" in page.content.decode()
        approve_billing_run(run, by=manager, at=NOW)
        assert run_job(issue_billing_run(run, by=manager, at=NOW).pk)
        billed = Bill.objects.filter(kind=BillKind.SEASON)
        assert list(billed.values_list("account_id", "amount_fen")) == [(other.pk, 162000)]


class TestLeaveOutAccount:
    @pytest.fixture
    def mansion(self, company: Company) -> Account:
        """Flagged: its bill is above eight times the mean of twenty homes."""
        for _ in range(19):
            a_household(company, "50.00")
        return a_household(company, "900.00")

    def test_the_rest_is_approved_and_issued(
        self,
        company: Company,
        season: HeatingSeason,
        clerk: Actor,
        manager: Actor,
        mansion: Account,
    ) -> None:
        run = previewed(season, clerk)
        assert (run.bill_count, run.amount_fen) == (20, 19 * 90000 + 1620000)
        leave_out_account(run, mansion.number, reason="面积待核", by=clerk, at=NOW)
        run.refresh_from_db()
        assert (run.state, run.bill_count, run.amount_fen) == ("previewed", 19, 19 * 90000)
        assert (run.summary["outliers"], run.summary["parked"]) == ([], 1)
        assert list(run.parked.values_list("account_id", "reason", "sentence")) == [
            (mansion.pk, "left_out", "人工暂缓：面积待核")
        ]
        assert list(Approval.objects.order_by("pk").values_list("state", "amount_fen")) == [
            ("withdrawn", 19 * 90000 + 1620000),
            ("pending", 19 * 90000),
        ]
        entry = JournalEntry.objects.get(action="leave_out_account")
        assert entry.facts == {
            "number": mansion.number,
            "amount_fen": 1620000,
            "reason": "面积待核",
        }
        approve_billing_run(run, by=manager, at=NOW)
        assert run_job(issue_billing_run(run, by=manager, at=NOW).pk)
        assert Bill.objects.count() == 19
        assert not Bill.objects.filter(account=mansion).exists()
        # The next run bills it.
        assert previewed(season, clerk).amount_fen == 1620000

    def test_a_new_preview_leaves_it_out_again(
        self, company: Company, season: HeatingSeason, clerk: Actor, mansion: Account
    ) -> None:
        run = previewed(season, clerk)
        leave_out_account(run, mansion.number, reason="面积待核", by=clerk, at=NOW)
        assert run_job(preview_billing_run(run, by=clerk, at=NOW).pk)
        run.refresh_from_db()
        assert (run.bill_count, run.amount_fen) == (19, 19 * 90000)
        assert run.parked.get().sentence == "人工暂缓：面积待核"

    def test_refused_and_nothing_has_changed(
        self,
        company: Company,
        season: HeatingSeason,
        clerk: Actor,
        manager: Actor,
        mansion: Account,
    ) -> None:
        run = previewed(season, clerk)
        usual = Account.objects.exclude(pk=mansion.pk).order_by("pk")[0]
        tries: list[tuple[str, str, Actor, type[Refused]]] = [
            (usual.number, "x", clerk, Invalid),
            ("0", "x", clerk, Invalid),
            (mansion.number, " ", clerk, Invalid),
            (mansion.number, "x", manager, NotAllowed),
        ]
        for number, reason, by, refusal in tries:
            with pytest.raises(refusal):
                leave_out_account(run, number, reason=reason, by=by, at=NOW)
        approve_billing_run(run, by=manager, at=NOW)
        with pytest.raises(Refused, match="只有待审核的批次"):
            leave_out_account(run, mansion.number, reason="x", by=clerk, at=NOW)
        run.refresh_from_db()
        assert (run.state, run.bill_count, run.parked.count()) == ("approved", 20, 0)
        assert run.amount_fen == 19 * 90000 + 1620000

    def test_the_button(
        self,
        company: Company,
        season: HeatingSeason,
        clerk: Actor,
        mansion: Account,
        client: Client,
    ) -> None:
        run = previewed(season, clerk)
        assert clerk.user is not None
        client.force_login(clerk.user)
        assert (
            "暂缓异常账户"
            in client.get(
                reverse("admin:billing_billingrun_change", args=[run.pk])
            ).content.decode()
        )
        address = reverse("admin:billing_billingrun_leave_out_account", args=[run.pk])
        sent = {"account_number": mansion.number, "reason": "面积待核"}
        page = client.post(address, sent, follow=True).content.decode()
        assert "该户已暂缓" in page
        assert "人工暂缓：面积待核" in page
