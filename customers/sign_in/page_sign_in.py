"""The sign-in of customers on server-rendered pages, with the token and cookie of the API."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from customers.models import CustomerToken
from customers.sign_in.authentication import COOKIE
from customers.sign_in.live_tokens import find_token
from office.actors import Actor
from office.identity import mask_phone

Page = Callable[..., HttpResponse]


def sign_in_first(page: Page) -> Page:
    """Decorates a page: passes it the visitor's token, or redirects to the page of the sign-in."""

    @wraps(page)
    def signed_in_page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        secret = request.COOKIES.get(COOKIE, "")
        token = find_token(secret, at=timezone.now()) if secret else None
        if token is None:
            return redirect(f"{reverse('my_sign_in')}?{urlencode({'next': request.path})}")
        answer = page(request, token, *args, **kwargs)
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    return signed_in_page


def page_actor(request: HttpRequest, token: CustomerToken) -> Actor:
    """Returns the signed-in customer as an actor for the journal."""
    return Actor.customer(mask_phone(token.phone), origin=str(request.META.get("REMOTE_ADDR", "")))
