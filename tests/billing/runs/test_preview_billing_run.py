"""The preview of a billing run: what it prices, what it parks, and its figures."""

from datetime import date
from decimal import Decimal

import pytest

from billing.models import Bill, HeatingSeason, Transfer
from billing.runs.operations import (
    create_billing_run,
    preview_billing_run,
)
from customers.models import Account, AreaLine, SupplyState, TariffCategory
from office.actors import Actor
from office.models import Company, Job
from office.refusals import Refused
from tests.billing.runs.billed_season import a_household, issued, previewed
from tests.builders import NOW, a_contract, a_customer, a_tariff, an_account

pytestmark = pytest.mark.django_db


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
