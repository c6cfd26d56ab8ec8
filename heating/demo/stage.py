"""Many small stories told at once, in the order in which things happen, up to this moment."""

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

# A story does something, says how long until it goes on, and so forth.
Story = Iterator[timedelta]


class Stage:
    """Plays stories until `now`; what would happen later has not happened."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.at = now
        self._waiting: list[tuple[datetime, int, Story]] = []
        self._count = 0

    def tell(self, story: Story, begins: datetime) -> None:
        """Let a story begin then."""
        self._count += 1
        heapq.heappush(self._waiting, (begins, self._count, story))

    def play(self) -> None:
        """Tell all of them."""
        while self._waiting and self._waiting[0][0] <= self.now:
            self.at, _, story = heapq.heappop(self._waiting)
            pause = next(story, None)
            if pause is not None:
                self.tell(story, self.at + pause)

    def every(self, pause: timedelta, do: Callable[[datetime], object]) -> Story:
        """What the clock does again and again."""
        while True:
            do(self.at)
            yield pause
