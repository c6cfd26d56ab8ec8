"""Adjustments on the screen: from the bill's page through the form to the issued credit note."""

import pytest
from django.test import Client

from billing.adjustments.corrections import Correction
from billing.models import Adjustment, Bill
from office.approvals.steps import pending_approval
from office.models import User
from tests.billing.adjustments.desk import Desk


def signed_in(actor_user: User | None) -> Client:
    assert actor_user is not None
    client = Client()
    client.force_login(actor_user)
    return client


@pytest.fixture
def clerk(desk: Desk) -> Client:
    return signed_in(desk.clerk.user)


@pytest.fixture
def manager(desk: Desk) -> Client:
    return signed_in(desk.manager.user)


FORM = {
    "line": "",
    "way": "credit",
    "amount": "214.80",
    "due_on": "",
    "reason": "室温不达标退费",
    "source": "测温单 2026-17",
    "working": "",
}


def form_of(bill: Bill, **changed: str) -> dict[str, str]:
    return FORM | {"line": str(bill.lines.get().pk)} | changed


def draft_page(bill: Bill) -> str:
    return f"/admin/billing/adjustment/draft_adjustment/{bill.pk}/"


class TestDraftAdjustment:
    def test_the_bill_and_the_account_lead_to_the_form(self, clerk: Client, bill: Bill) -> None:
        for page in (
            f"/admin/billing/bill/{bill.pk}/change/",
            f"/admin/customers/account/{bill.account_id}/change/",
        ):
            assert f'href="{draft_page(bill)}"' in clerk.get(page).content.decode()
        form = clerk.get(draft_page(bill)).content.decode()
        assert "居民住宅　2,058.48" in form

    @pytest.mark.parametrize(
        ("way", "amount", "due_on", "expected"),
        [
            ("credit", "214.80", "", ("credit", -21_480)),
            ("supplement", "100", "2030-02-28", ("supplement", 10_000)),
            ("should", "1,500.00", "", ("credit", -55_848)),
        ],
    )
    def test_each_way_drafts_its_amount(
        self,
        clerk: Client,
        bill: Bill,
        way: str,
        amount: str,
        due_on: str,
        expected: tuple[str, int],
    ) -> None:
        sent = form_of(bill, way=way, amount=amount, due_on=due_on)
        answer = clerk.post(draft_page(bill), sent)
        adjustment = Adjustment.objects.get()
        assert answer.status_code == 302
        assert answer["Location"] == f"/admin/billing/adjustment/{adjustment.pk}/change/"
        assert (adjustment.kind, adjustment.amount_fen) == expected

    def test_an_invalid_and_a_refused_form_stay_on_the_page(
        self, clerk: Client, bill: Bill
    ) -> None:
        invalid = clerk.post(draft_page(bill), form_of(bill, amount="-1"))
        assert (invalid.status_code, "金额不填负号" in invalid.content.decode()) == (422, True)
        refused = clerk.post(draft_page(bill), form_of(bill, amount="2058.49"))
        assert refused.status_code == 409
        assert "最多只能冲减这么多。" in refused.content.decode()
        assert Adjustment.objects.count() == 0


class TestDecision:
    def test_approved_and_issued_by_buttons(
        self, desk: Desk, clerk: Client, manager: Client, bill: Bill
    ) -> None:
        adjustment = desk.draft(bill, Correction(amount_fen=-21_480))
        page = f"/admin/billing/adjustment/{adjustment.pk}"
        assert "审核通过" not in clerk.get(f"{page}/change/").content.decode()
        assert "审核通过" in manager.get(f"{page}/change/").content.decode()
        approval = pending_approval(adjustment)
        assert approval is not None
        manager.post(f"{page}/approve_adjustment/", {"seen": approval.step, "text": "同意"})
        manager.post(f"{page}/issue_adjustment/")
        adjustment.refresh_from_db()
        credit = adjustment.bills.get()
        assert (adjustment.state, credit.amount_fen) == ("issued", -21_480)
        shown = manager.get(f"/admin/billing/bill/{credit.pk}/change/").content.decode()
        assert "室温不达标退费：-214.80 元（测温单 2026-17）" in shown
        assert f'href="/admin/billing/bill/{bill.pk}/change/"' in shown
        paper = clerk.post(f"/admin/billing/bill/{credit.pk}/print_bill/")
        assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")
