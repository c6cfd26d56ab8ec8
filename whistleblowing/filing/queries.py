"""Who reads a new report and who hears of what is overdue: asked before anybody reads it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from office.refusals import Refused
from whistleblowing.identity.queries import guardians
from whistleblowing.models import Officer
from whistleblowing.routing.readers import not_involved, readers_for


def chosen_readers(facts: Mapping[str, Any], at: datetime) -> tuple[list[Officer], Officer | None]:
    """Returns the officers to whom a new report is sealed, chosen before anybody reads it, and
    the one who hears of what is overdue.

    Refused where nobody may receive it, with what else the reporter can do.
    """
    readers, watcher = readers_for(facts, at)
    if not readers:
        raise Refused(
            "nobody_to_read",
            _("网上暂时没有可以受理这类检举的人员。请写信寄给董事会审计委员会，信封注明“亲启”。"),
        )
    return readers, watcher


def chosen_guardians(facts: Mapping[str, Any], at: datetime) -> list[Officer]:
    """Returns the guardians among whom the key of the identity is split: nobody who is involved,
    by the chart and the declarations of the day.
    """
    return not_involved(guardians(), facts, at)
