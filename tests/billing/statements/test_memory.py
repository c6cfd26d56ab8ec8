"""A statement is read as a stream: more lines need no more memory."""

import io
import tracemalloc

from billing.statements.lines import Line
from billing.statements.proof import Proof, Prover
from billing.statements.sheets import open_table


def a_statement(count: int) -> io.BytesIO:
    """A statement of `count` lines of one yuan each, after 1,000.00."""
    rows = ["期初余额：1000.00\r\n日期,支出,收入,余额,对方户名,对方账号,摘要,流水号\r\n"]
    rows += [
        f"20251103,,1.00,{1001 + place}.00,王秀英,62{place:014d},{1110000 + place},S{place}\r\n"
        for place in range(count)
    ]
    return io.BytesIO("".join(rows).encode("gb18030"))


def peak_of(count: int) -> tuple[int, Proof]:
    """Returns the most bytes that reading and proving took beside the file, and the proof."""
    file = a_statement(count)
    tracemalloc.start()
    try:
        statement, prover = open_table(file, "a.csv"), Prover()
        for stated in statement.preface.stated:
            prover.stated(stated)
        for row in statement.rows():
            if isinstance(row, Line):
                prover.line(row)
        return tracemalloc.get_traced_memory()[1], prover.proof()
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_lines() -> None:
    # Blocks of a megabyte are read at a time: both files are larger than two of them, so that a
    # whole block lies beside the next one in both.
    small, _proof = peak_of(40_000)
    large, proof = peak_of(80_000)
    assert (proof.opening_fen, proof.closing_fen, proof.proved) == (100000, 8100000, True)
    assert large < small * 1.2
