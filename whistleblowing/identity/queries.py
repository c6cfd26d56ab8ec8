"""Who guards identities, and what a guardian is asked."""

from whistleblowing.keys.report_keys import Reader
from whistleblowing.keys.sealing import open_record
from whistleblowing.models import IdentityDecision, Officer


def guardians() -> list[Officer]:
    """Returns the officers among whom the key of a new identity is split."""
    officers = Officer.objects.filter(
        guards_identity=True, dismissed_at=None, keyed_at__isnull=False
    )
    return list(officers.select_related("user").order_by("pk"))


def asked_of(guardian: Reader) -> list[tuple[IdentityDecision, dict[str, str]]]:
    """Returns the decisions asked of a guardian with purpose and requester, the newest first."""
    rows = IdentityDecision.objects.filter(
        guardian=guardian.officer, request__withdrawn_at=None
    ).order_by("-request__at")
    return [(row, open_record(guardian.private_key, bytes(row.sealed_purpose))) for row in rows]
