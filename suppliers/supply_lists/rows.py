"""The parsers of the columns of each kind of list."""

from collections.abc import Mapping

from office.intake.cells import read_fen
from office.intake.row_reader import Reader, text_reader
from suppliers.models import ListKind
from suppliers.supply_lists import cells as read

READERS: dict[ListKind, Mapping[str, Reader]] = {
    ListKind.SUPPLIERS: {
        "credit_code": read.code,
        "name": text_reader(80, needed=True),
        "representative": text_reader(40, needed=True),
        "region": read.region,
        "address": text_reader(120, needed=True),
        "phone": text_reader(20),
        "founded_on": read.day_or_none,
        "owner": text_reader(80),
        "contact": text_reader(40),
        "contact_phone": text_reader(20),
        "remark": text_reader(200),
    },
    ListKind.ORDERS: {
        "number": read.number,
        "credit_code": read.code,
        "category": read.code,
        "item": text_reader(80, needed=True),
        "unit": text_reader(10, needed=True),
        "quantity": read.quantity,
        "unit_price_fen": read_fen,
        "lowest_price_fen": read.fen_or_none,
        "ordered_on": read.day,
        "promised_on": read.day,
    },
    ListKind.DELIVERIES: {
        "number": read.number,
        "order": read.number,
        "promised_on": read.day,
        "actual_on": read.day_or_none,
        "received": read.quantity,
        "accepted": read.quantity,
    },
}
