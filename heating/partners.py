"""Composes the island with the suppliers: the island imports no desk, and no desk the island.

Only a name crosses over, which is looked for in all suppliers and stored nowhere; what comes back
is shown to a protection officer, or is a figure of the yearly report.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from office.calendar import business_date
from office.interests.relations import plain_name
from suppliers.models import Ban, PaperType, Qualification, Supplier, SupplyOrder
from suppliers.watch.figures import moment_of, on_file_at, showing
from whistleblowing.integrity.partners import Dealing, compose


class SupplierRecords:
    """The partners of the island are the suppliers."""

    def named(self, name: str) -> list[int]:
        """Returns the suppliers of this name, whatever its spaces, width and case."""
        wanted = plain_name(name)
        rows = Supplier.objects.order_by("pk").values_list("pk", "name")
        return [key for key, written in rows if plain_name(written) == wanted]

    def dealings(self, partners: Sequence[int], since: date, today: date) -> list[Dealing]:
        """Returns bans, qualifications that ended and were not renewed by then, and orders that
        were withdrawn or lowered, from a day to today. Records that were merged count as theirs.
        """
        merged = Q(merged__in=partners) | Q(merged_into__in=partners)
        suppliers = Supplier.objects.filter(Q(pk__in=partners) | merged)
        keys = list(suppliers.values_list("pk", flat=True).distinct())
        rows = [*_bans(keys), *_ended_qualifications(keys), *_lessened_orders(keys)]
        return sorted((row for row in rows if since <= row.day <= today), key=lambda row: row.day)

    def pledges(self, year: int, at: datetime) -> tuple[int, int]:
        """Returns the suppliers on file in a year and those of them who had signed the pledge."""
        moment = moment_of(year, at)
        signed = showing(PaperType.INTEGRITY_PLEDGE, moment).count()
        return on_file_at(moment).count(), signed


def _bans(keys: Sequence[int]) -> Iterator[Dealing]:
    for ban in Ban.objects.filter(supplier__in=keys, starts_at__isnull=False):
        subject = str(ban.category or _("全部类别"))
        if ban.starts_at is not None:
            yield Dealing(business_date(ban.starts_at), _("被列入黑名单"), subject, ban.reason)
        if ban.lifted_at is not None:
            yield Dealing(business_date(ban.lifted_at), _("解除黑名单"), subject, ban.remark)


def _ended_qualifications(keys: Sequence[int]) -> Iterator[Dealing]:
    # Renewed means: granted by then. One that is granted later does not undo the gap before it.
    renewed = Qualification.objects.filter(
        supplier=OuterRef("supplier"),
        category=OuterRef("category"),
        valid_from__lte=OuterRef("valid_until") + timedelta(days=1),
        valid_until__gt=OuterRef("valid_until"),
        granted_at__date__lte=OuterRef("valid_until"),
    )
    rows = Qualification.objects.filter(~Exists(renewed), supplier__in=keys)
    for row in rows.select_related("category"):
        ended_on = row.valid_until + timedelta(days=1)
        yield Dealing(ended_on, _("供货资格到期未续"), str(row.category))


def _lessened_orders(keys: Sequence[int]) -> Iterator[Dealing]:
    rows = SupplyOrder.objects.filter(supplier__in=keys, replaces__isnull=False)
    for row in rows.select_related("replaces"):
        day, before = business_date(row.entered_at), row.replaces
        if before is None:
            continue
        if row.withdrawn:
            yield Dealing(day, _("采购订单撤销"), row.number, row.change_reason)
        elif row.quantity < before.quantity:
            amounts = f"{before.quantity.normalize():f} → {row.quantity.normalize():f} {row.unit}"
            yield Dealing(day, _("采购订单减量"), f"{row.number}（{amounts}）", row.change_reason)


def compose_partners() -> None:
    """Gives the island what the suppliers' desks know of partners; called once at start."""
    compose(SupplierRecords())
