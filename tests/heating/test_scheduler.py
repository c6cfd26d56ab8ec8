"""Of two clocks one ticks, and the other goes on when it ends."""

import pytest

from heating.celery import app
from heating.scheduler import STANDBY_SECONDS, LeaderScheduler
from tests.patience import wait_for


@pytest.mark.django_db(transaction=True)
class TestLeaderScheduler:
    def test_one_leads_and_the_other_takes_over(self) -> None:
        first, second = LeaderScheduler(app=app, lazy=True), LeaderScheduler(app=app, lazy=True)
        try:
            assert first._is_leader()
            assert first._is_leader()
            assert not second._is_leader()
            assert second.tick() == STANDBY_SECONDS
            first._session.close()
            # The server notices the end of a session a moment later.
            wait_for(second._is_leader, "the lock given back")
        finally:
            first._session.close()
            second._session.close()
