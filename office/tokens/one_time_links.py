"""One-time links: a secret that lets somebody without an account do one thing, once.

The feature that needs a link authorises, locks its record and calls these steps; they journal on
the link itself. Unknown, used, revoked and expired links are one and the same refusal.
"""

import secrets
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.models import Company, OneTimeLink
from office.refusals import NotFound
from office.tokens.digest import token_digest


def issue_link(
    record: models.Model,
    purpose: str,
    *,
    recipient: str,
    valid_until: datetime,
    company: Company | None,
    by: Actor,
    at: datetime,
) -> str:
    """Makes a link for one record and purpose and returns its secret, which is kept nowhere.

    A step of the operation that gives cause to it; the caller holds the lock of the record. The
    link issued before for the same record and purpose ends.
    """
    revoke_link(record, purpose, by=by, at=at)
    secret = secrets.token_urlsafe(32)
    link = OneTimeLink.objects.create(
        company=company,
        purpose=purpose,
        record_type=ContentType.objects.get_for_model(record),
        record_id=record.pk,
        recipient=recipient,
        token_digest=token_digest(secret),
        issued_at=at,
        valid_until=valid_until,
    )
    journal.record(
        "issue_link", link, by=by, at=at, purpose=purpose, valid_until=valid_until.isoformat()
    )
    return secret


def use_link(secret: str, purpose: str, *, by: Actor, at: datetime) -> OneTimeLink:
    """Uses up a link and returns it; raises NotFound unless it is valid at this moment.

    A step of the operation the link is for; the caller holds the lock of the record, so that the
    row of the link is always locked after it.
    """
    link = (
        OneTimeLink.objects.select_for_update(of=("self",), no_key=True)
        .filter(token_digest=token_digest(secret), purpose=purpose)
        .first()
    )
    if link is None or not is_valid(link, at):
        raise NotFound(_("链接无效或已使用。"))
    link.used_at = at
    link.save(update_fields=["used_at"])
    journal.record("use_link", link, by=by, at=at, purpose=purpose)
    return link


def revoke_link(record: models.Model, purpose: str, *, by: Actor, at: datetime) -> None:
    """Ends the open link of a record for a purpose, if there is one.

    A step of the operation that ends what the link was for; the caller holds the lock of the
    record.
    """
    for link in links_of(record, purpose).filter(used_at__isnull=True, revoked_at__isnull=True):
        link.revoked_at = at
        link.save(update_fields=["revoked_at"])
        journal.record("revoke_link", link, by=by, at=at, purpose=purpose)


def links_of(record: models.Model, purpose: str) -> models.QuerySet[OneTimeLink]:
    """Returns all links of a record for a purpose, open or not, the newest first."""
    return OneTimeLink.objects.filter(
        record_type=ContentType.objects.get_for_model(record),
        record_id=record.pk,
        purpose=purpose,
    ).order_by("-pk")


def find_link(secret: str, purpose: str) -> OneTimeLink | None:
    """Returns the link of this secret and purpose, open or not; its record is locked next."""
    return OneTimeLink.objects.filter(token_digest=token_digest(secret), purpose=purpose).first()


def is_valid(link: OneTimeLink, at: datetime) -> bool:
    """Returns whether the link can be used at that moment; `valid_until` itself is too late."""
    return link.used_at is None and link.revoked_at is None and at < link.valid_until
