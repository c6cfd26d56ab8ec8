"""Collusion leads 串标线索: written down when offers are opened, judged by a person."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.intake.cells import clean_text
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.leads.bids import CommonGround, Lead
from suppliers.leads.opened_bids import bids_of, common_ground
from suppliers.leads.rotation import rotation
from suppliers.leads.signals import find_leads
from suppliers.models import CollusionLead, LeadVerdict, Sourcing
from suppliers.states import SourcingState

_LONGEST_EVIDENCE = 500


def record_leads(locked_sourcing: Sourcing, *, at: datetime) -> list[CollusionLead]:
    """A step of opening a sourcing: writes down the leads in its bids, and returns them."""
    keys = [locked_sourcing.pk]
    leads = find_leads(bids_of(keys), common_ground(keys, business_date(at)))
    return _write(locked_sourcing, leads, at=at)


def record_rotation(locked_sourcing: Sourcing, *, at: datetime) -> list[CollusionLead]:
    """A step of an award: writes down a rotation of winners that this award completes."""
    awarded = Sourcing.objects.filter(
        company=locked_sourcing.company_id,
        category=locked_sourcing.category_id,
        state=SourcingState.AWARDED,
    )
    bids = bids_of(awarded.values_list("pk", flat=True))
    latest = str(locked_sourcing.pk)
    leads = [lead for lead in rotation(bids, CommonGround()) if latest in lead.sourcings]
    return _write(locked_sourcing, leads, at=at)


@transaction.atomic
def judge_lead(
    lead: CollusionLead, verdict: LeadVerdict, *, reason: str, by: Actor, at: datetime
) -> CollusionLead:
    """Judges a lead, once and with a reason; who invited or requested does not judge it."""
    authorise(by, "suppliers.judge_lead", lead.sourcing.company)
    if by.user is None:
        raise NotAllowed()
    if not clean_text(reason):
        raise Invalid("reason_missing", _("请写明判断理由。"))
    locked_lead = (
        CollusionLead.objects.select_for_update(of=("self",))
        .select_related("sourcing")
        .get(pk=lead.pk)
    )
    if locked_lead.verdict:
        raise Refused("lead_judged", _("这条线索已有判断。"))
    inviters = locked_lead.sourcing.invitations.values_list("invited_by_id", flat=True)
    if by.user.pk in {locked_lead.sourcing.requested_by_id, *inviters}:
        raise NotAllowed(_("线索须由发起人和邀请人以外的人判断。"))
    locked_lead.verdict = verdict
    locked_lead.reason = clean_text(reason)
    locked_lead.judged_by = by.user
    locked_lead.judged_at = at
    locked_lead.save(update_fields=["verdict", "reason", "judged_by", "judged_at"])
    journal.record(
        "judge_lead", locked_lead, by=by, at=at, verdict=verdict.value, reason=locked_lead.reason
    )
    return locked_lead


def _write(
    locked_sourcing: Sourcing, leads: Collection[Lead], *, at: datetime
) -> list[CollusionLead]:
    rows: list[CollusionLead] = []
    for lead in leads:
        row = CollusionLead.objects.create(
            sourcing=locked_sourcing,
            signal=lead.signal,
            strength=lead.strength,
            evidence=lead.evidence[:_LONGEST_EVIDENCE],
            found_at=at,
        )
        row.suppliers.set([int(supplier) for supplier in lead.suppliers])
        rows.append(row)
    return rows
