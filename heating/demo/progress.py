"""How long the loading of the demo still takes, reckoned by the pace of this very machine."""

from collections.abc import Callable
from enum import StrEnum


class Stage(StrEnum):
    """The stages of the loading."""

    PEOPLE = "people"
    TAIYUAN = "taiyuan"
    LANZHOU = "lanzhou"
    SERVICE = "service"
    SUPPLIERS = "suppliers"
    RATINGS = "ratings"
    CONNECTIONS = "connections"
    NIGHTS = "nights"


# Percent of the time that each stage takes with 1,600 accounts. Roughly is enough: after every
# stage the rest is reckoned anew.
SHARES = {
    Stage.PEOPLE: 2,
    Stage.TAIYUAN: 12,
    Stage.LANZHOU: 10,
    Stage.SERVICE: 22,
    Stage.SUPPLIERS: 11,
    Stage.RATINGS: 23,
    Stage.CONNECTIONS: 9,
    Stage.NIGHTS: 11,
}


class Progress:
    """The observer of the loading: after each stage it tells how long the rest will take.

    A promise in seconds would be true on one machine only. What the stages so far have taken is
    the measure for those to come. `tell` gets the seconds taken and the seconds still to come.
    """

    def __init__(self, clock: Callable[[], float], tell: Callable[[int, int], None]) -> None:
        self._clock = clock
        self._tell = tell
        self._began = clock()
        self._percent = 0

    def done(self, stage: Stage) -> None:
        """Reports that a stage is done."""
        self._percent += SHARES[stage]
        seconds = self._clock() - self._began
        self._tell(round(seconds), round(seconds * (100 - self._percent) / self._percent))


def nobody_watches(stage: Stage) -> None:
    """Ignores that a stage is done, for callers who announce nothing."""
