"""From a request to the one who acts: the only bridge between the web and operations."""

from django.conf import settings
from django.http import HttpRequest

from office.actors import Actor
from office.models import User
from office.refusals import NotAllowed


def user_of(request: HttpRequest) -> User:
    """The member of staff who is signed in, with both factors; refused for anybody else."""
    user = request.user
    if not isinstance(user, User) or not user.is_active or not has_both_factors(request):
        raise NotAllowed()
    return user


def has_both_factors(request: HttpRequest) -> bool:
    """Whether the session began with an authenticator too, where STAFF_TWO_FACTORS asks for one."""
    return not settings.STAFF_TWO_FACTORS or bool(request.user.is_verified())  # type: ignore[union-attr]


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in member of staff as an actor, with the address the request came from."""
    return Actor.staff(user_of(request), origin=str(request.META.get("REMOTE_ADDR", "")))


def watched_only(request: HttpRequest) -> None:
    """A page asks by itself: that somebody sits before it is not known, the session grows older."""
    request.watched_only = True  # type: ignore[attr-defined]
