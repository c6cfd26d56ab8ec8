"""The admin screens of customers; importing this registers them."""

from customers.admin import customers, messages, network, places

__all__ = ["customers", "messages", "network", "places"]
