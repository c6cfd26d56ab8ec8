"""Stories are played in a transaction that is rolled back, and every figure is compared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from billing.chart import LedgerAccount
from billing.ledger.balances import contract_balance
from billing.ledger.late_fees import late_fees
from billing.ledger.open_bills import open_bills
from billing.models import Transfer, TransferKind
from billing.stories.play import play
from billing.stories.reading import BooksExpected, FiguresExpected, Story, read_story
from billing.stories.world import World, build_world
from office.case_files import CaseError
from office.money import yuan_plain
from office.refusals import Refused

Amounts = int | Mapping[str, int]
# The day, what differs, what was expected and what came out.
Difference = tuple[str, str, str, str]


@dataclass(frozen=True)
class StoryMismatch:
    """A figure of a story that is not as the papers say, or the reason why it was not played."""

    place: int
    id: str
    day: str
    figure: str
    expected: str
    got: str

    def line(self) -> str:
        """Returns the mismatch as one printable line."""
        line = f"{self.id} {self.day} {self.figure}: expected {self.expected}, got {self.got}"
        return "".join(
            sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in line
        )


def check_story(value: object, place: int) -> list[StoryMismatch]:
    """Returns how the story at this place of a file differs.

    Whatever is wrong with it is a mismatch with the reason, never a crash.
    """
    stated_id = value.get("id") if isinstance(value, dict) else None
    name = stated_id if isinstance(stated_id, str) and stated_id.strip() else f"#{place}"
    try:
        differences = play_story(read_story(value))
    except Exception as error:  # noqa: BLE001 - whatever a story holds is reported, never a crash
        differences = [("-", "story", "played", _reason(error))]
    return [StoryMismatch(place, name, *difference) for difference in differences]


def play_story(story: Story) -> list[Difference]:
    """A step of `check_story`, in a transaction of its own: plays a story and returns what differs.

    The transaction is rolled back, so that nothing of the story stays.
    """
    with transaction.atomic():
        try:
            # A savepoint: after a failed statement it is rolled back, and the rest with it.
            with transaction.atomic():
                return list(_differences(story))
        finally:
            transaction.set_rollback(True)


def _differences(story: Story) -> Iterator[Difference]:
    """Yields what differs, day by day; an event that cannot be played ends the story."""
    world = build_world(story)
    waiting = sorted(story.events, key=lambda event: event.on)
    for day in story.expected_days:
        while waiting and waiting[0].on <= day:
            event = waiting.pop(0)
            try:
                play(world, event)
            except (CaseError, Refused) as error:
                yield f"{event.on}", event.do, "played", _reason(error)
                return
        for figures in story.figures:
            if figures.on == day:
                yield from _compare(day, _figures_of(world, figures))
        if story.books.on == day:
            yield from _compare(day, _books_of(world, story.books))


def _compare(day: date, figures: Mapping[str, tuple[Amounts, Amounts]]) -> Iterator[Difference]:
    for figure, (expected, got) in figures.items():
        if expected != got:
            yield f"{day}", figure, _shown(expected), _shown(got)


def _figures_of(world: World, expected: FiguresExpected) -> dict[str, tuple[Amounts, Amounts]]:
    """Returns what is expected and what the system says, under the name of each figure."""
    contract = world.contract(expected.account, expected.party)
    principal: dict[str, int] = {}
    for item in open_bills(contract):
        label = item.bill.season.label
        principal[label] = principal.get(label, 0) + item.open_fen
    late_fee: dict[str, int] = {}
    for fee in late_fees(contract, expected.on).fees:
        label = fee.bill.season.label
        late_fee[label] = late_fee.get(label, 0) + fee.payable_fen
    name = expected.account if expected.party == "first" else f"{expected.account} second"
    return {
        f"{name} principal": (_without_zeros(expected.principal), principal),
        f"{name} late_fee": (_without_zeros(expected.late_fee), late_fee),
        f"{name} advance": (expected.advance_fen, contract_balance(contract).advance_fen),
    }


def _books_of(world: World, expected: BooksExpected) -> dict[str, tuple[Amounts, Amounts]]:
    """Returns the sums of the company's ledger beside those of the story."""
    rows = Transfer.objects.filter(company=world.company)
    # Opening arrears were billed by the system before this one.
    billed = rows.filter(kind=TransferKind.BILL).exclude(
        Q(debit=LedgerAccount.OPENING) | Q(credit=LedgerAccount.OPENING)
    )
    receivable, advance = LedgerAccount.RECEIVABLE, LedgerAccount.ADVANCE
    return {
        "books receivable": (expected.receivable_fen, _balance(rows, receivable)),
        "books advance": (expected.advance_fen, -_balance(rows, advance)),
        "books late_fee_income": (
            expected.late_fee_income_fen,
            -_balance(rows, LedgerAccount.LATE_FEE_INCOME),
        ),
        "books billed_less_credits": (
            expected.billed_less_credits_fen,
            _balance(billed, receivable),
        ),
    }


def _balance(rows: QuerySet[Transfer], account: LedgerAccount) -> int:
    """Returns the debits of an account less its credits, in fen."""
    sums = rows.aggregate(
        debited=Sum("amount_fen", filter=Q(debit=account), default=0),
        credited=Sum("amount_fen", filter=Q(credit=account), default=0),
    )
    return int(sums["debited"] - sums["credited"])


def _without_zeros(amounts: Mapping[str, int]) -> dict[str, int]:
    return {season: fen for season, fen in amounts.items() if fen}


def _shown(amounts: Amounts) -> str:
    """Returns fen as yuan, such as "1620.00" or "2024-2025 300.00, 2025-2026 1111.00"."""
    if isinstance(amounts, int):
        return yuan_plain(amounts)
    shown = [f"{season} {yuan_plain(fen)}" for season, fen in sorted(amounts.items())]
    return ", ".join(shown) or "nothing"


def _reason(error: Exception) -> str:
    """Returns the sentence of a refusal or an error in one line."""
    sentence = error.sentence if isinstance(error, Refused) else str(error)
    return " ".join(sentence.split()) or type(error).__name__
