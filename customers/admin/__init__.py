"""The admin screens of customers; importing this registers them."""

from customers.admin import customers, places

__all__ = ["customers", "places"]
