"""Receipts by what is printed on them."""

from billing.models import Receipt


def find_receipt(code: str) -> Receipt | None:
    """The receipt with this verification code, however it was typed."""
    return (
        Receipt.objects.filter(verification_code=code.upper())
        .select_related("company", "payment__contract__account")
        .first()
    )
