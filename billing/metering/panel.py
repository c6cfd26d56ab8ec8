"""The card with the meters on the page of an account."""

from billing.models import Meter, MeterReading
from customers.models import Account
from office.models import User
from office.screens.panels import Panel

MOST_READINGS = 10


def meter_panel(account: Account, user: User) -> Panel | None:
    """Returns the card; None for people who may not see meters, and without anything to show."""
    if not user.has_perm("billing.view_meter"):
        return None
    meters = list(Meter.objects.filter(account=account).order_by("-installed_on", "-pk"))
    if not meters and not user.has_perm("billing.install_meter"):
        return None
    readings = MeterReading.objects.filter(meter__in=meters).select_related("meter", "decision")
    return Panel(
        "billing/metering/_meter_panel.html",
        {"meters": meters, "readings": list(readings[:MOST_READINGS])},
    )
