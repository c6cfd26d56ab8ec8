"""Certificates of WeChat Pay, kept for the processes that did not learn them themselves."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from billing.models import PlatformCertificate
from office import journal
from office.actors import Actor


@transaction.atomic
def learn_certificates(
    found: Mapping[str, str], *, by: Actor, at: datetime
) -> list[PlatformCertificate]:
    """Keep certificates (serial → PEM) that the client has verified; the ones that are new.

    None is forgotten: during a switch both are believed, and an expired one is not believed anyway.
    """
    new = []
    for serial, pem in found.items():
        kept, created = PlatformCertificate.objects.get_or_create(
            serial=serial, defaults={"pem": pem, "learnt_at": at}
        )
        if created:
            journal.record("learn_certificate", kept, by=by, at=at, number=serial)
            new.append(kept)
    return new
