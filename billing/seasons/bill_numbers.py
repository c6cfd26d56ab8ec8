"""Bill numbers: company code, season, and a sequence without gaps, such as 11 2627 00000001."""

from billing.models import HeatingSeason
from office.numbering import draw_numbers


def bill_number_prefix(season: HeatingSeason) -> str:
    """Returns the beginning of every bill number of the season."""
    return f"{season.company.code}{season.label[2:4]}{season.label[-2:]}"


def draw_bill_numbers(season: HeatingSeason, count: int) -> int:
    """Draws `count` consecutive numbers of the season's series and returns the first."""
    return draw_numbers(f"bill:{bill_number_prefix(season)}", count)
