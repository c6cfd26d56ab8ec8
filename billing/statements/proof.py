"""The proof of a statement: opening + lines = closing, from line to line where balances are
printed.
"""

from dataclasses import dataclass, field

from billing.statements.lines import Line, Stated, Total


@dataclass(frozen=True, slots=True)
class Gap:
    """Two neighbouring lines whose balances do not follow from each other, by the later row."""

    row: int
    expected_fen: int
    printed_fen: int


@dataclass(frozen=True, slots=True)
class Proof:
    """The outcome; amounts in fen. `faults` are codes with their rows, empty when all is proved."""

    opening_fen: int
    closing_fen: int
    newest_first: bool = False
    gap: Gap | None = None
    faults: tuple[str, ...] = ()
    wrong_totals: tuple[int, ...] = ()

    @property
    def proved(self) -> bool:
        return not self.faults


@dataclass
class Prover:
    """Takes the rows one by one and keeps sums only, whatever the length of the statement.

    Banks print the oldest line first or the newest: both orders are followed, and the one in which
    the balances agree is the statement's.
    """

    count: int = 0
    received_fen: int = 0
    paid_fen: int = 0
    stated_opening: Stated | None = None
    stated_closing: Stated | None = None
    wrong_totals: list[int] = field(default_factory=list)
    _first: Line | None = None
    _last: Line | None = None
    _without_balance: int = 0
    _gap_forward: Gap | None = None
    _gap_backward: Gap | None = None
    _since_total: tuple[int, int] = (0, 0)

    def line(self, line: Line) -> None:
        """Follows the balance from the line before to this one, in both orders."""
        last = self._last
        if line.balance_fen is None:
            self._without_balance += 1
        elif last is not None and last.balance_fen is not None:
            forward = last.balance_fen + line.net_fen
            backward = line.balance_fen + last.net_fen
            if forward != line.balance_fen and self._gap_forward is None:
                self._gap_forward = Gap(line.row, forward, line.balance_fen)
            if backward != last.balance_fen and self._gap_backward is None:
                self._gap_backward = Gap(line.row, backward, last.balance_fen)
        self._first = self._first or line
        self._last = line
        self.count += 1
        self.received_fen += line.received_fen
        self.paid_fen += line.paid_fen
        received_fen, paid_fen = self._since_total
        self._since_total = (received_fen + line.received_fen, paid_fen + line.paid_fen)

    def total(self, total: Total) -> None:
        """Compares a row of totals with the sums so far and since the row of totals before."""
        printed = (total.received_fen, total.paid_fen)
        if printed not in (self._since_total, (self.received_fen, self.paid_fen)):
            self.wrong_totals.append(total.row)
        self._since_total = (0, 0)

    def stated(self, stated: Stated) -> None:
        """Takes a balance that the statement names; the first opening and the last closing count,
        since each page may carry its own.
        """
        if not stated.opening:
            self.stated_closing = stated
        elif self.stated_opening is None:
            self.stated_opening = stated

    def proof(self) -> Proof:
        """Returns the outcome for all rows taken so far."""
        first, last = self._first, self._last
        newest_first = self._gap_forward is not None and self._gap_backward is None
        if first is None or last is None:
            return self._without_lines()
        if self._without_balance:
            return self._by_sums()
        oldest, newest = (last, first) if newest_first else (first, last)
        gap = self._gap_forward if not newest_first else None
        opening_fen = (oldest.balance_fen or 0) - oldest.net_fen
        closing_fen = newest.balance_fen or 0
        faults = ["balance_gap"] if gap else []
        if self.stated_opening and self.stated_opening.fen != opening_fen:
            faults.append("opening_differs")
        if self.stated_closing and self.stated_closing.fen != closing_fen:
            faults.append("closing_differs")
        return Proof(
            self.stated_opening.fen if self.stated_opening else opening_fen,
            closing_fen,
            newest_first,
            gap,
            tuple(faults),
            tuple(self.wrong_totals),
        )

    def _by_sums(self) -> Proof:
        """Proves by both stated balances what has no balance on each line."""
        net_fen = self.received_fen - self.paid_fen
        totals = tuple(self.wrong_totals)
        if self.stated_opening is None or self.stated_closing is None:
            opening_fen = self.stated_opening.fen if self.stated_opening else 0
            return Proof(
                opening_fen, opening_fen + net_fen, faults=("no_balances",), wrong_totals=totals
            )
        opening_fen, closing_fen = self.stated_opening.fen, self.stated_closing.fen
        faults = () if opening_fen + net_fen == closing_fen else ("closing_differs",)
        return Proof(opening_fen, closing_fen, faults=faults, wrong_totals=totals)

    def _without_lines(self) -> Proof:
        opening_fen = self.stated_opening.fen if self.stated_opening else 0
        closing_fen = self.stated_closing.fen if self.stated_closing else opening_fen
        faults = () if opening_fen == closing_fen else ("closing_differs",)
        return Proof(opening_fen, closing_fen, faults=faults, wrong_totals=tuple(self.wrong_totals))
