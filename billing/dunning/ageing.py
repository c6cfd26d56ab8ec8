"""The age of open debts on a day, in five classes, by the view `DebtAge`."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from billing.models import DebtAge
from office.language import Text


@dataclass(frozen=True)
class AgeClass:
    """Debts that are `first` to `last` days past their due day, both included.

    `first` is None for debts that are not due yet, `last` for the oldest.
    """

    column: str
    label: Text
    first: int | None
    last: int | None

    def includes(self, days: int) -> bool:
        """Returns whether a debt of so many days past due belongs here."""
        after_first = self.first is None or days >= self.first
        return after_first and (self.last is None or days <= self.last)

    def due(self, on: date) -> Q:
        """Returns the condition on `due_on` for the class as of the day `on`."""
        condition = Q()
        if self.first is not None:
            condition &= Q(due_on__lte=on - timedelta(days=self.first))
        if self.last is not None:
            condition &= Q(due_on__gte=on - timedelta(days=self.last))
        return condition


AGE_CLASSES = (
    AgeClass("not_due_fen", _("未到期（元）"), None, 0),
    AgeClass("to_30_fen", _("逾期 1–30 天（元）"), 1, 30),
    AgeClass("to_90_fen", _("31–90 天（元）"), 31, 90),
    AgeClass("to_365_fen", _("91–365 天（元）"), 91, 365),
    AgeClass("beyond_fen", _("超过一年（元）"), 366, None),
)


def with_ages(debts: QuerySet[DebtAge], *, on: date) -> QuerySet[DebtAge]:
    """Annotates each row with its open amount in fen in the column of its class, 0 in others."""
    return debts.annotate(
        **{
            age.column: Case(
                When(age.due(on), then=F("open_fen")),
                default=Value(0),
                output_field=BigIntegerField(),
            )
            for age in AGE_CLASSES
        }
    )
