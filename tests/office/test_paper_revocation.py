"""A revoked paper: revoked once, with a reason, and its page and its prints say so."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from billing.bills.printing import print_receipt
from billing.models import Method, Receipt
from billing.payments.intents import create_intent
from billing.payments.receive import MoneyFact, receive_payment
from office.actors import Actor
from office.models import JournalEntry, PaperRevocation, User
from office.papers.revocation import revocation_of, revoke_paper
from office.refusals import Invalid, Refused
from tests.builders import NOW, a_company, a_contract, a_customer, an_account, an_issued_bill
from tests.parallel import at_once

DESK = Actor.system("收费主管")
REVOKED_AT = datetime(2025, 11, 10, 6, 30, tzinfo=UTC)
REVOKED = "自 2025-11-10 14:30 起作废，不再有效。"
GENUINE = "这张收据是我们开具的"


def a_receipt(transaction_id: str = "42000") -> Receipt:
    company = a_company("11")
    bill = an_issued_bill(a_contract(an_account(company), a_customer(company)))
    intent = create_intent(bill.contract, [bill], by=DESK, at=NOW)
    fact = MoneyFact("wechatpay", transaction_id, Method.WECHAT_NATIVE, intent.amount_fen, NOW)
    return receive_payment(intent, fact, by=DESK, at=NOW).receipt


@transaction.atomic
def revoke(receipt: Receipt, reason: str = "开具有误") -> PaperRevocation:
    return revoke_paper(
        receipt, "void_receipt", number=receipt.number, reason=reason, by=DESK, at=REVOKED_AT
    )


def journal_lines() -> list[tuple[str, dict[str, str]]]:
    return list(JournalEntry.objects.filter(action="void_receipt").values_list("actor", "facts"))


@pytest.mark.django_db
class TestRevokePaper:
    def test_says_since_when_why_and_by_whom(self) -> None:
        receipt, other = a_receipt(), a_receipt("42001")
        assert revocation_of(receipt) is None
        revocation = revoke(receipt, "  开具有误 ")
        assert (revocation.number, revocation.reason) == (receipt.number, "开具有误")
        assert (revocation.actor, revocation.revoked_at) == ("收费主管", REVOKED_AT)
        assert revocation_of(receipt) == revocation
        assert revocation_of(other) is None
        facts = {"number": receipt.number, "reason": "开具有误"}
        assert journal_lines() == [("收费主管", facts)]

    def test_a_second_time_is_refused(self) -> None:
        receipt = a_receipt()
        revoke(receipt)
        with pytest.raises(Refused, match=f"{receipt.number} 已于 2025-11-10 14:30 作废"):
            revoke(receipt, "再次")
        assert PaperRevocation.objects.get().reason == "开具有误"
        assert len(journal_lines()) == 1

    @pytest.mark.parametrize("reason", ["", " \n", "字" * 201])
    def test_the_reason_is_asked_for(self, reason: str) -> None:
        with pytest.raises(Invalid, match="作废的原因"):
            revoke(a_receipt(), reason)
        assert (PaperRevocation.objects.count(), journal_lines()) == (0, [])

    def test_nothing_revives_a_paper(self) -> None:
        revocation = revoke(a_receipt())
        later = REVOKED_AT + timedelta(days=1)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            PaperRevocation.objects.update(revoked_at=later)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            revocation.delete()
        assert PaperRevocation.objects.get().revoked_at == REVOKED_AT


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_revokes() -> None:
    receipt = a_receipt()
    outcomes = at_once([lambda: revoke(receipt)] * 2)
    assert sorted(isinstance(outcome, Refused) for outcome in outcomes) == [False, True]
    assert (PaperRevocation.objects.count(), len(journal_lines())) == (1, 1)


@pytest.mark.django_db
class TestWhatARevokedPaperSays:
    def page(self, code: str) -> str:
        answer = Client().get(reverse("verify_receipt", args=[code]))
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.content.decode()

    def test_its_page_says_since_when_it_is_revoked_and_not_why(self) -> None:
        receipt = a_receipt()
        valid = self.page(receipt.verification_code)
        assert (GENUINE in valid, "作废" in valid) == (True, False)
        revoke(receipt)
        revoked = self.page(receipt.verification_code)
        assert (GENUINE in revoked, REVOKED in revoked) == (False, True)
        assert receipt.number in revoked
        assert "开具有误" not in revoked

    def test_it_says_so_in_english(self) -> None:
        receipt = a_receipt()
        revoke(receipt)
        client = Client()
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        answer = client.get(reverse("verify_receipt", args=[receipt.verification_code]))
        assert "Revoked on 2025-11-10 14:30 and no longer valid." in answer.content.decode()

    def test_its_prints_are_marked(self, admin_user: User) -> None:
        receipt, by = a_receipt(), Actor.staff(admin_user)
        assert print_receipt(receipt, by=by, at=NOW).voided is False
        revoke(receipt)
        assert print_receipt(receipt, by=by, at=NOW).voided is True
