"""The priority of suppliers that were excellent in the year before, by the dated rule."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q

from office.calendar import business_date
from office.forms.percent_field import percentage
from office.papers.revocation import revocations_of
from suppliers.dimensions import RatingClass
from suppliers.models import PriorityRule, SupplierCertificate, SupplierRating
from suppliers.rating_states import RatingRunState


@dataclass(frozen=True)
class Priority:
    """The share by which the comparison lowers an offer's total, with the year and the rule."""

    share: Decimal
    reason: str


def priorities_at(suppliers: Collection[int], at: datetime) -> Mapping[int, Priority]:
    """Returns the priority of those suppliers that have one on the business day of the moment.

    They were excellent in the final rating of the year before, and their certificate, where one
    was issued, is not revoked without another in its place. Two statements.
    """
    on = business_date(at)
    rule = (
        PriorityRule.objects.filter(Q(ends=None) | Q(ends__gte=on), starts__lte=on)
        .order_by("-starts")
        .first()
    )
    if rule is None:
        return {}
    year = on.year - 1
    priority = Priority(
        rule.share,
        f"{year} 年度优秀供应商，按《{rule.source}》优先 {percentage(rule.share)}%",
    )
    revoked = revocations_of(SupplierCertificate).filter(record_id=OuterRef("pk"))
    certificates = SupplierCertificate.objects.filter(rating=OuterRef("pk"))
    excellent = SupplierRating.objects.filter(
        # The rating of a record that was merged counts for the record that remains.
        Q(supplier__in=suppliers) | Q(supplier__merged_into__in=suppliers),
        ~Exists(certificates) | Exists(certificates.filter(~Exists(revoked))),
        run__year=year,
        run__state=RatingRunState.FINAL,
        rating_class=RatingClass.EXCELLENT,
    ).values_list("supplier", "supplier__merged_into")
    return {merged_into or supplier: priority for supplier, merged_into in excellent}
