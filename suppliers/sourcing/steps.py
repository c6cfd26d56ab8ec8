"""Steps shared by the operations of a sourcing."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from office.actors import Actor
from office.models import User
from office.refusals import NotAllowed, Refused
from suppliers.admission.reserve import LEAST_INDEPENDENT
from suppliers.models import Sourcing
from suppliers.registry.relations import independent_among
from suppliers.states import SOURCING, SourcingState

ENDED = (SourcingState.AWARDED, SourcingState.CALLED_OFF)


def lock_sourcing(sourcing: Sourcing) -> Sourcing:
    """A step of each operation on a sourcing: locks its row and returns it, freshly read."""
    return (
        Sourcing.objects.select_for_update(of=("self",))
        .select_related("company", "category", "requested_by")
        .get(pk=sourcing.pk)
    )


def move_sourcing(locked_sourcing: Sourcing, verb: str, *, at: datetime) -> None:
    """A step of operations on a locked sourcing: moves it by the verb and saves it."""
    locked_sourcing.state = SOURCING.next_state(locked_sourcing.state, verb)
    if locked_sourcing.state in ENDED:
        locked_sourcing.ended_at = at
    locked_sourcing.save()


def require_comparison(sourcing: Sourcing, suppliers: Collection[int]) -> None:
    """A step of inviting and of opening: refuses fewer than three independent suppliers, unless a
    higher role has exempted the sourcing. Source: 招标投标法实施条例, art. 44.
    """
    independent = len(independent_among(suppliers))
    if independent < LEAST_INDEPENDENT and not sourcing.exemption:
        raise Refused(
            "too_few_independent",
            _(
                "只有 %(count)s 家独立供应商，须至少 %(least)s 家。"
                "请增加供应商，或由上级批准少于三家。"
            ),
            count=independent,
            least=LEAST_INDEPENDENT,
        )


def person_of(by: Actor) -> User:
    """Returns the member of staff behind an actor; raises `NotAllowed` for everybody else."""
    if by.user is None:
        raise NotAllowed()
    return by.user
