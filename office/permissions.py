"""Permissions: operations are named like the permissions that they need."""

from office.actors import Actor, ActorKind
from office.history import name_actor
from office.models import Company
from office.refusals import NotAllowed


def may(by: Actor, permission: str, company: Company | None = None) -> bool:
    """Returns whether the actor has the permission and works for the company.

    Background jobs may do everything; a customer never may by permission: the operation itself
    checks
    that the record is the customer's own.
    """
    if by.kind is ActorKind.SYSTEM:
        return True
    if by.user is None or not by.user.is_active or not by.user.has_perm(permission):
        return False
    return company is None or by.user.works_for(company)


def authorise(by: Actor, permission: str, company: Company | None = None) -> None:
    """Refuses unless `may`; from here on the transaction's changes carry the actor's name."""
    if not may(by, permission, company):
        raise NotAllowed()
    name_actor(by)
