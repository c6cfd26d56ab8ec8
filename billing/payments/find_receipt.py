"""The query of receipts by the verification code that is printed on them."""

from billing.models import Receipt


def find_receipt(code: str) -> Receipt | None:
    """Returns the receipt with this code, typed in capitals or not; None for an unknown code."""
    return Receipt.objects.filter(verification_code=code.upper()).select_related("company").first()
