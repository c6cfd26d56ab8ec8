"""The day's figures and the pass over all days are the same rule said twice."""

from datetime import timedelta

import pytest

from complaints.models import Ticket
from complaints.operations.kpis import freeze_nights
from complaints.queries.kpi_nights import begin_of
from complaints.queries.kpi_recount import differences, frozen_rows
from tests.bench.kpi_history import build_history


@pytest.mark.django_db(transaction=True)
def test_a_made_up_history_is_counted_the_same_both_ways() -> None:
    last = build_history(400, per_day=100)
    # As far as anything has been done, called or due.
    end = last + timedelta(days=8)
    freeze_nights(at=begin_of(end + timedelta(days=1)))
    until = begin_of(end + timedelta(days=1))
    assert differences(until) == []
    rows = sum(count for count, _digest in frozen_rows().values())
    assert Ticket.objects.count() == 401
    assert rows > 5 * 400
