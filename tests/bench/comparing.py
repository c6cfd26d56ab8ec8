"""Whether two kinds of answers take the same time, judged by their order and not by their mean."""

import statistics
import time
from collections.abc import Callable, Mapping

# Beyond this, chance alone explains a difference in one comparison of a thousand.
LARGEST_Z = 3.3
_WARM_UP = 20


def times_in_turns(
    ask: Mapping[str, Callable[[int], object]], each: int, between: Callable[[], object]
) -> dict[str, list[float]]:
    """Returns seconds of `each` calls of every kind, taken in turns, so that what else the machine
    does falls on all kinds alike; `between` tidies up after every hundred.
    """
    times: dict[str, list[float]] = {kind: [] for kind in ask}
    kinds = list(ask)
    for number in range(each + _WARM_UP):
        # The order turns round each time, so that no kind is always the first or the last.
        for kind in kinds if number % 2 else reversed(kinds):
            began = time.perf_counter()
            ask[kind](number)
            if number >= _WARM_UP:
                times[kind].append(time.perf_counter() - began)
        if number % 100 == 0:
            between()
    return times


def rank_test(first: list[float], second: list[float]) -> float:
    """Returns z of the test of Mann and Whitney: how far apart two samples lie in their order."""
    ranked = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    ranks = sum(place for place, (_value, sample) in enumerate(ranked, start=1) if sample == 0)
    n, m = len(first), len(second)
    mean = n * (n + m + 1) / 2
    spread = (n * m * (n + m + 1) / 12) ** 0.5
    return float((ranks - mean) / spread)


def described(kind: str, times: list[float]) -> str:
    """Returns a line with median and 95th percentile in milliseconds."""
    cuts = statistics.quantiles(times, n=20)
    return f"{kind:8} median {cuts[9] * 1000:.3f} ms, 95 % {cuts[18] * 1000:.3f} ms"
