"""The admin screens of billing; importing this registers them."""

from billing.account_desk import admin as accounts
from billing.account_list import admin as imports
from billing.adjustments import admin as adjustments
from billing.alarms import admin as alarms
from billing.area_changes import admin as area_changes
from billing.bank import admin as bank
from billing.bills import admin as bills
from billing.connection_fees import admin as connection_fees
from billing.counter import admin as counter
from billing.dunning import admin as dunning
from billing.dunning import hold_admin as dunning_holds
from billing.dunning import run_admin as dunning_runs
from billing.group_payments import admin as group_payments
from billing.metering import admin as metering
from billing.payments import admin as tills
from billing.penalties import admin as penalties
from billing.prices import admin as prices
from billing.reconciliation import admin as reconciliation
from billing.refunds import admin as refunds
from billing.refunds import to_source_admin as refunds_to_source
from billing.runs import admin as runs
from billing.statements import admin as statements
from billing.stop_heat import admin as stop_heat
from billing.wechat import admin as providers

__all__ = [
    "accounts",
    "adjustments",
    "alarms",
    "area_changes",
    "bank",
    "bills",
    "connection_fees",
    "counter",
    "dunning",
    "dunning_holds",
    "dunning_runs",
    "group_payments",
    "imports",
    "metering",
    "penalties",
    "prices",
    "providers",
    "reconciliation",
    "refunds",
    "refunds_to_source",
    "runs",
    "statements",
    "stop_heat",
    "tills",
]
