"""The card with the meters on the page of an account."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from billing.metering.on_record import COUNTS
from billing.models import Meter, MeterReading, ReadingKind
from customers.models import Account
from office.models import User
from office.screens.panels import Panel

MOST_READINGS = 10


@dataclass(frozen=True)
class MeterRow:
    """A meter of the account; `is_removed` when its final reading counts."""

    meter: Meter
    is_removed: bool


def meter_panel(account: Account, user: User) -> Panel | None:
    """Returns the card; None for people who may not see meters, and without anything to show."""
    if not user.has_perm("billing.view_meter"):
        return None
    meters = list(Meter.objects.filter(account=account).order_by("-installed_on", "-pk"))
    if not meters and not user.has_perm("billing.install_meter"):
        return None
    readings = MeterReading.objects.filter(meter__in=meters)
    finals = readings.filter(COUNTS, kind=ReadingKind.FINAL)
    removed = set(finals.values_list("meter", flat=True))
    newest = readings.select_related("meter", "decision", "withdrawal")[: MOST_READINGS + 1]
    shown = list(newest)
    place = {"company": account.company_id}
    all_readings = urlencode(place | {"q": account.number})
    return Panel(
        "billing/metering/_meter_panel.html",
        {
            "meters": [MeterRow(meter, meter.pk in removed) for meter in meters],
            "readings": shown[:MOST_READINGS],
            "all_readings": (
                f"{reverse('admin:billing_meterreading_changelist')}?{all_readings}"
                if len(shown) > MOST_READINGS
                else ""
            ),
            "query": urlencode(place | {"account": account.number}),
        },
    )
