"""Bans for tests, at whatever step one is needed, made by the operations that staff use."""

from datetime import date, datetime
from typing import Any

from office.approvals.steps import Opinion
from suppliers.blacklist.facts import BanFacts
from suppliers.blacklist.operations import approve_ban, propose_ban
from suppliers.models import Ban, Supplier
from tests.suppliers.admission_records import People
from tests.suppliers.supplier_records import NOON

REVIEW = date(2026, 9, 1)


def ban_facts(**changes: Any) -> BanFacts:
    """A ban from every category until the end of the year 2026, with nobody but the supplier."""
    values: dict[str, Any] = {
        "reason": "围标",
        "source": "集采〔2026〕3号",
        "review_on": REVIEW,
        "ends_on": date(2026, 12, 31),
    }
    return BanFacts(**(values | changes))


def a_proposed_ban(
    staff: People, supplier: Supplier, *, at: datetime = NOON, **changes: Any
) -> Ban:
    """A proposal that waits at level 1."""
    return propose_ban(supplier, ban_facts(**changes), by=staff.buyer, at=at)


def a_ban(staff: People, supplier: Supplier, *, at: datetime = NOON, **changes: Any) -> Ban:
    """A ban in force from that moment on."""
    ban = a_proposed_ban(staff, supplier, at=at, **changes)
    for person in (staff.manager, staff.leader):
        approve_ban(ban, Opinion("属实"), by=person, at=at)
    ban.refresh_from_db()
    return ban
