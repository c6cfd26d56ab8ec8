"""The rules for collusion leads over 2,000 offers in 200 sourcings: one pass for each rule.

The floor in the same run is one SQL statement that looks for a shared device in the same offers.
`LEAD_OFFERS` says how many offers there are, ten a sourcing.
"""

import os
import time
from collections.abc import Iterator, Sequence
from decimal import Decimal

import pytest
from django.db import connection

from suppliers.leads.bids import Bid, CommonGround
from suppliers.leads.opened_bids import bids_of, common_ground
from suppliers.leads.signals import RULES
from suppliers.models import (
    Invitation,
    Offer,
    OfferFile,
    OfferPrice,
    OpenedOffer,
    Signal,
    Sourcing,
    SourcingItem,
)
from suppliers.states import SOURCING
from tests.builders import a_company
from tests.suppliers.admission_records import people
from tests.suppliers.sourcing_records import OFFERS_UNTIL
from tests.suppliers.supplier_records import NOON, a_category, a_supplier

OFFERS = int(os.environ.get("LEAD_OFFERS", "2000"))
BIDDERS, ITEMS = 10, 5
_FLOOR = """
SELECT invitation.sourcing_id, opened.device, array_agg(invitation.supplier_id)
FROM suppliers_openedoffer opened JOIN suppliers_offer offer ON offer.id = opened.offer_id
JOIN suppliers_invitation invitation ON invitation.id = offer.invitation_id
WHERE opened.device <> '' GROUP BY 1, 2 HAVING count(DISTINCT invitation.supplier_id) > 1
"""


class CountedBids(Sequence[Bid]):
    """Bids that count how often somebody goes through all of them."""

    def __init__(self, bids: Sequence[Bid]) -> None:
        self._bids = bids
        self.passes = 0

    def __iter__(self) -> Iterator[Bid]:
        self.passes += 1
        return iter(self._bids)

    def __len__(self) -> int:
        return len(self._bids)

    def __getitem__(self, place):  # type: ignore[no-untyped-def]
        return self._bids[place]


def _rows() -> list[int]:
    """Sourcings of ten bidders; in every twentieth, two of them sent from one device."""
    assert SOURCING.initial == "draft"
    buyer = people().buyer.user
    assert buyer is not None
    suppliers = [a_supplier(number) for number in range(1, BIDDERS + 1)]
    keys: list[int] = []
    for number in range(OFFERS // BIDDERS):
        sourcing = Sourcing.objects.create(
            company=a_company(),
            number=f"CG-{number}",
            category=a_category(),
            title="管件",
            offers_until=OFFERS_UNTIL,
            requested_by=buyer,
            requested_at=NOON,
        )
        keys.append(sourcing.pk)
        items = SourcingItem.objects.bulk_create(
            SourcingItem(sourcing=sourcing, line=n, name=f"管件{n}", quantity=Decimal(9), unit="件")
            for n in range(1, ITEMS + 1)
        )
        invitations = Invitation.objects.bulk_create(
            Invitation(sourcing=sourcing, supplier=row, invited_by=buyer, invited_at=NOON)
            for row in suppliers
        )
        offers = Offer.objects.bulk_create(
            Offer(invitation=row, received_at=NOON, sealed="x") for row in invitations
        )
        opened = OpenedOffer.objects.bulk_create(
            OpenedOffer(
                offer=offer,
                with_tax=False,
                vat_rate=Decimal("0.13"),
                freight_fen=0,
                delivery_days=9,
                contact="甲",
                phone=f"13{number:04d}{place:05d}",
                address=f"8.{number % 250}.{place}.1",
                device="same" if number % 20 == 0 and place < 2 else f"d{number}-{place}",
            )
            for place, offer in enumerate(offers)
        )
        OfferPrice.objects.bulk_create(
            OfferPrice(
                opened=row, item=item, price_fen=10_000 + 131 * place + 17 * n * (place + 1) ** 2
            )
            for place, row in enumerate(opened)
            for n, item in enumerate(items)
        )
        OfferFile.objects.bulk_create(
            OfferFile(opened=row, name="报价", sha256=f"{row.pk:064x}", author=f"作者{row.pk}")
            for row in opened
        )
    return keys


@pytest.mark.django_db
def test_every_rule_goes_once_over_all_offers() -> None:
    keys = _rows()
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(_FLOOR)
        shared = cursor.fetchall()
    floor = time.perf_counter() - began
    began = time.perf_counter()
    bids, common = bids_of(keys), common_ground(keys, NOON.date())
    read = time.perf_counter() - began
    assert len(bids) == OFFERS
    times: dict[Signal, float] = {}
    leads = 0
    for signal, rule in RULES.items():
        counted = CountedBids(bids)
        began = time.perf_counter()
        found_leads = rule(counted, common or CommonGround())
        times[signal] = time.perf_counter() - began
        leads += len(found_leads)
        assert counted.passes == 1, signal
        if signal == Signal.SHARED_DEVICE:
            assert len(found_leads) == len(shared) == -(-OFFERS // BIDDERS // 20)
    slowest = max(times, key=lambda signal: times[signal])
    print(
        f"\n{OFFERS:,} offers in {len(keys)} sourcings: read in {read:.2f} s, ten rules in"
        f" {sum(times.values()):.2f} s (slowest {slowest.value} {times[slowest]:.2f} s),"
        f" {leads} leads; bare SQL for one rule {floor * 1000:.1f} ms"
    )
    assert sum(times.values()) < 5
