"""May this actor do this here? Operation names are permission names."""

from office.actors import Actor, ActorKind
from office.history import name_actor
from office.models import Company
from office.refusals import NotAllowed


def may(by: Actor, permission: str, company: Company | None = None) -> bool:
    """Whether the actor holds the permission and works for the company.

    The house itself (callbacks, sweeps, jobs) may; a customer never may by permission:
    what customers do is allowed by what they own, in the operation.
    """
    if by.kind is ActorKind.SYSTEM:
        return True
    if by.user is None or not by.user.is_active or not by.user.has_perm(permission):
        return False
    return company is None or by.user.works_for(company)


def authorise(by: Actor, permission: str, company: Company | None = None) -> None:
    """Refuse unless `may`; from here on changes of the transaction bear the actor's name."""
    if not may(by, permission, company):
        raise NotAllowed()
    name_actor(by)
