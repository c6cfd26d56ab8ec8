"""WeChat Pay's certificates, stored so that every process can trust what one has downloaded."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from billing.models import PlatformCertificate
from office import journal
from office.actors import Actor


@transaction.atomic
def learn_certificates(
    certificates: Mapping[str, str], *, by: Actor, at: datetime
) -> list[PlatformCertificate]:
    """Stores certificates (serial → PEM) that the client has verified; returns the new ones.

    None is deleted: during a switch WeChat Pay signs with both, and an expired one is not trusted
    anyway. No permission: the refresh job or an administrator at the command line runs it.
    """
    new = []
    for serial, pem in certificates.items():
        certificate, is_new = PlatformCertificate.objects.get_or_create(
            serial=serial, defaults={"pem": pem, "learnt_at": at}
        )
        if is_new:
            journal.record("learn_certificate", certificate, by=by, at=at, number=serial)
            new.append(certificate)
    return new
