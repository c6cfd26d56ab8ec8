"""The whole road: a messy list goes in, a season is billed, one pays by WeChat and one at the
counter, the ledger balances, and the receipt is a PDF one would hand over."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from billing.account_list.operations import import_accounts
from billing.bills.papers import receipt_paper
from billing.counter.money_facts import CounterForm
from billing.counter.operations import take_cash
from billing.counter.shifts import close_shift, open_shift
from billing.ledger.checks import check_ledger
from billing.ledger.open_bills import open_bills
from billing.models import (
    Attempt,
    Bill,
    HeatingSeason,
    Payment,
    PriceDocument,
    ProviderEvent,
    Receipt,
    Tariff,
)
from billing.prices.operations import publish_price_document
from billing.runs.operations import (
    approve_billing_run,
    close_billing_run,
    create_billing_run,
    issue_billing_run,
    preview_billing_run,
)
from customers.models import SupplyContract, TariffCategory
from heating.roles import CASHIER, CLERK, MANAGER, StaffRole
from office.actors import Actor
from office.jobs.queue import run_job
from office.models import Company
from office.pdf import render_pdf
from tests.billing.account_list.lists import row, xlsx_file
from tests.builders import a_company, a_member_of_staff
from tests.clock import present
from tests.customer_api import ApiClient, token_for
from tests.office.pdf_reading import texts_of
from tests.patience import wait_for
from tests.wechat_world import WechatWorld

pytestmark = pytest.mark.django_db(transaction=True)

MESSY_LIST: list[list[object]] = [
    row(1, 手机号="13800000001", 建筑面积="９０．００"),
    row(1, 用户类别="非居民", 热价类别="非居民", 建筑面积="20", 备注="同户第二面积"),
    row(2, 建筑面积="100", 往年欠费年度="2024-2025", 往年欠费金额="500.25"),
    row(3, 建筑面积="九十"),
    row(4, 户号=""),
    row(5, 供热状态="报停", 建筑面积="80"),
    [""] * 23,
    ["合计", *[""] * 22],
]


def staff(company: Company, name: str, role: StaffRole) -> Actor:
    return Actor.staff(a_member_of_staff(name, role, company))


def publish_prices(company: Company, *, clerk: Actor, manager: Actor) -> None:
    """Taiyuan's published prices; the second person publishes."""
    paper = PriceDocument.objects.create(
        company=company,
        number="并发改价格〔2020〕1号",
        title="太原市集中供热价格",
        issuer="太原市发展和改革委员会",
        issued_on=date(2020, 9, 1),
        effective_from=date(2020, 11, 1),
        stop_heat_ratio=Decimal("0.30"),
    )
    for name, residential, amount, vat_rate in (
        ("居民住宅", True, "3.60", "0"),
        ("非居民", False, "7.50", "0.09"),
    ):
        category = TariffCategory.objects.create(
            company=company, name=name, residential=residential
        )
        Tariff.objects.create(
            document=paper,
            category=category,
            unit="m2_month",
            amount=Decimal(amount),
            vat_rate=Decimal(vat_rate),
        )
    publish_price_document(paper, by=manager, at=present())


def bill_the_season(season: HeatingSeason, *, clerk: Actor, manager: Actor) -> None:
    now = present()
    run = create_billing_run(season, by=clerk, at=now)
    run_job(preview_billing_run(run, by=clerk, at=now).pk)
    approve_billing_run(run, by=manager, at=now)
    run_job(issue_billing_run(run, by=manager, at=now).pk)
    run.refresh_from_db()
    assert close_billing_run(run, by=manager, at=now).state == "closed"


