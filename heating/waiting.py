"""All kinds of work that wait for people, in the order in which the front page shows them."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from billing.waiting_kinds import KINDS as BILLING
from complaints.waiting_kinds import KINDS as SERVICE
from customers.waiting_kinds import KINDS as CUSTOMERS
from office.approvals.waiting import APPROVALS
from office.requests import user_of
from office.waiting import Waits, waits_of
from suppliers.waiting_kinds import KINDS as PROCUREMENT

KINDS = (APPROVALS, *SERVICE, *CUSTOMERS, *BILLING, *PROCUREMENT)


def waits_of_request(request: HttpRequest) -> list[Waits]:
    """Counts the work that waits for the signed-in person; once per request.

    Front page and sidebar of one answer read the same list, so that they show the same figures.
    """
    counted: list[Waits] | None = getattr(request, "waits", None)
    if counted is None:
        user = user_of(request)
        counted = waits_of(KINDS, user, timezone.now())
        request.waits = counted  # type: ignore[attr-defined]
        cache.set(_key(user.pk), _figures(counted), settings.SIDEBAR_SECONDS)
    return counted


def sidebar_counts(request: HttpRequest) -> dict[str, tuple[int, int]]:
    """Returns how much waits and how much of it is late, by kind, for the sidebar.

    The front page shows the figures of its cards, other pages figures that are at most
    `settings.SIDEBAR_SECONDS` old.
    """
    if getattr(request, "waits", None) is None:
        remembered: dict[str, tuple[int, int]] | None = cache.get(_key(user_of(request).pk))
        if remembered is not None:
            return remembered
    return _figures(waits_of_request(request))


def _figures(counted: list[Waits]) -> dict[str, tuple[int, int]]:
    return {waits.kind.key: (waits.count, waits.late) for waits in counted}


def _key(user_id: int) -> str:
    return f"heating.waits:{user_id}"
