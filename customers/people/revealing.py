"""Personal data in clear: shown only for a stated reason, and each time recorded."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from office import journal
from office.actors import Actor
from office.permissions import authorise
from office.refusals import Invalid


@dataclass(frozen=True)
class Revealed:
    """The personal data that screens otherwise mask."""

    id_number: str
    phone: str


@transaction.atomic
def reveal_customer(customer: Customer, *, reason: str, by: Actor, at: datetime) -> Revealed:
    """Returns a customer's ID number and phone; the journal records the reader and the reason."""
    authorise(by, "customers.reveal_customer", customer.company)
    if not reason.strip():
        raise Invalid("reason_missing", _("请填写查看原因。"))
    journal.record("reveal_customer", customer, by=by, at=at, reason=reason.strip()[:200])
    return Revealed(customer.id_number, customer.phone)
