"""The buyer's pages of a sourcing and the supplier's page behind its link, over HTTP."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from heating.roles import AUDITOR, PROCUREMENT
from office.models import User
from suppliers.models import Offer, OfferFile, OpenedOffer, Sourcing
from suppliers.states import SourcingState
from tests.builders import a_company, a_member_of_staff
from tests.suppliers.admission_records import People, people
from tests.suppliers.sourcing_records import (
    OFFERS_UNTIL,
    a_sheet,
    a_sourcing,
    offered,
    opened,
    qualified_suppliers,
    sourcing_rows,
)
from tests.suppliers.supplier_records import NOON, a_category

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> People:
    return people()


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """What the pages take for the moment; a test may put another into the list."""
    moment = [NOON]
    monkeypatch.setattr(timezone, "now", lambda: moment[0])
    return moment


def client_of(user: User | None) -> Client:
    client = Client()
    assert user is not None
    client.force_login(user)
    return client


def without_nonces(answer: Any) -> str:
    """The page without its secrets and without its own address."""
    return re.sub(r'(nonce|content|value)="[^"]+"', "", answer.content.decode())


def page(sourcing: Sourcing, verb: str = "change") -> str:
    return reverse(f"admin:suppliers_sourcing_{verb}", args=[sourcing.pk])


def typed_offer(sourcing: Sourcing, *prices: str, **changes: Any) -> dict[str, Any]:
    items = sourcing.items.values_list("pk", flat=True)
    values = {f"price_{pk}": price for pk, price in zip(items, prices, strict=True)}
    return values | {
        "with_tax": "yes",
        "vat_rate": "13",
        "freight": "0",
        "delivery_days": "15",
        "contact": "赵强",
        "phone": "13800000000",
        **changes,
    }


class TestRequestSourcing:
    def test_items_are_typed_one_a_line(self, staff: People) -> None:
        category = a_category()
        answer = client_of(staff.buyer.user).post(
            reverse("admin:suppliers_sourcing_add"),
            {
                "company": staff.buyer.user.companies.get().pk,  # type: ignore[union-attr]
                "category": category.pk,
                "title": "管件采购",
                "offers_until": "2026-03-09T12:00",
                "items": "DN200 弯头，10，件\nDN200 钢管, 2.5, 吨, 5000.00\n",
                "form_key": "a" * 32,
            },
        )
        sourcing = Sourcing.objects.get()
        assert (answer.status_code, answer["Location"]) == (302, page(sourcing))
        assert list(sourcing.items.values_list("name", "published_fen")) == [
            ("DN200 弯头", None),
            ("DN200 钢管", 500000),
        ]

    def test_the_form_sent_twice_is_one_request(self, staff: People) -> None:
        buyer, address = client_of(staff.buyer.user), reverse("admin:suppliers_sourcing_add")
        form = buyer.get(address).context["form"]
        values = {
            "company": staff.buyer.user.companies.get().pk,  # type: ignore[union-attr]
            "category": a_category().pk,
            "title": "管件采购",
            "offers_until": "2026-03-09T12:00",
            "items": "DN200 弯头，10，件",
            "form_key": form["form_key"].value(),
        }
        answers = [buyer.post(address, values) for _ in range(2)]
        sourcing = Sourcing.objects.get()
        assert {answer["Location"] for answer in answers} == {page(sourcing)}
        assert (sourcing.form_key, sourcing.items.count()) == (values["form_key"], 1)
        for change in ({"title": "阀门采购"}, {"items": "DN200 弯头，12，件"}):
            other = buyer.post(address, values | change)
            assert "页面已失效，请重新打开页面后再办理。" in other.content.decode()
        assert Sourcing.objects.count() == 1

    def test_a_line_that_is_no_item_is_named(self, staff: People) -> None:
        answer = client_of(staff.buyer.user).post(
            reverse("admin:suppliers_sourcing_add"), {"items": "弯头 十件"}
        )
        assert answer.status_code == 422
        assert "“弯头 十件”应为：名称规格，数量，单位。" in answer.content.decode()
        assert Sourcing.objects.count() == 0


class TestInviteAndOffer:
    def test_the_links_are_shown_once_and_take_sealed_offers(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        buyer = client_of(staff.buyer.user)
        answer = buyer.post(
            page(sourcing, "invite_suppliers"), {"suppliers": [row.pk for row in suppliers]}
        )
        links = re.findall(r"http://testserver(/offer/[\w-]+)", answer.content.decode())
        assert (len(set(links)), "no-store" in answer["Cache-Control"]) == (3, True)
        assert "/offer/" not in buyer.get(page(sourcing)).content.decode()

        bidder = Client(REMOTE_ADDR="8.8.8.8")
        assert "DN200 弯头" in bidder.get(links[0]).content.decode()
        papers = SimpleUploadedFile("报价.pdf", b"%PDF-1.4 broken")
        answer = bidder.post(
            links[0],
            typed_offer(sourcing, "113.00", "5650", papers=papers),
            # A forged header says nothing: no proxy of ours stands in front.
            HTTP_X_FORWARDED_FOR="9.9.9.9",
        )
        assert (answer.status_code, answer["Location"]) == (302, reverse("offer_received"))
        assert (Offer.objects.count(), OpenedOffer.objects.count()) == (1, 0)
        again = bidder.get(links[0])
        assert (again.status_code, "链接已失效" in again.content.decode()) == (404, True)
        assert without_nonces(again) == without_nonces(bidder.get("/offer/made-up"))

    def test_a_refused_offer_keeps_what_was_typed(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        answer = client_of(staff.buyer.user).post(
            page(sourcing, "invite_suppliers"), {"suppliers": [row.pk for row in suppliers]}
        )
        link = re.findall(r"http://testserver(/offer/[\w-]+)", answer.content.decode())[0]
        refused = Client().post(link, typed_offer(sourcing, "113.00", "0", contact="钱伟"))
        assert refused.status_code == 422
        assert "单价须大于0。" in refused.content.decode()
        assert 'value="钱伟"' in refused.content.decode()
        assert Offer.objects.count() == 0


class TestOpenOffers:
    def test_prices_appear_only_after_the_second_key(
        self, staff: People, now: list[datetime]
    ) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        sheets = [a_sheet(sourcing, n, 123456) for n in (7001, 7002, 7003)]
        offered(staff, sourcing, sheets, suppliers)
        now[0] = OFFERS_UNTIL
        buyer, manager = client_of(staff.buyer.user), client_of(staff.manager.user)
        buyer.post(page(sourcing, "unlock_offers"))
        sealed = buyer.get(page(sourcing))
        assert (sealed.status_code, "70.01" in sealed.content.decode()) == (200, False)
        buyer.post(page(sourcing, "open_offers"))
        assert OpenedOffer.objects.count() == 0
        manager.post(page(sourcing, "open_offers"))
        text = buyer.get(page(sourcing)).content.decode()
        # 10 × 70.01 + 2.5 × 1,234.56 = 3,786.50
        assert "3,786.50" in text
        assert text.index(suppliers[0].name) < text.index(suppliers[2].name)

    def test_the_page_asks_the_same_number_of_questions_for_more_suppliers(
        self, staff: People, django_assert_max_num_queries: Any
    ) -> None:
        suppliers, sourcing = qualified_suppliers(staff, 4), a_sourcing(staff)
        sheets = [a_sheet(sourcing, n, 2 * n, device="d") for n in (3, 4, 5, 6)]
        offered(staff, sourcing, sheets, suppliers)
        opened(staff, sourcing)
        buyer = client_of(staff.buyer.user)
        buyer.get(page(sourcing))
        with django_assert_max_num_queries(45):
            assert buyer.get(page(sourcing)).status_code == 200
        assert OfferFile.objects.count() == 0


class TestWhoMaySee:
    def test_another_company_finds_nothing(self, staff: People) -> None:
        buyer = a_member_of_staff("foreign", PROCUREMENT, a_company("21"))
        sourcing, *_rest = sourcing_rows(a_company("11"), buyer)
        foreign = client_of(User.objects.get(pk=buyer.pk))
        assert isinstance(sourcing, Sourcing)
        assert foreign.get(page(sourcing)).status_code == 404
        assert foreign.get(page(sourcing, "invite_suppliers")).status_code == 404
        listed = foreign.get(reverse("admin:suppliers_sourcing_changelist")).content.decode()
        assert sourcing.number not in listed

    def test_an_auditor_reads_and_does_nothing(self, staff: People) -> None:
        sourcing = a_sourcing(staff)
        auditor = a_member_of_staff("auditor", AUDITOR, sourcing.company)
        client = client_of(User.objects.get(pk=auditor.pk))
        assert client.get(page(sourcing)).status_code == 200
        for verb in ("call_off_sourcing", "exempt_sourcing", "unlock_offers"):
            assert client.post(page(sourcing, verb), {"reason": "x"}).status_code == 403
        sourcing.refresh_from_db()
        assert sourcing.state == SourcingState.DRAFT
