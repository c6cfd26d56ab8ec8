"""How a reward becomes something that a counter pays: set from outside, because the island imports
no desk. Amount, code and the company that pays cross the wall, and nothing else.
"""

from collections.abc import Callable
from datetime import datetime

from office.models import Company

Issuer = Callable[[str, int, Company, datetime], None]
_issuers: list[Issuer] = []


def compose(issuer: Issuer) -> None:
    """Sets who issues vouchers; the last one set counts."""
    _issuers[:] = [issuer]


def issue_voucher(code: str, amount_fen: int, company: Company, at: datetime) -> None:
    """Has a voucher issued. A step of granting a reward."""
    if not _issuers:
        raise RuntimeError("Nobody issues vouchers: heating has not composed rewards.")
    _issuers[0](code, amount_fen, company, at)
