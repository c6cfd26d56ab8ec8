"""An offer comes in: sent by an invited supplier, from the page behind its link."""

from dataclasses import replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.identity import check_phone
from office.intake.cells import clean_text
from office.refusals import Invalid, NotFound
from office.tokens.one_time_links import find_link, is_valid, use_link
from suppliers.models import Invitation, Offer, OpenedOffer
from suppliers.sourcing.operations import OFFER_LINK
from suppliers.sourcing.sealed_offers import OfferSheet, seal_offer
from suppliers.sourcing.steps import lock_sourcing
from suppliers.states import SourcingState

MOST_FILES = 3
LARGEST_FILE = 5 * 1024 * 1024
_LARGEST_PRICE_FEN = 10**12
_LONGEST_DELIVERY_DAYS = 1000


def invitation_of_link(secret: str, at: datetime) -> Invitation | None:
    """Returns the invitation whose link this is, while an offer can be sent by it."""
    link = find_link(secret, OFFER_LINK)
    if link is None or not is_valid(link, at):
        return None
    return (
        Invitation.objects.select_related("sourcing__company", "sourcing__category", "supplier")
        .filter(pk=link.record_id, sourcing__state=SourcingState.INVITING)
        .first()
    )


@transaction.atomic
def submit_offer(secret: str, sheet: OfferSheet, *, by: Actor, at: datetime) -> Offer:
    """Seals an offer and keeps it; the link is used up. Late by the server's clock is refused.

    Raises `NotFound` for a link that is used, revoked, late or was never issued. No permission:
    whoever holds the link speaks for the supplier.
    """
    invitation = invitation_of_link(secret, at)
    if invitation is None:
        raise NotFound(_("链接无效、已使用或报价已截止。"))
    checked_sheet = _checked(sheet, invitation)
    locked_sourcing = lock_sourcing(invitation.sourcing)
    # Opening holds the same lock: what comes after it finds the sourcing moved on.
    if locked_sourcing.state != SourcingState.INVITING:
        raise NotFound(_("链接无效、已使用或报价已截止。"))
    use_link(secret, OFFER_LINK, by=by, at=at)
    offer = Offer.objects.create(
        invitation=invitation,
        received_at=at,
        sealed=seal_offer(checked_sheet, invitation.pk),
    )
    journal.record("submit_offer", locked_sourcing, by=by, at=at, supplier=invitation.supplier.name)
    return offer


def _checked(sheet: OfferSheet, invitation: Invitation) -> OfferSheet:
    """Returns the offer with its texts cleaned; raises `Invalid` for the first that is wrong."""
    items = set(invitation.sourcing.items.values_list("pk", flat=True))
    if set(sheet.prices) != items:
        raise Invalid("prices_missing", _("请为每一项填写单价。"))
    if not all(0 < price < _LARGEST_PRICE_FEN for price in sheet.prices.values()):
        raise Invalid("price_wrong", _("单价须大于0。"))
    if not 0 <= sheet.vat_rate < 1 or not 0 <= sheet.freight_fen < _LARGEST_PRICE_FEN:
        raise Invalid("terms_wrong", _("请核对税率和运费。"))
    if not 0 < sheet.delivery_days <= _LONGEST_DELIVERY_DAYS:
        raise Invalid("delivery_wrong", _("请填写交货天数，1至1000天。"))
    if not clean_text(sheet.contact):
        raise Invalid("contact_missing", _("请填写联系人。"))
    if len(sheet.files) > MOST_FILES or any(
        len(file.content) > LARGEST_FILE for file in sheet.files
    ):
        raise Invalid("files_too_large", _("最多3个文件，每个不超过 5 MB。"))
    try:
        phone = check_phone(sheet.phone)
    except ValueError as error:
        raise Invalid("phone_wrong", _("%(error)s，请核对。"), error=_(str(error))) from error
    cleaned_sheet = replace(
        sheet,
        contact=clean_text(sheet.contact),
        phone=phone,
        account_number="".join(sheet.account_number.split()),
        remark=clean_text(sheet.remark),
    )
    # A sealed offer whose terms fit no column would keep the offers of all others from being
    # opened. Cleaning can make a text longer: one letter may stand for a word.
    try:
        terms_of(cleaned_sheet).clean_fields(exclude=["offer", "address"])
    except ValidationError as error:
        raise Invalid("offer_too_long", _("填写的内容过长，请缩短后再提交。")) from error
    return cleaned_sheet


def terms_of(sheet: OfferSheet) -> OpenedOffer:
    """Returns the terms of an offer as they are kept once it is opened, not saved."""
    return OpenedOffer(
        with_tax=sheet.with_tax,
        vat_rate=sheet.vat_rate,
        freight_fen=sheet.freight_fen,
        delivery_days=sheet.delivery_days,
        contact=sheet.contact,
        phone=sheet.phone,
        account_number=sheet.account_number,
        remark=sheet.remark,
        address=sheet.address or None,
        device=sheet.device,
    )
