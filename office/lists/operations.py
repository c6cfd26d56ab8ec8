"""The operation behind the export of a list."""

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from office.actors import Actor
from office.journal import record
from office.language import in_chinese
from office.models import JournalEntry, User
from office.refusals import Refused

MOST_EXPORTED = 20_000


@transaction.atomic
def export_list(
    person: User,
    listed: type[models.Model],
    *,
    rows: int,
    query: str,
    by: Actor,
    at: datetime,
) -> JournalEntry:
    """Lets the person keep the list that is on the screen; the journal says which and how long.

    No permission: whoever sees the list may keep it. Refuses lists of more than `MOST_EXPORTED`
    rows. `query` is the part of the list's address that filters it.
    """
    if rows > MOST_EXPORTED:
        raise Refused(
            "list_too_long",
            _("一次最多导出 %(most)s 行，请先筛选再导出。"),
            most=f"{MOST_EXPORTED:,}",
        )
    companies = person.visible_companies
    with in_chinese():
        name = str(listed._meta.verbose_name)  # noqa: SLF001
    return record(
        "export_list",
        person,
        by=by,
        at=at,
        company=companies[0] if len(companies) == 1 else None,
        list=name,
        rows=rows,
        filters=query,
    )
