"""Collects the screens of the suppliers' desks."""

from suppliers.admission import admin as admission
from suppliers.blacklist import admin as blacklist
from suppliers.certificates import admin as certificates
from suppliers.leads import admin as leads
from suppliers.rating import rating_admin, rule_admin, run_admin
from suppliers.sourcing import admin as sourcing
from suppliers.sourcing import rules_admin as sourcing_rules
from suppliers.supplier_desk import admin as supplier_desk
from suppliers.supply_lists import admin as supply_lists
from suppliers.supply_record import admin as supply_record
from suppliers.watch import admin as watch

__all__ = [
    "admission",
    "blacklist",
    "certificates",
    "rating_admin",
    "rule_admin",
    "run_admin",
    "leads",
    "sourcing",
    "sourcing_rules",
    "supplier_desk",
    "supply_lists",
    "supply_record",
    "watch",
]
