"""The admin screens of customers; importing this module registers them."""

from customers.connection import admin as connection
from customers.messages import admin as messages
from customers.people import admin as customers
from customers.places import admin as places
from customers.places import network_admin as network

__all__ = ["connection", "customers", "messages", "network", "places"]
