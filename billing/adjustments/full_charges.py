"""The full charge of a billed line, and the share of it that the account bears now."""

from decimal import Decimal

from billing.change_states import StopHeatState
from billing.models import BillLine, StopHeat
from billing.prices.in_force import height_terms, season_terms
from billing.rules.charges import Charge, PriceTerms, season_charge

FULL = Decimal(1)


def full_charge(line: BillLine) -> Charge:
    """Returns the charge of a line without a stop, from its frozen factors.

    The caller loads the line with `select_related("tariff__document", "season")`.
    """
    return season_charge(
        season_terms(line.season),
        PriceTerms(line.unit, line.unit_price, line.area_basis),
        {line.area_basis: line.area},
        height_terms(line.tariff, line.height),
        line.charged_days,
    )


def present_share(line: BillLine, stops: list[StopHeat]) -> Decimal:
    """Returns the share of the full charge that a line bears with the stops of its account.

    The latest stop of the line's area decides: while it lasts, the basic fee; once the heat was
    resumed, all. Without one, the share of the bill. The caller loads `area_line` with the line.
    """
    stop = next((stop for stop in stops if covers(stop, line)), None)
    if stop is None:
        return line.ratio
    if stop.state != StopHeatState.APPROVED:
        return FULL
    return basic_share(line)


def basic_share(line: BillLine) -> Decimal:
    """Returns the share of stopped heat: the line's own, else that of its price document."""
    ratio = line.tariff.document.stop_heat_ratio
    if line.ratio != FULL or ratio is None:
        return line.ratio
    return ratio


def covers(stop: StopHeat, line: BillLine) -> bool:
    """Says whether the stop concerns the area of the line."""
    return not stop.ordinals or line.area_line.ordinal in stop.ordinals


def stops_of(account_id: int, season_id: int) -> list[StopHeat]:
    """Returns the stops of an account in a season that were approved once, the latest first."""
    approved_once = (StopHeatState.APPROVED, StopHeatState.RESUMED, StopHeatState.VOIDED)
    stops = StopHeat.objects.filter(account=account_id, season=season_id, state__in=approved_once)
    return list(stops.order_by("-pk"))
