"""Permissions: operations are named like the permissions that they need."""

from django.utils.translation import gettext_lazy as _

from office.actors import Actor, ActorKind
from office.language import Text
from office.models import Company
from office.refusals import NotAllowed
from office.tables.history import name_actor

GROUP_RULE = _("全集团规则须由全集团人员发布；请选择公司。")


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


def authorise_whole_group(by: Actor, company: Company | None, sentence: Text) -> None:
    """Refuses with the sentence what is for the whole group, `company` being None, from people who
    do not work for the whole group; the permission itself is authorised before.
    """
    if company is None and by.user is not None and not by.user.sees_every_company:
        raise NotAllowed(sentence)
