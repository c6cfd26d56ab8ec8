"""Price documents, which are drafted, published once and never changed afterwards."""

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
    """Makes the prices binding from their effective date; afterwards the document never changes."""
    authorise(by, "billing.publish_price_document", document.company)
    # A second publication waits here, and then finds a state that refuses it.
    locked_document = PriceDocument.objects.select_for_update(of=("self",)).get(pk=document.pk)
    state = PRICE_DOCUMENT.next_state(locked_document.state, "publish_price_document")
    if not locked_document.tariffs.exists():
        raise Refused("no_tariff", _("这份热价文件还没有热价，请先录入至少一条。"))
    foreign_tariffs = locked_document.tariffs.exclude(category__company=locked_document.company)
    if foreign_tariff := foreign_tariffs.select_related("category").first():
        raise Refused(
            "foreign_category",
            _("热价类别“%(category)s”属于其他公司，请改为本公司的类别后再发布。"),
            category=foreign_tariff.category.name,
        )
    locked_document.state = state
    locked_document.save(update_fields=["state"])
    journal.record(
        "publish_price_document", locked_document, by=by, at=at, number=locked_document.number
    )
    return locked_document
