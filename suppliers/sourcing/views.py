"""The page behind the link of an invitation, on which a supplier without an account offers."""

import secrets
from ipaddress import ip_address

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from office.actors import Actor
from office.api.throttles import PerAddress
from office.locks.lock_waits import BUSY
from office.outcomes import carry_out
from office.public_pages import not_stored, too_busy
from office.refusals import Invalid
from office.sealing import digest
from suppliers.sourcing.forms import OfferForm
from suppliers.sourcing.offers import invitation_of_link
from suppliers.sourcing.offers import submit_offer as submit_by_link

_PAGE = "suppliers/sourcing/submit_offer.html"
# Tells one browser from another, so that two bidders at one desk can be seen.
_DEVICE_COOKIE = "bidder"
_YEAR = 365 * 24 * 3600


class OffersPerAddress(PerAddress):
    scope = "offer"


@require_http_methods(["GET", "HEAD", "POST"])
def submit_offer(request: HttpRequest, token: str) -> HttpResponse:
    """Shows what is asked for and takes one offer.

    Used, late and invented links get one and the same page, so that nobody can try out links.
    """
    throttle = OffersPerAddress()
    if busy := too_busy(request, throttle, _PAGE):
        return busy
    at = timezone.now()
    invitation = invitation_of_link(token, at)
    if invitation is None:
        return _link_is_over(request)
    device = request.COOKIES.get(_DEVICE_COOKIE) or secrets.token_urlsafe(16)
    posted = request.method == "POST"
    form = OfferForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        sourcing=invitation.sourcing,
    )
    by = Actor.customer(invitation.supplier.name, origin=str(request.META.get("REMOTE_ADDR", "")))
    outcome = carry_out(
        form,
        lambda _values: submit_by_link(
            token,
            form.sheet(
                address=_address(throttle.get_ident(request)),  # type: ignore[arg-type]
                device=digest(device, "suppliers.device"),
            ),
            by=by,
            at=at,
        ),
    )
    if outcome.result is not None:
        return redirect("offer_received")
    refusal = outcome.refusal
    if refusal is not None and refusal.code != BUSY and not isinstance(refusal, Invalid):
        return _link_is_over(request)
    shown = {"form": form, "invitation": invitation, "refusal": refusal}
    answer = render(request, _PAGE, shown, status=outcome.status if posted else 200)
    answer.set_cookie(
        _DEVICE_COOKIE,
        device,
        max_age=_YEAR,
        path="/offer/",
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return not_stored(answer)


@require_safe
def offer_received(request: HttpRequest) -> HttpResponse:
    """Says that the offer is sealed."""
    return render(request, _PAGE, {"thanks": True})


def _link_is_over(request: HttpRequest) -> HttpResponse:
    return not_stored(render(request, _PAGE, {"over": True}, status=404))


def _address(text: str) -> str:
    """Returns the sender's address, or nothing where the proxy passed on something else."""
    try:
        return str(ip_address(text.strip()))
    except ValueError:
        return ""
