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
    """Returns the decisions asked of a guardian, the newest first, withdrawn ones too: with
    purpose, requester and the reasons that the guardian gave.
    """
    rows = (
        IdentityDecision.objects.filter(guardian=guardian.officer)
        .select_related("request")
        .order_by("-request__at")
    )
    return [
        (
            row,
            open_record(guardian.private_key, bytes(row.sealed_purpose))
            | reasons_of(row, guardian),
        )
        for row in rows
    ]


def reasons_of(decision: IdentityDecision, guardian: Reader) -> dict[str, str]:
    """Returns the reasons for a decision ("decided") and for taking it back ("withdrawn")."""
    sealed = bytes(decision.sealed_reasons)
    return open_record(guardian.private_key, sealed) if sealed else {}
