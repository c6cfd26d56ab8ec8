"""Who reads a new report and who hears of what is overdue: asked before anybody reads it."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from office.refusals import Refused
from whistleblowing.models import Officer
from whistleblowing.words import Rank


def chosen_readers(rank: Rank, accused: str) -> list[Officer]:
    """Returns the officers to whom a new report is sealed, chosen before anybody reads it.

    A report on a group leader goes to those above only; whoever bears the name of the accused is
    never chosen. Refused where nobody remains, with what else the reporter can do.
    """
    officers = Officer.objects.filter(dismissed_at=None, keyed_at__isnull=False)
    if rank is Rank.GROUP_LEADER:
        officers = officers.filter(takes_leader_reports=True)
    else:
        officers = officers.filter(takes_reports=True)
    readers = [
        officer for officer in officers.select_related("user") if not is_named(officer, accused)
    ]
    if not readers:
        raise Refused(
            "nobody_to_read",
            _("网上暂时没有可以受理这类检举的人员。请写信寄给董事会审计委员会，信封注明“亲启”。"),
        )
    return readers


def chosen_watcher(readers: Sequence[Officer], accused: str) -> Officer | None:
    """Returns an officer for what is overdue: neither a reader of the report nor accused in it."""
    watchers = Officer.objects.filter(
        watches_deadlines=True, dismissed_at=None, keyed_at__isnull=False
    ).exclude(pk__in=[reader.pk for reader in readers])
    return next(
        (officer for officer in watchers.select_related("user") if not is_named(officer, accused)),
        None,
    )


def is_named(officer: Officer, accused: str) -> bool:
    """Returns whether the accused may be this officer: the name stands in the words."""
    names = {officer.user.display_name, officer.user.get_full_name()}
    words = "".join(accused.split())
    return any(name and "".join(name.split()) in words for name in names)
