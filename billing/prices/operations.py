"""Price documents: drafted, then published once and never changed."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.models import PriceDocument
from billing.states import PRICE_DOCUMENT
from office import journal
from office.actors import Actor
from office.permissions import authorise
from office.refusals import Refused


@transaction.atomic
def publish_price_document(document: PriceDocument, *, by: Actor, at: datetime) -> PriceDocument:
    """Make the prices binding from their effective date; afterwards nothing of it changes."""
    authorise(by, "billing.publish_price_document", document.company)
    held = PriceDocument.objects.select_for_update(of=("self",)).get(pk=document.pk)
    state = PRICE_DOCUMENT.next_state(held.state, "publish_price_document")
    if not held.tariffs.exists():
        raise Refused("no_tariff", _("这份热价文件还没有热价，请先录入至少一条。"))
    held.state = state
    held.save(update_fields=["state"])
    journal.record("publish_price_document", held, by=by, at=at, number=held.number)
    return held
