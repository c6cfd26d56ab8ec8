"""Who owes a pledge, who has not signed, and the figures for the yearly report."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from office.models import Appointment, Company, Person, PostTerm
from office.organisation.on_day import in_force
from whistleblowing.models import Attendance, PledgeDuty, SignedPledge, Training
from whistleblowing.words import PledgeKind


@dataclass(frozen=True)
class PledgeRate:
    """How many owe a pledge of a kind at a company, and how many of them have signed."""

    company: str
    due: int
    signed: int

    @property
    def percent(self) -> str:
        """Returns the rate with one decimal, rounded down, so that 100 means everybody."""
        return f"{self.signed * 1000 // self.due / 10:.1f}" if self.due else "–"


@dataclass(frozen=True)
class YearOfTraining:
    """How many trainings a year had, how many people took part at least once, and seats."""

    trainings: int
    people: int
    seats: int


def day_of(year: int, today: date) -> date:
    """Returns the day on which a year's posts are counted: its last, or today while it runs."""
    return min(today, date(year, 12, 31))


def pledge_years(today: date) -> list[int]:
    """Returns the years that the page shows and for which something is entered, this one first."""
    return list(range(today.year, today.year - 5, -1))


def people_due(kind: PledgeKind, day: date) -> set[int]:
    """Returns the people who owe a pledge of a kind by the posts they are on that day."""
    posts = PledgeDuty.objects.filter(in_force(day), kind=kind).values("post")
    seats = Appointment.objects.filter(in_force(day), post__in=posts)
    return set(seats.values_list("person", flat=True))


def pledge_rates(kind: PledgeKind, year: int, today: date) -> list[PledgeRate]:
    """Returns the rate of each company that owes pledges, and of all together at the end."""
    due = people_due(kind, day_of(year, today))
    signed = set(
        SignedPledge.objects.filter(kind=kind, year=year, person__in=due).values_list(
            "person", flat=True
        )
    )
    companies = dict(Person.objects.filter(pk__in=due).values_list("pk", "company"))
    names = dict(Company.objects.values_list("pk", "name"))
    owed = Counter(companies.values())
    given = Counter(companies[person] for person in signed)
    rates = [PledgeRate(names[key], count, given[key]) for key, count in sorted(owed.items())]
    return [*rates, PledgeRate("", len(due), len(signed))]


def people_missing(kind: PledgeKind, year: int, today: date) -> list[tuple[Person, str]]:
    """Returns who owes a pledge and has not signed, with a post, by company and number."""
    day = day_of(year, today)
    signed = SignedPledge.objects.filter(kind=kind, year=year).values("person")
    people = Person.objects.filter(pk__in=people_due(kind, day)).exclude(pk__in=signed)
    terms = dict(PostTerm.objects.filter(in_force(day)).values_list("post", "name"))
    posts = {
        seat.person_id: terms.get(seat.post_id, "")
        for seat in Appointment.objects.filter(in_force(day), person__in=people)
    }
    rows = people.select_related("company").order_by("company__code", "number")
    return [(person, posts.get(person.pk, "")) for person in rows]


def year_of_training(year: int) -> YearOfTraining:
    """Returns what the trainings of a year came to."""
    seats = Attendance.objects.filter(training__held_on__year=year)
    return YearOfTraining(
        Training.objects.filter(held_on__year=year).count(),
        seats.values("person").distinct().count(),
        seats.count(),
    )
