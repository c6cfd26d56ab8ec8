"""A refund to source through the screens: from the payment's page to what its customer sees."""

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import Payment, RefundToSource
from billing.refunds.to_source import approve_refund_to_source, draft_refund_to_source
from billing.waiting_kinds import KINDS
from billing.wechat.own_refunds import record_refund_fact
from heating.roles import CASHIER
from office.actors import Actor
from office.models import User
from office.refusals import NotAllowed
from office.waiting import waits_of
from tests.billing.adjustments.desk import Desk
from tests.billing.refunds.refunds_to_source import HOUSE, draft, fact_of, paid
from tests.builders import NOW, a_company, a_member_of_staff
from tests.clock import present

pytestmark = pytest.mark.django_db


def user_of(actor: Actor) -> User:
    assert actor.user is not None
    return actor.user


def page(client: Client, record: object, name: str) -> str:
    address = reverse(f"admin:{name}_change", args=[record.pk])  # type: ignore[attr-defined]
    return client.get(address).content.decode()


class TestRefundPages:
    def test_from_the_payment_to_the_approval_of_another(
        self, desk: Desk, payment: Payment, client: Client
    ) -> None:
        payment = paid(payment.heat_contract, "4200P", present())
        client.force_login(user_of(desk.clerk))
        add = reverse("admin:billing_refundtosource_add")
        link = f'href="{add}?payment=4200P"'
        assert link in page(client, payment, "billing_payment")
        assert link in page(client, payment.heat_contract.account, "customers_account")
        assert 'value="4200P"' in client.get(f"{add}?payment=4200P").content.decode()
        sent = {
            "form_key": "refund-form-1",
            "payment": "4200P",
            "amount": "1000.01",
            "reason": "多缴",
            "source": "申请",
        }
        refused = client.post(add, sent)
        assert refused.status_code == 409
        assert "且不超过 1,000.00 元" in refused.content.decode()
        assert not RefundToSource.objects.exists()
        client.post(add, {**sent, "amount": "600.00"})
        refund = RefundToSource.objects.get()
        approve = reverse("admin:billing_refundtosource_approve_refund_to_source", args=[refund.pk])
        assert approve not in page(client, refund, "billing_refundtosource")
        assert client.post(approve).status_code == 403
        client.force_login(user_of(desk.manager))
        assert approve in page(client, refund, "billing_refundtosource")
        client.post(approve, {"text": "同意"})
        refund.refresh_from_db()
        assert refund.state == "approved"
        assert refund.number in page(client, payment.receipt, "billing_receipt")

    def test_an_abnormal_one_waits_for_people_and_the_list_shows_the_same(
        self, desk: Desk, payment: Payment, client: Client
    ) -> None:
        new_payment = paid(payment.heat_contract, "4200Q", present())
        quiet = approve_refund_to_source(
            draft(desk, new_payment, 10_000), by=desk.manager, at=present()
        )
        # Without an answer it is tried again by itself.
        quiet.error_code = "no_answer"
        quiet.save()
        stalled = approve_refund_to_source(draft(desk, payment, 20_000), by=desk.manager, at=NOW)
        record_refund_fact(stalled, fact_of(stalled, "ABNORMAL"), by=HOUSE, at=NOW)
        (kind,) = [kind for kind in KINDS if kind.key == "refunds_to_source"]
        (waits,) = waits_of([kind], user_of(desk.clerk), present())
        assert list(waits.rows) == [stalled]
        client.force_login(user_of(desk.clerk))
        listed = client.get(kind.address).content.decode()
        assert stalled.number in listed
        assert quiet.number not in listed

    def test_a_cashier_drafts_none(self, desk: Desk, payment: Payment, client: Client) -> None:
        cashier = a_member_of_staff("cashier2", CASHIER, a_company())
        client.force_login(cashier)
        assert client.get(reverse("admin:billing_refundtosource_add")).status_code == 403
        assert "refundtosource/add" not in page(client, payment, "billing_payment")
        with pytest.raises(NotAllowed):
            draft_refund_to_source(
                payment, 1, reason="退", source="申请", by=Actor.staff(cashier), at=NOW
            )
