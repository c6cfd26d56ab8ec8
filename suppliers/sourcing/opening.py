"""Opening of sealed offers: two people, one after the other, once no more offers can come."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.permissions import authorise
from office.refusals import NotAllowed, Refused
from suppliers.leads.operations import record_leads
from suppliers.models import Offer, OfferFile, OfferPrice, Sourcing
from suppliers.sourcing.file_traces import traces_of
from suppliers.sourcing.offers import terms_of
from suppliers.sourcing.priority import Priority, priorities_at
from suppliers.sourcing.sealed_offers import unseal_offer
from suppliers.sourcing.steps import lock_sourcing, move_sourcing, person_of, require_comparison
from suppliers.states import SOURCING


@transaction.atomic
def unlock_offers(sourcing: Sourcing, *, by: Actor, at: datetime) -> Sourcing:
    """Turns the first of two keys, not before the last moment for offers; nothing is readable yet.

    Refuses when offers of fewer than three independent suppliers came in, unless exempted.
    """
    authorise(by, "suppliers.open_offers", sourcing.company)
    locked_sourcing = lock_sourcing(sourcing)
    SOURCING.next_state(locked_sourcing.state, "unlock_offers")
    if at < locked_sourcing.offers_until:
        raise Refused("offers_still_come", _("报价尚未截止，不能开启。"))
    require_comparison(
        locked_sourcing, {offer.invitation.supplier_id for offer in latest_offers(locked_sourcing)}
    )
    locked_sourcing.unlocked_by = person_of(by)
    locked_sourcing.unlocked_at = at
    move_sourcing(locked_sourcing, "unlock_offers", at=at)
    journal.record("unlock_offers", locked_sourcing, by=by, at=at)
    return locked_sourcing


@transaction.atomic
def open_offers(sourcing: Sourcing, *, by: Actor, at: datetime) -> Sourcing:
    """Turns the second key, by another person: decrypts the latest offer of each supplier."""
    authorise(by, "suppliers.open_offers", sourcing.company)
    opener = person_of(by)
    locked_sourcing = lock_sourcing(sourcing)
    SOURCING.next_state(locked_sourcing.state, "open_offers")
    if opener.pk == locked_sourcing.unlocked_by_id:
        raise NotAllowed(_("须由另一人完成第二次开启。"))
    offers = latest_offers(locked_sourcing)
    # The rule of the last day for offers, whatever day the second key is turned on.
    priorities = priorities_at(
        {offer.invitation.supplier_id for offer in offers}, locked_sourcing.offers_until
    )
    for offer in offers:
        _open(offer, priorities.get(offer.invitation.supplier_id))
    record_leads(locked_sourcing, at=at)
    locked_sourcing.opened_by = opener
    locked_sourcing.opened_at = at
    move_sourcing(locked_sourcing, "open_offers", at=at)
    journal.record("open_offers", locked_sourcing, by=by, at=at)
    return locked_sourcing


def latest_offers(sourcing: Sourcing) -> list[Offer]:
    """Returns the latest offer of each invited supplier, in the order of the invitations."""
    return list(
        Offer.objects.filter(invitation__sourcing=sourcing)
        .select_related("invitation__supplier")
        .order_by("invitation_id", "-pk")
        .distinct("invitation_id")
    )


def _open(offer: Offer, priority: Priority | None) -> None:
    sheet = unseal_offer(offer.sealed, offer.invitation_id)
    opened = terms_of(sheet)
    opened.offer = offer
    if priority is not None:
        opened.priority = priority.share
        opened.priority_reason = priority.reason
    opened.save()
    OfferPrice.objects.bulk_create(
        OfferPrice(opened=opened, item_id=item, price_fen=price)
        for item, price in sorted(sheet.prices.items())
    )
    OfferFile.objects.bulk_create(
        OfferFile(
            opened=opened,
            name=file.name[:120],
            sha256=traces.sha256,
            author=traces.author,
            template=traces.template,
        )
        for file, traces in ((file, traces_of(file)) for file in sheet.files)
    )
