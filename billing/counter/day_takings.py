"""The takings of a day by payment method."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum

from billing.models import Method, Payment
from office.language import Text
from office.models import User


@dataclass(frozen=True)
class Takings:
    """The number of a day's payments by one method, and their sum in fen."""

    method: str
    label: Text
    count: int
    amount_fen: int


def day_takings(day: date, user: User) -> list[Takings]:
    """Returns the day's takings by method, for the companies the user works for."""
    rows = (
        Payment.objects.visible_to(user)
        .filter(business_date=day)
        .order_by()
        .values("method")
        .annotate(count=Count("pk"), amount_fen=Sum("amount_fen"))
    )
    by_method = {row["method"]: row for row in rows}
    return [
        Takings(method.value, method.label, row["count"], row["amount_fen"])
        for method in Method
        if (row := by_method.get(method.value))
    ]
