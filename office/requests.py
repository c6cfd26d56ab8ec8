"""The bridge between requests and operations: the user and the actor of a request."""

from django.conf import settings
from django.http import HttpRequest

from office.actors import Actor
from office.models import User
from office.refusals import NotAllowed


def user_of(request: HttpRequest) -> User:
    """Returns the member of staff who signed in with both factors; raises NotAllowed otherwise."""
    user = request.user
    if not isinstance(user, User) or not user.is_active or not has_both_factors(request):
        raise NotAllowed()
    return user


def has_both_factors(request: HttpRequest) -> bool:
    """Returns whether the session used an authenticator too, where STAFF_TWO_FACTORS asks for
    one.
    """
    return not settings.STAFF_TWO_FACTORS or bool(request.user.is_verified())  # type: ignore[union-attr]


def actor_of(request: HttpRequest) -> Actor:
    """Returns the signed-in member of staff as an actor, with the address of the request."""
    return Actor.staff(user_of(request), origin=str(request.META.get("REMOTE_ADDR", "")))


def watched_only(request: HttpRequest) -> None:
    """Marks a request that the page makes by itself: it does not prolong the session."""
    request.watched_only = True  # type: ignore[attr-defined]
