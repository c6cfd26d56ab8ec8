"""Whose link it is that somebody holds."""

from datetime import datetime

from office.tokens.one_time_links import find_link, is_valid
from suppliers.models import Supplier

# The name of the operation and of the page.
LINK_PURPOSE = "renew_papers"


def supplier_of_link(secret: str, at: datetime) -> Supplier | None:
    """Returns the supplier whose link can be used at the moment."""
    link = find_link(secret, LINK_PURPOSE)
    if link is None or not is_valid(link, at):
        return None
    return Supplier.objects.filter(pk=link.record_id, merged_into=None).first()
