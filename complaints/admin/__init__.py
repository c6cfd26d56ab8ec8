"""The admin screens of customer service; importing this registers them."""

from complaints.admin import call_backs, incidents

__all__ = ["call_backs", "incidents"]
