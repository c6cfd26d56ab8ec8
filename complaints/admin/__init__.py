"""The admin screens of customer service; importing this registers them."""

from complaints.admin import call_backs, incidents, knowledge, promise_rules, tickets

__all__ = ["call_backs", "incidents", "knowledge", "promise_rules", "tickets"]
