"""Composes a granted reward with the counter: the island imports no desk, and no desk the island.

Only an amount, a code and the company that pays cross over.
"""

from datetime import datetime

from billing.counter.rewards import issue_reward_voucher
from office.actors import Actor
from office.models import Company
from whistleblowing.rewards.vouchers import compose


def issue(code: str, amount_fen: int, company: Company, at: datetime) -> None:
    """Issues the voucher of a reward in the name of the house."""
    issue_reward_voucher(code, amount_fen, company, by=Actor.system("rewards"), at=at)


def compose_rewards() -> None:
    """Gives the island the way by which rewards become vouchers; called once at start."""
    compose(issue)
