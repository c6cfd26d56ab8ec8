"""The admin screens of customers; importing this module registers them."""

from customers.annual_plans import admin as annual_plans
from customers.connection import admin as connection
from customers.contract_papers import template_admin as contract_templates
from customers.contracts import admin as contracts
from customers.messages import admin as messages
from customers.paper_desk import admin as contract_papers
from customers.people import admin as customers
from customers.places import admin as places
from customers.places import network_admin as network
from customers.renewals import admin as renewals

__all__ = [
    "annual_plans",
    "connection",
    "contract_papers",
    "contract_templates",
    "contracts",
    "customers",
    "messages",
    "network",
    "places",
    "renewals",
]
