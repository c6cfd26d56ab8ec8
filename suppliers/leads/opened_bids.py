"""The bids of opened sourcings, and what honest ones share, as the rules take them."""

from collections.abc import Collection
from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from office.models import Document
from suppliers.leads.bids import Bid, BidFile, BidLine, CommonGround, net_unit_fen
from suppliers.models import CommonNetwork, OpenedOffer, Sourcing, SourcingItem
from suppliers.registry.traits import normal_form


def bids_of(sourcings: Collection[int]) -> list[Bid]:
    """Returns the opened bids of sourcings by their keys, in five statements.

    Suppliers and sourcings are named by their keys. What the procurement platform saw of an offer
    counts beside what our own page saw.
    """
    opened = (
        OpenedOffer.objects.filter(offer__invitation__sourcing__in=list(sourcings))
        .select_related("offer__invitation__sourcing")
        .prefetch_related("prices__item", "files", "offer__invitation__traces")
        .order_by("pk")
    )
    return [_bid(row) for row in opened]


def _bid(opened: OpenedOffer) -> Bid:
    invitation = opened.offer.invitation
    sourcing = invitation.sourcing
    traces = invitation.traces.all()
    accounts = [opened.account_number, *(trace.account_number for trace in traces)]
    phones = [opened.phone, *(trace.phone for trace in traces)]
    return Bid(
        sourcing=str(sourcing.pk),
        category=str(sourcing.category_id),
        sequence=sourcing.pk,
        supplier=str(invitation.supplier_id),
        addresses=frozenset(filter(None, [opened.address, *(row.address for row in traces)])),
        devices=frozenset(filter(None, [opened.device, *(row.device for row in traces)])),
        accounts=frozenset(filter(None, map(normal_form, accounts))),
        contacts=frozenset(filter(None, map(normal_form, phones))),
        files=(
            *(BidFile(file.sha256, file.author, file.template) for file in opened.files.all()),
            *(
                BidFile(file["sha256"], file["author"], file["template"])
                for trace in traces
                for file in trace.files
            ),
        ),
        lines=tuple(
            BidLine(
                price.item.name,
                net_unit_fen(price.price_fen, opened.vat_rate, with_tax=opened.with_tax),
            )
            for price in opened.prices.all()
        ),
        won=sourcing.award_id == opened.offer_id,
    )


def common_ground(sourcings: Collection[int], on: date) -> CommonGround:
    """Returns what honest bids of these sourcings share on the day, in three statements."""
    networks = CommonNetwork.objects.filter(Q(ends=None) | Q(ends__gte=on), starts__lte=on)
    handed_out = Document.objects.filter(
        record_type=ContentType.objects.get_for_model(Sourcing), record_id__in=list(sourcings)
    )
    published = SourcingItem.objects.filter(
        sourcing__in=list(sourcings), published_fen__isnull=False
    )
    return CommonGround(
        networks=tuple(networks.values_list("network", flat=True)),
        files=frozenset(handed_out.values_list("sha256", flat=True)),
        prices={
            (str(item.sourcing_id), item.name): item.published_fen
            for item in published
            if item.published_fen is not None
        },
    )
