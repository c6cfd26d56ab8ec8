"""A confirmed ring of bidders: all its members are proposed for the blacklist, each by a ban of its
own, so that each is approved, appealed against and lifted by itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.documents.operations import Upload
from office.permissions import authorise
from office.refusals import Refused
from suppliers.blacklist.facts import BanFacts, own_accounts, own_people
from suppliers.blacklist.operations import propose_ban
from suppliers.models import Ban, CollusionLead, LeadVerdict, Supplier
from suppliers.states import BanState

_STANDING = (BanState.IN_REVIEW, BanState.RETURNED, BanState.IN_FORCE)


@transaction.atomic
def propose_ring(
    lead: CollusionLead,
    facts: BanFacts,
    *,
    papers: Sequence[Upload] = (),
    by: Actor,
    at: datetime,
) -> list[Ban]:
    """Proposes every member of a confirmed ring for the blacklist, with its own people and
    accounts; the approvals of bans decide. Returns the proposals.

    A member whose proposal is under way, that is on the blacklist for this ring, or whose record
    was merged into another, is passed over; refuses a lead that nobody has confirmed and a ring of
    which nobody is left to propose.
    """
    authorise(by, "suppliers.propose_ban")
    # Two people may propose the same ring at the same moment: the second must see the first.
    locked_lead = CollusionLead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
    if locked_lead.verdict != LeadVerdict.CONFIRMED:
        raise Refused("lead_not_confirmed", _("线索须先经人判断属实，才能提出列入黑名单。"))
    bans: list[Ban] = []
    for member in members_to_propose(locked_lead):
        own = replace(
            facts, persons=tuple(own_people(member)), accounts=tuple(own_accounts(member))
        )
        bans.append(propose_ban(member, own, lead=locked_lead, papers=papers, by=by, at=at))
    if not bans:
        raise Refused("ring_proposed", _("这条线索中的供应商都已提出列入黑名单。"))
    journal.record(
        "propose_ring",
        locked_lead,
        by=by,
        at=at,
        suppliers=[ban.supplier.name for ban in bans],
        reason=bans[0].reason,
    )
    return bans


def members_to_propose(lead: CollusionLead) -> list[Supplier]:
    """Returns the members of a ring without a proposal under way and without a ban for this ring,
    the oldest record first.
    """
    proposed = Ban.objects.filter(state__in=_STANDING).filter(lead=lead)
    pending = Ban.objects.filter(state__in=[BanState.IN_REVIEW, BanState.RETURNED])
    return list(
        lead.suppliers.exclude(pk__in=proposed.values("supplier"))
        .exclude(pk__in=pending.values("supplier"))
        .filter(merged_into=None)
        .order_by("pk")
    )