def test_from_list_to_receipt(live_site: LiveServer, wechat_world: WechatWorld) -> None:
    company = a_company()
    clerk, manager = staff(company, "计费员", CLERK), staff(company, "主管", MANAGER)
    cashier = staff(company, "收费员", CASHIER)
    publish_prices(company, clerk=clerk, manager=manager)
    season = HeatingSeason.objects.create(
        company=company,
        label="2025-2026",
        starts=date(2025, 11, 1),
        ends=date(2026, 3, 31),
        billable_months=Decimal(5),
        due_on=date(2025, 12, 31),
    )

    the_list_goes_in(company, clerk)
    bill_the_season(season, clerk=clerk, manager=manager)
    assert dict(Bill.objects.values_list("account_number", "amount_fen").filter(season=season)) == {
        "2200001": 90 * 360 * 5 + 20 * 750 * 5,
        "2200002": 100 * 360 * 5,
        "2200005": 80 * 360 * 5 * 30 // 100,
    }

    one_pays_by_wechat(wechat_world)
    another_pays_at_the_counter(company, cashier)
    call_command("check_ledger")
    assert [result.check.name for result in check_ledger() if not result.holds] == []


def the_list_goes_in(company: Company, clerk: Actor) -> None:
    report = import_accounts(
        company, xlsx_file(*MESSY_LIST), dry_run=False, by=clerk, at=present()
    ).report
    assert (report["accounts_good"], report["second_area_lines"]) == (3, 1)
    assert [(bad["row"], bad["says"]) for bad in report["rows_refused"]] == [
        (5, "建筑面积不是数字"),
        (6, "户号为空"),
    ]
    assert report["opening_arrears_fen"] == 50025


def one_pays_by_wechat(wechat_world: WechatWorld) -> None:
    customer = ApiClient(token_for("13800000001"))
    (account,) = customer.read("/accounts").json()["accounts"]
    (bill,) = customer.read(f"/accounts/{account['id']}/bills").json()["bills"]
    assert [line["explanation"] for line in bill["lines"]] == [
        "90.00 m² × 3.60 元/m²·月 × 5 月 = 1,620.00 元（并发改价格〔2020〕1号）",
        "20.00 m² × 7.50 元/m²·月 × 5 月 = 750.00 元（并发改价格〔2020〕1号）",
    ]
    intent = customer.pay(
        {"bills": [bill["number"]], "method": "wechat_native"}, "a-story-of-heat-1"
    ).json()
    number = intent_order(intent["id"])
    wechat_world.pay(number)
    payment = paid(number)
    assert (payment.amount_fen, payment.method) == (237000, "wechat_native")
    assert ProviderEvent.objects.get(out_trade_no=number).verdict == "booked"
    assert customer.read(f"/payment-intents/{intent['id']}").json()["state"] == "paid"


def intent_order(public_id: str) -> str:
    return Attempt.objects.get(intent__public_id=public_id).number


def paid(number: str) -> Payment:
    """The callback comes over HTTP by itself."""
    payments = Payment.objects.filter(attempt__number=number)
    wait_for(payments.exists, "the callback")
    return payments.get()


def another_pays_at_the_counter(company: Company, cashier: Actor) -> None:
    now = present()
    shift = open_shift(company, till="1号窗口", float_fen=0, by=cashier, at=now)
    contract = SupplyContract.objects.get(account__number="2200002")
    waiting = open_bills(contract)
    assert [(item.bill.season.label, item.open_fen) for item in waiting] == [
        ("2024-2025", 50025),
        ("2025-2026", 180000),
    ]
    form = CounterForm("story", [item.bill for item in waiting], 230025, 230025)
    payment = take_cash(contract, form, by=cashier, at=now)
    hand_over(payment.receipt)
    assert close_shift(shift, counted_fen=230025, by=cashier, at=now).expected_fen == 230025


def hand_over(receipt: Receipt) -> None:
    receipt.refresh_from_db()
    paper: Any = receipt_paper(receipt.paper)
    (page,) = texts_of(render_pdf("billing/payments/receipt.html", {"paper": paper}))
    text = " ".join(page)
    for words in ("2,300.25", "贰仟叁佰元贰角伍分", receipt.number, "迎泽花园1号楼1单元102"):
        assert words in text, (words, text)
    confirmed = Client().get(reverse("verify_receipt", args=[receipt.verification_code]))
    assert receipt.number in confirmed.content.decode()
