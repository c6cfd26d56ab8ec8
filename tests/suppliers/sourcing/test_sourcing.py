"""Sourcing from the request to the award, by the people whose step it is."""

import io
import zipfile
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pikepdf
import pytest
from django.db import IntegrityError, connection, transaction

from office.models import JournalEntry
from office.refusals import Invalid, NotAllowed, NotFound, Refused
from suppliers.models import (
    Invitation,
    Offer,
    OfferFile,
    OpenedOffer,
    Sourcing,
)
from suppliers.registry.operations import declare_relation
from suppliers.sourcing.comparison import comparison_of
from suppliers.sourcing.offers import submit_offer
from suppliers.sourcing.opening import open_offers, unlock_offers
from suppliers.sourcing.operations import (
    ItemFacts,
    RequestFacts,
    exempt_sourcing,
    invite_suppliers,
    request_sourcing,
)
from suppliers.sourcing.sealed_offers import OfferedFile, seal_offer, unseal_offer
from suppliers.states import SourcingState
from tests.suppliers.admission_records import People, people
from tests.suppliers.sourcing_records import (
    OFFERS_UNTIL,
    SUPPLIER,
    a_sheet,
    a_sourcing,
    offered,
    opened,
    qualified_suppliers,
    refusal,
)
from tests.suppliers.supplier_records import NOON, a_supplier

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def staff() -> People:
    return people()


class TestRequestSourcing:
    def test_a_request_gets_the_next_number_of_its_company_and_year(self, staff: People) -> None:
        first, second = a_sourcing(staff), a_sourcing(staff)
        assert [first.number[-9:], second.number[-9:]] == ["2026-0001", "2026-0002"]
        assert list(first.items.values_list("line", "name", "quantity")) == [
            (1, "DN200 弯头", Decimal("10.000")),
            (2, "DN200 钢管", Decimal("2.500")),
        ]
        assert first.state == SourcingState.DRAFT

    @pytest.mark.parametrize(
        ("items", "code"),
        [
            ([], "items_wrong"),
            ([ItemFacts("管", Decimal(0), "件")], "item_incomplete"),
            ([ItemFacts("管", Decimal(1), "件"), ItemFacts(" 管", Decimal(1), "件")], "item_twice"),
            ([ItemFacts("管", Decimal(1), "件", 0)], "published_price_wrong"),
        ],
    )
    def test_wrong_items(self, staff: People, items: list[ItemFacts], code: str) -> None:
        sourcing = a_sourcing(staff)
        assert code == refusal(
            Invalid,
            lambda: request_sourcing(
                RequestFacts(sourcing.company, sourcing.category, "采购", items, OFFERS_UNTIL),
                by=staff.buyer,
                at=NOON,
            ),
        )
        assert Sourcing.objects.count() == 1


