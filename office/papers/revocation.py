"""Revocation of a numbered paper: its number stays taken, its page and its prints say 作废."""

from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.models import PaperRevocation
from office.refusals import Invalid, Refused
from office.zone import SHANGHAI

_LONGEST_REASON = 200


def revoke_paper(
    paper: models.Model, action: str, *, number: str, reason: str, by: Actor, at: datetime
) -> PaperRevocation:
    """Revokes a paper from this moment on and returns the row that says so.

    A step of the operation `action`, which authorises and writes in `reason` what the clerk typed.
    Raises `Invalid` without a reason and `Refused` for a paper that is revoked already.
    """
    reason = reason.strip()
    if not reason:
        raise Invalid("reason_missing", _("请写明作废的原因。"))
    if len(reason) > _LONGEST_REASON:
        raise Invalid("reason_too_long", _("作废的原因最多 %(most)s 个字。"), most=_LONGEST_REASON)
    # Two people may revoke at the same moment: the second must see the first one's row.
    type(paper)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=paper.pk)  # noqa: SLF001
    if revoked := revocation_of(paper):
        raise Refused(
            "already_revoked",
            _("%(number)s 已于 %(moment)s 作废，无需再次作废。"),
            number=revoked.number,
            moment=f"{revoked.revoked_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        )
    revocation = PaperRevocation.objects.create(
        record_type=ContentType.objects.get_for_model(paper),
        record_id=paper.pk,
        number=number,
        reason=reason,
        actor=by.label,
        revoked_at=at,
    )
    journal.record(action, paper, by=by, at=at, number=number, reason=reason)
    return revocation


def revocation_of(paper: models.Model) -> PaperRevocation | None:
    """Returns the revocation of a paper, or None while the paper is valid."""
    return revocations_of(type(paper)).filter(record_id=paper.pk).first()


def revocations_of(kind: type[models.Model]) -> models.QuerySet[PaperRevocation]:
    """Returns all revocations of papers of one kind, for `Exists` and for lists."""
    return PaperRevocation.objects.filter(record_type=ContentType.objects.get_for_model(kind))
