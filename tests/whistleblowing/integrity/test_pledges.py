"""Pledges are owed by posts and signed once a year; their rate goes into the yearly report."""

from datetime import date

import pytest

from office.models import Person
from office.refusals import Invalid, NotAllowed
from tests.builders import a_company
from tests.office.organisation.charts import a_department, a_person, a_post
from tests.whistleblowing.island_records import NOON, an_officer, signed_in
from whistleblowing.integrity.operations import (
    end_pledge_post,
    record_pledges,
    record_training,
    set_pledge_posts,
)
from whistleblowing.integrity.queries import (
    PledgeRate,
    YearOfTraining,
    people_missing,
    pledge_rates,
    year_of_training,
)
from whistleblowing.keys.report_keys import Reader
from whistleblowing.models import PledgeDuty, SignedPledge, SystemEvent, Training
from whistleblowing.words import PledgeKind

pytestmark = pytest.mark.django_db
INTEGRITY = PledgeKind.INTEGRITY
TODAY = date(2026, 3, 3)
FIRST = date(2026, 1, 1)


@pytest.fixture
def head() -> Reader:
    return an_officer()


@pytest.fixture
def buyers() -> list[Person]:
    """Three buyers on one post, and a fitter on another."""
    company = a_company()
    purchase = a_post(a_department(company, "采购部"), "P1")
    people = [a_person(company, f"B{number}", purchase) for number in range(3)]
    a_person(company, "F9", a_post(a_department(company, "工程部"), "F1"))
    return people


def test_who_owes_a_pledge_is_who_sits_on_a_listed_post(head: Reader, buyers: list[Person]) -> None:
    assert set_pledge_posts(["P1"], INTEGRITY, FIRST, by=head, at=NOON) == 1
    assert set_pledge_posts(["P1"], INTEGRITY, FIRST, by=head, at=NOON) == 0
    numbers = [person.number for person in buyers[:2]]
    assert record_pledges(numbers, INTEGRITY, TODAY, by=head, at=NOON) == 2
    assert record_pledges(numbers, INTEGRITY, TODAY, by=head, at=NOON) == 0
    name = a_company().name
    assert pledge_rates(INTEGRITY, 2026, TODAY) == [PledgeRate(name, 3, 2), PledgeRate("", 3, 2)]
    assert PledgeRate("", 3, 2).percent == "66.6"
    assert PledgeRate("", 0, 0).percent == "–"
    ((person, _post),) = people_missing(INTEGRITY, 2026, TODAY)
    assert person == buyers[2]
    assert pledge_rates(PledgeKind.CONFIDENTIALITY, 2026, TODAY) == [PledgeRate("", 0, 0)]
    # Last year nobody owed one.
    assert pledge_rates(INTEGRITY, 2025, TODAY) == [PledgeRate("", 0, 0)]
    end_pledge_post(PledgeDuty.objects.get(), by=head, at=NOON)
    assert pledge_rates(INTEGRITY, 2027, date(2027, 1, 1)) == [PledgeRate("", 0, 0)]
    with pytest.raises(Invalid, match="不再要求"):
        end_pledge_post(PledgeDuty.objects.get(), by=head, at=NOON)


def test_a_training_counts_people_once_and_seats_each_time(
    head: Reader, buyers: list[Person]
) -> None:
    numbers = [person.number for person in buyers]
    record_training("反舞弊", TODAY, numbers, by=head, at=NOON)
    record_training("保密", TODAY, numbers[:1], by=head, at=NOON)
    assert year_of_training(2026) == YearOfTraining(2, 3, 4)
    assert year_of_training(2025) == YearOfTraining(0, 0, 0)
    kinds = list(SystemEvent.objects.values_list("kind", flat=True))
    assert kinds.count("training_recorded") == 2


def test_a_list_with_an_unknown_entry_is_refused_whole(head: Reader, buyers: list[Person]) -> None:
    numbers = [buyers[0].number, "999999"]
    with pytest.raises(Invalid, match="999999"):
        record_pledges(numbers, INTEGRITY, TODAY, by=head, at=NOON)
    with pytest.raises(Invalid, match="999999"):
        record_training("x", TODAY, numbers, by=head, at=NOON)
    with pytest.raises(Invalid, match="X9"):
        set_pledge_posts(["P1", "X9"], INTEGRITY, FIRST, by=head, at=NOON)
    with pytest.raises(Invalid, match="名单"):
        record_pledges([], INTEGRITY, TODAY, by=head, at=NOON)
    with pytest.raises(Invalid, match="今天"):
        record_pledges(numbers[:1], INTEGRITY, date(2026, 3, 4), by=head, at=NOON)
    with pytest.raises(Invalid, match="五个年度"):
        record_training("x", date(2021, 12, 31), numbers[:1], by=head, at=NOON)
    for day in (date(2021, 12, 31), date(2028, 1, 1)):
        with pytest.raises(Invalid, match="起始日期"):
            set_pledge_posts(["P1"], INTEGRITY, day, by=head, at=NOON)
    with pytest.raises(NotAllowed):
        record_pledges(numbers[:1], INTEGRITY, TODAY, by=an_officer("王二", by=head), at=NOON)
    assert (SignedPledge.objects.count(), Training.objects.count(), PledgeDuty.objects.count()) == (
        *(0, 0),
        0,
    )


def test_the_page_takes_lists_and_shows_the_rate(head: Reader, buyers: list[Person]) -> None:
    desk = signed_in(head)
    posts = {
        "action": "set_pledge_posts",
        "kind": "integrity",
        "entries": "P1",
        "day": "2026-01-01",
    }
    assert desk.post("/audit/integrity", posts).status_code == 302
    numbers = "\n".join(person.number for person in buyers[:2])
    pledges = {**posts, "action": "record_pledges", "entries": numbers, "day": "2026-03-03"}
    assert desk.post("/audit/integrity", pledges).status_code == 302
    training = {**pledges, "action": "record_training", "topic": "反舞弊"}
    assert desk.post("/audit/integrity", training).status_code == 302
    page = desk.get("/audit/integrity?year=2026").content.decode()
    assert "<td>66.6</td>" in page
    assert buyers[2].name in page
    assert "1 次，2 人参加，2 人次" in page
    assert desk.post("/audit/integrity", {**pledges, "entries": "000"}).status_code == 422
    duty = {"action": "end_pledge_post", "record": str(PledgeDuty.objects.get().pk)}
    assert desk.post("/audit/integrity", duty).status_code == 302
    assert PledgeDuty.objects.get().last_day is not None
