"""Before anything is printed, pages name the characters no font draws, and whose they are."""

import pytest
from django.test import Client
from django.urls import reverse

from billing.counter.money_facts import CounterForm
from billing.counter.operations import take_cash
from billing.counter.shifts import open_shift
from billing.models import BillingRun, HeatingSeason
from billing.runs.operations import create_billing_run, preview_billing_run
from billing.seasons.partitions import ensure_season_partitions
from heating.roles import CASHIER, CLERK
from office.actors import Actor
from office.jobs.queue import run_job
from office.models import Company
from tests.builders import (
    NOW,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)

pytestmark = pytest.mark.django_db
BOX = "\U00033000"
NOTICE = f"“{BOX}”没有字体可以打印"


@pytest.fixture
def run(company: Company, season: HeatingSeason, clerk: Actor) -> BillingRun:
    """Two rare names that are drawn, one that is not, and a common one."""
    for name in ("王䶮", f"李{BOX}{BOX}", "赵\U0002b5af", "王秀英"):
        a_contract(an_account(company, area="90.00"), a_customer(company, name))
    run = create_billing_run(season, by=clerk, at=NOW)
    assert run_job(preview_billing_run(run, by=clerk, at=NOW).pk)
    run.refresh_from_db()
    return run


class TestPreview:
    def test_names_the_account_and_its_characters(
        self, run: BillingRun, company: Company, client: Client
    ) -> None:
        undrawn = run.summary["undrawn"]
        assert undrawn["count"] == 1
        (row,) = undrawn["rows"]
        assert (row["name"], row["characters"]) == (f"李{BOX}{BOX}", BOX)
        client.force_login(a_member_of_staff("clerk", CLERK, company))
        page = client.get(reverse("admin:billing_billingrun_change", args=[run.pk]))
        text = page.content.decode()
        assert "有字印不出的账户" in text
        assert f"{NOTICE}，请先改正户名或地址" in text
        assert row["number"] in text

    def test_says_nothing_where_everything_is_drawn(
        self, company: Company, season: HeatingSeason, clerk: Actor, client: Client
    ) -> None:
        a_contract(an_account(company, area="90.00"), a_customer(company, "王𠈓"))
        run = create_billing_run(season, by=clerk, at=NOW)
        run_job(preview_billing_run(run, by=clerk, at=NOW).pk)
        run.refresh_from_db()
        assert run.summary["undrawn"] == {"count": 0, "rows": []}
        client.force_login(a_member_of_staff("clerk", CLERK, company))
        page = client.get(reverse("admin:billing_billingrun_change", args=[run.pk]))
        assert "有字印不出的账户" not in page.content.decode()


class TestPagesThatPrint:
    def test_bill_receipt_and_counter_say_it_before_the_button(
        self, company: Company, season: HeatingSeason, client: Client
    ) -> None:
        contracts = [
            a_contract(an_account(company, area="90.00"), a_customer(company, name))
            for name in (f"李{BOX}", "王䶮")
        ]
        ensure_season_partitions(season)
        cashier = a_member_of_staff("cashier", CASHIER, company)
        by = Actor.staff(cashier)
        open_shift(company, till="1", float_fen=0, by=by, at=NOW)
        client.force_login(cashier)
        for number, contract in enumerate(contracts):
            bill = an_issued_bill(contract, season)
            form = CounterForm(f"{number:032x}", [bill], bill.amount_fen, bill.amount_fen)
            payment = take_cash(contract, form, by=by, at=NOW)
            pages = [
                client.get(reverse(f"admin:{name}", args=[pk])).content.decode()
                for name, pk in (
                    ("billing_bill_change", bill.pk),
                    ("billing_receipt_change", payment.receipt.pk),
                    ("counter_done", payment.pk),
                )
            ]
            assert [NOTICE in page for page in pages] == [number == 0] * 3
