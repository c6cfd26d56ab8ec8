"""The matching ladder: whose money a line is, how sure that is, and why.

A pure rule: it decides from facts that somebody has looked up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from billing.statement_words import CONFIDENCE, LineKind, MatchedBy, MatchReason
from billing.statements.kinds import kind_of
from billing.statements.lines import Line
from billing.statements.remarks import number_candidates, numbers_named

_MOST_SUGGESTED = 5
_MAY_BE_CUSTOMERS = frozenset({LineKind.RECEIVED, LineKind.RETURN})


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """An account of a customer with what is open on each of its bills, in fen."""

    number: str
    customer_id: int
    open_fen: tuple[int, ...] = ()

    def owes(self, amount_fen: int) -> bool:
        """Whether the amount is what is open on one bill or in all."""
        return amount_fen in self.open_fen or (
            bool(self.open_fen) and amount_fen == sum(self.open_fen)
        )


@dataclass(frozen=True)
class Facts:
    """What was looked up for some lines.

    `accounts` are numbers of ours, `contracts` gives the account of a contract's number, `payers`
    the accounts for which a person confirmed money from a bank account before, `names` the
    accounts of all customers with a name, `open_accounts` accounts by number.
    """

    accounts: frozenset[str] = frozenset()
    contracts: Mapping[str, str] = field(default_factory=dict)
    payers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    names: Mapping[str, Sequence[OpenAccount]] = field(default_factory=dict)
    open_accounts: Mapping[str, OpenAccount] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """The account that a line belongs to, or suggestions for a person when `account` is None."""

    reason: MatchReason
    account: str | None = None
    by: MatchedBy | None = None
    suggested: tuple[str, ...] = ()

    @property
    def confidence(self) -> int:
        """How sure the match is, in percent."""
        return CONFIDENCE[self.reason]


def match_line(line: Line, facts: Facts) -> Match:
    """Returns the match of the first rung that knows the line.

    A number in the remark comes first, then a payer known from before, then name and amount. What
    points to several accounts is suggested, never decided. A returned transfer whose original is
    known must not be asked for.
    """
    if kind_of(line) not in _MAY_BE_CUSTOMERS:
        return Match(MatchReason.NO_CUSTOMERS_MONEY)
    return (
        _by_remark(line, facts)
        or _by_payer(line, facts)
        or _by_name(line, facts)
        or Match(MatchReason.NOTHING)
    )


def searched_name(name: str) -> str:
    """Returns a name in the one spelling in which names are compared: narrow, without spaces."""
    return "".join(name.translate(_NARROW_BRACKETS).split())


_NARROW_BRACKETS = str.maketrans("（）", "()")


def _by_remark(line: Line, facts: Facts) -> Match | None:
    ours = facts.accounts | facts.contracts.keys()
    named = numbers_named(number_candidates(line.remark), ours)
    accounts = list(dict.fromkeys(facts.contracts.get(number, number) for number in named))
    if not accounts:
        return None
    if len(accounts) > 1:
        return Match(MatchReason.SEVERAL_IN_REMARK, suggested=tuple(accounts[:_MOST_SUGGESTED]))
    if accounts[0] in named:
        return Match(MatchReason.ACCOUNT_IN_REMARK, accounts[0], MatchedBy.ACCOUNT)
    return Match(MatchReason.CONTRACT_IN_REMARK, accounts[0], MatchedBy.CONTRACT)


def _by_payer(line: Line, facts: Facts) -> Match | None:
    earlier = facts.payers.get(line.payer_account, ()) if line.payer_account else ()
    owing = [
        number
        for number in earlier
        if (account := facts.open_accounts.get(number)) and account.owes(line.received_fen)
    ]
    if len(owing) == 1:
        return Match(MatchReason.PAYER_AND_AMOUNT, owing[0], MatchedBy.PAYER)
    if earlier:
        return Match(MatchReason.PAYER_ONLY, suggested=tuple(earlier[:_MOST_SUGGESTED]))
    return None


def _by_name(line: Line, facts: Facts) -> Match | None:
    accounts = facts.names.get(searched_name(line.payer_name), ()) if line.payer_name else ()
    if not accounts:
        return None
    owing = [account for account in accounts if account.owes(line.received_fen)]
    alone = len({account.customer_id for account in accounts}) == 1
    if alone and len(owing) == 1:
        return Match(MatchReason.NAME_AND_AMOUNT, owing[0].number, MatchedBy.NAME_AMOUNT)
    suggested = [account.number for account in owing or accounts][:_MOST_SUGGESTED]
    reason = MatchReason.NAME_ONLY if alone else MatchReason.NAME_SHARED
    return Match(reason, suggested=tuple(suggested))
