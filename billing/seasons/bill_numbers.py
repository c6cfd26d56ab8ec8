"""Bill numbers: company, season, and a gap-free sequence: 11 2627 00000001."""

from billing.models import HeatingSeason
from office.numbering import draw_numbers


def bill_number_prefix(season: HeatingSeason) -> str:
    """What every bill number of the season begins with."""
    return f"{season.company.code}{season.label[2:4]}{season.label[-2:]}"


def draw_bill_numbers(season: HeatingSeason, count: int) -> int:
    """Reserve `count` numbers of the season's series and return the first."""
    return draw_numbers(f"bill:{bill_number_prefix(season)}", count)
