"""The admin screens of customer service; importing this registers them."""

from complaints.admin import (
    call_backs,
    crews,
    duties,
    escalations,
    hand_overs,
    incidents,
    knowledge,
    kpi_corrections,
    promise_rules,
    spot_checks,
    temperature_tests,
    tickets,
)

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
