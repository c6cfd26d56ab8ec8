"""The admin screens of customer service; importing this registers them."""

from complaints.call_backs import admin as call_backs
from complaints.escalations import admin as escalations
from complaints.hand_overs import admin as hand_overs
from complaints.incidents import admin as incidents
from complaints.knowledge import admin as knowledge
from complaints.kpis import corrections_admin as kpi_corrections
from complaints.rosters import admin as duties
from complaints.rosters import crews_admin as crews
from complaints.rules import admin as promise_rules
from complaints.spot_checks import admin as spot_checks
from complaints.temperature_tests import admin as temperature_tests
from complaints.tickets import admin as tickets

__all__ = [
    "call_backs",
    "crews",
    "duties",
    "escalations",
    "hand_overs",
    "incidents",
    "kpi_corrections",
    "knowledge",
    "promise_rules",
    "spot_checks",
    "temperature_tests",
    "tickets",
]
