"""From a request to the one who acts: the only bridge between the web and operations."""

from django.http import HttpRequest

from office.actors import Actor
from office.models import User
from office.refusals import NotAllowed


def user_of(request: HttpRequest) -> User:
    """The member of staff who is signed in; refused for anybody else."""
    if not isinstance(request.user, User) or not request.user.is_active:
        raise NotAllowed()
    return request.user


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in member of staff as an actor, with the address the request came from."""
    return Actor.staff(user_of(request), origin=str(request.META.get("REMOTE_ADDR", "")))