class TestInviteSuppliers:
    def test_three_independent_suppliers_get_a_link_each(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        secrets = invite_suppliers(sourcing, suppliers, by=staff.buyer, at=NOON)
        sourcing.refresh_from_db()
        assert sourcing.state == SourcingState.INVITING
        assert len(set(secrets.values())) == 3
        # The database and the journal hold no secret.
        assert not any(
            secret in f"{entry.facts}"
            for secret in secrets.values()
            for entry in JournalEntry.objects.all()
        )

    def test_related_suppliers_count_as_one(self, staff: People) -> None:
        """Check 4: three qualified ones of whom two are related are two."""
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        declare_relation(suppliers[0], suppliers[1], reason="夫妻", by=staff.buyer, at=NOON)
        code = refusal(
            Refused, lambda: invite_suppliers(sourcing, suppliers, by=staff.buyer, at=NOON)
        )
        sourcing.refresh_from_db()
        assert (code, sourcing.state) == ("too_few_independent", SourcingState.DRAFT)
        assert Invitation.objects.count() == 0

    def test_a_higher_role_exempts_in_writing(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff, 1), a_sourcing(staff)
        exempt_sourcing(sourcing, reason="独家专利", by=staff.leader, at=NOON)
        invite_suppliers(sourcing, suppliers, by=staff.buyer, at=NOON)
        sourcing.refresh_from_db()
        assert (sourcing.exemption, sourcing.exempted_by) == ("独家专利", staff.leader.user)

    def test_the_buyer_does_not_exempt(self, staff: People) -> None:
        sourcing = a_sourcing(staff)
        with pytest.raises(NotAllowed):
            exempt_sourcing(sourcing, reason="独家", by=staff.buyer, at=NOON)
        sourcing.refresh_from_db()
        assert sourcing.exemption == ""

    def test_who_is_not_qualified_is_not_invited(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        code = refusal(
            Refused,
            lambda: invite_suppliers(
                sourcing, [*suppliers, a_supplier(9)], by=staff.buyer, at=NOON
            ),
        )
        assert (code, Invitation.objects.count()) == ("not_qualified", 0)

    def test_a_new_link_ends_the_old_one(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        first = invite_suppliers(sourcing, suppliers, by=staff.buyer, at=NOON)[suppliers[0]]
        second = invite_suppliers(sourcing, suppliers[:1], by=staff.buyer, at=NOON)[suppliers[0]]
        sheet = a_sheet(sourcing, 1000, 2000)
        with pytest.raises(NotFound):
            submit_offer(first, sheet, by=SUPPLIER, at=NOON)
        offer = submit_offer(second, sheet, by=SUPPLIER, at=NOON)
        assert list(Offer.objects.all()) == [offer]


class TestSubmitOffer:
    """Check 7: unreadable before opening, also in the database; late by the server's clock."""

    def test_an_offer_is_ciphertext_until_it_is_opened(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        sheets = [a_sheet(sourcing, 123457, 7654321, remark="含税到厂")] * 3
        offered(staff, sourcing, sheets, suppliers)
        with connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(row_to_json(o)::text, '') FROM suppliers_offer o")
            rows = cursor.fetchone()[0]
        for plain in ("123457", "7654321", "1234.57", "含税到厂", "赵强"):
            assert plain not in rows
        assert OpenedOffer.objects.count() == 0
        assert comparison_of(sourcing)[1] == []

    def test_a_moved_ciphertext_cannot_be_read(self, staff: People) -> None:
        sealed = seal_offer(a_sheet(a_sourcing(staff), 1, 2), 7)
        assert unseal_offer(sealed, 7).contact == "赵强"
        with pytest.raises(Exception) as refused:  # noqa: PT011 – InvalidTag has no text
            unseal_offer(sealed, 8)
        assert type(refused.value).__name__ == "InvalidTag"

    def test_the_last_moment_is_too_late(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        secrets = list(invite_suppliers(sourcing, suppliers, by=staff.buyer, at=NOON).values())
        sheet = a_sheet(sourcing, 1000, 2000)
        submit_offer(secrets[0], sheet, by=SUPPLIER, at=OFFERS_UNTIL - timedelta(seconds=1))
        with pytest.raises(NotFound):
            submit_offer(secrets[1], sheet, by=SUPPLIER, at=OFFERS_UNTIL)
        assert Offer.objects.count() == 1

    def test_a_link_is_used_once(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        secret = invite_suppliers(sourcing, suppliers, by=staff.buyer, at=NOON)[suppliers[0]]
        submit_offer(secret, a_sheet(sourcing, 1000, 2000), by=SUPPLIER, at=NOON)
        with pytest.raises(NotFound):
            submit_offer(secret, a_sheet(sourcing, 900, 2000), by=SUPPLIER, at=NOON)
        assert Offer.objects.count() == 1

    def test_a_wrong_offer_leaves_the_link_alive(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        secret = invite_suppliers(sourcing, suppliers, by=staff.buyer, at=NOON)[suppliers[0]]
        wrong: dict[str, dict[str, Any]] = {
            "terms_wrong": {"vat_rate": Decimal(1)},
            "phone_wrong": {"phone": "1"},
            "contact_missing": {"contact": " "},
            "delivery_wrong": {"delivery_days": 0},
            "files_too_large": {"files": (OfferedFile("a", b""),) * 4},
            # Letters that cleaning writes out: more than the column of an opened offer takes.
            "offer_too_long": {"contact": "ﷺ" * 40},
            "price_wrong": {"prices": dict.fromkeys(a_sheet(sourcing, 1, 2).prices, 0)},
        }
        for code, changes in wrong.items():
            sheet = a_sheet(sourcing, 1000, 2000, **changes)
            submit = partial(submit_offer, secret, sheet, by=SUPPLIER, at=NOON)
            assert (code, refusal(Invalid, submit)) == (code, code)
        assert Offer.objects.count() == 0
        submit_offer(secret, a_sheet(sourcing, 1000, 2000), by=SUPPLIER, at=NOON)
        assert Offer.objects.count() == 1

    def test_the_database_keeps_offers_as_they_came(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        (offer, *_) = offered(staff, sourcing, [a_sheet(sourcing, 1, 2)] * 3, suppliers)
        with pytest.raises(IntegrityError), transaction.atomic():
            Offer.objects.filter(pk=offer.pk).update(sealed="x")


class TestOpenOffers:
    def test_two_people_open_and_the_prices_compare_on_equal_terms(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        sheets = [
            # 113.00 with 13 % tax is 100.00 net: 10 × 100.00 + 2.5 × 5,000.00 = 13,500.00.
            a_sheet(sourcing, 11300, 565000, with_tax=True),
            # 10 × 99.00 + 2.5 × 5,000.01 = 13,490.03 (half a fen rounds up), freight 10.00.
            a_sheet(sourcing, 9900, 500001, freight_fen=1000),
            a_sheet(sourcing, 10100, 510000),
        ]
        offered(staff, sourcing, sheets, suppliers)
        opened(staff, sourcing)
        _items, compared = comparison_of(sourcing)
        assert [(row.rank, row.terms.supplier, row.total_fen) for row in compared] == [
            (1, suppliers[0].name, 1350000),
            (2, suppliers[1].name, 1350003),
            (3, suppliers[2].name, 1376000),
        ]
        assert [[line.is_lowest for line in row.lines.values()] for row in compared] == [
            [False, True],
            [True, False],
            [False, False],
        ]

    def test_not_before_the_end(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        offered(staff, sourcing, [a_sheet(sourcing, 1, 2)] * 3, suppliers)
        early = OFFERS_UNTIL - timedelta(seconds=1)
        assert (
            refusal(Refused, lambda: unlock_offers(sourcing, by=staff.buyer, at=early))
            == "offers_still_come"
        )
        sourcing.refresh_from_db()
        assert sourcing.state == SourcingState.INVITING

    def test_one_person_turns_one_key(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        offered(staff, sourcing, [a_sheet(sourcing, 1, 2)] * 3, suppliers)
        unlock_offers(sourcing, by=staff.buyer, at=OFFERS_UNTIL)
        with pytest.raises(NotAllowed):
            open_offers(sourcing, by=staff.buyer, at=OFFERS_UNTIL)
        assert OpenedOffer.objects.count() == 0
        # Nor does the database let one person turn both.
        with pytest.raises(IntegrityError), transaction.atomic():
            Sourcing.objects.update(opened_by=staff.buyer.user)

    def test_two_offers_are_not_opened(self, staff: People) -> None:
        """招标投标法实施条例, art. 44: fewer than three bidders, no opening."""
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        secrets = invite_suppliers(sourcing, suppliers, by=staff.buyer, at=NOON)
        for supplier in suppliers[:2]:
            submit_offer(secrets[supplier], a_sheet(sourcing, 1, 2), by=SUPPLIER, at=NOON)
        assert (
            refusal(Refused, lambda: unlock_offers(sourcing, by=staff.buyer, at=OFFERS_UNTIL))
            == "too_few_independent"
        )

    def test_the_latest_offer_counts(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        offered(staff, sourcing, [a_sheet(sourcing, 1000, 2000)] * 3, suppliers)
        secret = invite_suppliers(sourcing, suppliers[:1], by=staff.buyer, at=NOON)[suppliers[0]]
        submit_offer(secret, a_sheet(sourcing, 900, 1900), by=SUPPLIER, at=NOON)
        opened(staff, sourcing)
        _items, compared = comparison_of(sourcing)
        # 10 × 9.00 + 2.5 × 19.00 = 137.50
        assert (compared[0].terms.supplier, compared[0].total_fen) == (suppliers[0].name, 13750)
        assert Offer.objects.count() == 4
        assert OpenedOffer.objects.count() == 3

    def test_author_and_template_of_files_are_kept(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        word = OfferedFile("报价.docx", a_word_file("李四", "Huayuan.dotx"))
        broken = OfferedFile("坏.docx", b"PK\x03\x04 nothing")
        sheets = [a_sheet(sourcing, 1, 2, files=(word, broken)), *[a_sheet(sourcing, 3, 4)] * 2]
        offered(staff, sourcing, sheets, suppliers)
        opened(staff, sourcing)
        assert list(OfferFile.objects.values_list("name", "author", "template")) == [
            ("报价.docx", "李四", "Huayuan.dotx"),
            ("坏.docx", "", ""),
        ]

    def test_no_damaged_file_keeps_the_offers_of_all_others_sealed(self, staff: People) -> None:
        suppliers, sourcing = qualified_suppliers(staff), a_sourcing(staff)
        damaged = bytearray(a_word_file("李四" * 400, "x"))
        damaged[60] ^= 255
        odd_names = {
            "断.docx": bytes(damaged),
            "码.docx": a_word_file("李四", "x", head='<?xml version="1.0" encoding="foo"?>'),
            "空.pdf": a_pdf_file(b"\xfe\xff\x67\x4e\x00\x00\xd8\x00"),
        }
        files = tuple(OfferedFile(name, content) for name, content in odd_names.items())
        sheets = [a_sheet(sourcing, 1, 2, files=files), *[a_sheet(sourcing, 3, 4)] * 2]
        offered(staff, sourcing, sheets, suppliers)
        assert opened(staff, sourcing).state == SourcingState.OPENED
        assert list(OfferFile.objects.values_list("name", "author", "template")) == [
            ("断.docx", "", "x"),
            ("码.docx", "", "x"),
            ("空.pdf", "李", ""),
        ]


def a_pdf_file(author: bytes) -> bytes:
    document, content = pikepdf.new(), io.BytesIO()
    document.docinfo["/Author"] = pikepdf.String(author)
    document.save(content)
    return content.getvalue()


def a_word_file(author: str, template: str, head: str = "") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "docProps/core.xml",
            f'{head}<p xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{author}</dc:creator></p>',
        )
        space = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
        archive.writestr(
            "docProps/app.xml", f'<P xmlns="{space}"><Template>{template}</Template></P>'
        )
    return content.getvalue()
