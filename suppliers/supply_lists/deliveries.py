"""Deliveries of a list: a hundred thousand rows, checked against the records in sets and copied.

The rules are those of `enter_delivery`; a test holds both together.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from office.actors import Actor
from office.calendar import business_date
from office.intake.remarks import Remark
from office.models import Company
from office.refusals import Refused
from suppliers.models import Delivery, SupplyOrder
from suppliers.supply_record.facts import CAME_BEFORE_ORDER, came_before_order, check_delivery

Values = Mapping[str, Any]
_FACTS = ("order_id", "promised_on", "actual_on", "received", "accepted")
_COPY = (
    "COPY suppliers_delivery (number, company_id, supplier_id, order_id, promised_on, actual_on,"
    " received, accepted, entered_by_id, entered_at, change_reason, withdrawn) FROM STDIN"
)
# Withdrawing an order locks its first entry: it waits for this transaction, and what was committed
# before is seen by the statement that follows.
_LOCK_ORDERS = """
SELECT id FROM suppliers_supplyorder
WHERE company_id = %s AND replaces_id IS NULL AND number = ANY(%s)
ORDER BY id FOR KEY SHARE
"""


class DeliveryRows:
    """The sound rows of a list and what the records say of them."""

    def __init__(self, company: Company, *, at: datetime) -> None:
        self._company = company
        self._at = at
        self._today = business_date(at)
        self._rows: dict[int, Values] = {}

    def add(self, row: int, values: Values) -> list[Remark]:
        """Takes a row, or returns why its figures contradict each other."""
        try:
            check_delivery(values["actual_on"], values["received"], values["accepted"], self._today)
        except Refused as refusal:
            return [Remark(row, "", refusal.sentence)]
        self._rows[row] = values
        return []

    def compare(self) -> tuple[list[tuple[Any, ...]], int, list[Remark]]:
        """Returns the new rows to copy, how many are on file already, and the refusals.

        Four statements for the whole list.
        """
        orders = self._orders()
        entered = self._entered()
        new, on_file, faults = [], 0, []
        rows_by_number: dict[str, int] = {}
        for row, values in self._rows.items():
            number = values["number"]
            if number in rows_by_number:
                says = _("到货单号与第 %(row)s 行重复") % {"row": rows_by_number[number]}
                faults.append(Remark(row, "", says, number))
                continue
            rows_by_number[number] = row
            order = orders.get(values["order"])
            if order is None:
                says = _("没有这个编号的订单，或订单已撤销")
                faults.append(Remark(row, "", says, values["order"]))
                continue
            order_id, supplier_id, remaining, ordered_on = order
            if remaining is not None:
                says = _("供应商已并入 %(name)s，请在那里办理") % {"name": remaining}
                faults.append(Remark(row, "", says))
                continue
            if came_before_order(values["actual_on"], ordered_on):
                faults.append(Remark(row, "", str(CAME_BEFORE_ORDER)))
                continue
            facts = (order_id, *(values[name] for name in _FACTS[1:]))
            if number in entered:
                if entered[number] == facts:
                    on_file += 1
                else:
                    says = _("编号已有记录，内容不同；需要更改的请更正那条记录")
                    faults.append(Remark(row, "", says, number))
                continue
            new.append((number, supplier_id, *facts))
        return new, on_file, faults

    def copy(self, new: Iterable[tuple[Any, ...]], *, by: Actor) -> None:
        """Writes the new rows by one COPY."""
        entered_by = by.user.pk if by.user else None
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for number, supplier_id, *facts in new:
                copy.write_row(
                    (
                        *(number, self._company.pk, supplier_id, *facts),
                        *(entered_by, self._at, "", False),
                    )
                )

    def _orders(self) -> dict[str, tuple[int, int, str | None, date]]:
        numbers = list({values["order"] for values in self._rows.values()})
        with connection.cursor() as cursor:
            cursor.execute(_LOCK_ORDERS, [self._company.pk, numbers])
        rows = (
            SupplyOrder.objects.standing()
            .filter(company=self._company, number__in=numbers)
            .values_list(
                *("number", Coalesce("original_id", "id"), "supplier_id"),
                *("supplier__merged_into__name", "ordered_on"),
            )
        )
        return {number: (pk, supplier, name, day) for number, pk, supplier, name, day in rows}

    def _entered(self) -> dict[str, tuple[Any, ...]]:
        numbers = {values["number"] for values in self._rows.values()}
        rows = Delivery.objects.filter(
            company=self._company, number__in=numbers, replaces=None
        ).values_list("number", *_FACTS)
        withdrawn = set(
            Delivery.objects.filter(
                company=self._company, number__in=numbers, withdrawn=True
            ).values_list("number", flat=True)
        )
        # The number of a withdrawn delivery is taken, whatever the row says.
        return {number: () if number in withdrawn else tuple(facts) for number, *facts in rows}
