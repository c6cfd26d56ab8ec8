"""Numbers without gaps, drawn in blocks, given back by a rollback."""

from functools import partial

import pytest
from django.db import transaction

from office.models import NumberSeries
from office.numbering import draw_numbers
from tests.parallel import at_once


@pytest.mark.django_db
def test_blocks_follow_each_other() -> None:
    assert [draw_numbers("a"), draw_numbers("a", 10), draw_numbers("a"), draw_numbers("b")] == [
        1,
        2,
        12,
        1,
    ]


@pytest.mark.django_db
def test_a_rollback_gives_the_numbers_back() -> None:
    draw_numbers("a")
    with transaction.atomic():
        draw_numbers("a", 5)
        transaction.set_rollback(True)
    assert draw_numbers("a") == 2


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, -1])
def test_no_empty_block(count: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        draw_numbers("a", count)
    assert not NumberSeries.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_drawn() -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        draw_numbers("a")
    assert not NumberSeries.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_draw_fifty_numbers() -> None:
    drawn = at_once([partial(transaction.atomic(draw_numbers), "a")] * 50)
    assert sorted(drawn) == list(range(1, 51))  # type: ignore[type-var]
