"""All kinds of work that wait for people, in the order in which the front page shows them."""

from django.http import HttpRequest
from django.utils import timezone

from billing.waiting_kinds import KINDS as BILLING
from complaints.waiting_kinds import KINDS as SERVICE
from office.approvals.waiting import APPROVALS
from office.requests import user_of
from office.waiting import Waits, waits_of

KINDS = (APPROVALS, *SERVICE, *BILLING)


def waits_of_request(request: HttpRequest) -> list[Waits]:
    """Returns the work that waits for the signed-in person; it is counted once per request.

    Front page and sidebar of one answer read the same list, so that they show the same figures.
    """
    counted: list[Waits] | None = getattr(request, "waits", None)
    if counted is None:
        counted = waits_of(KINDS, user_of(request), timezone.now())
        request.waits = counted  # type: ignore[attr-defined]
    return counted
