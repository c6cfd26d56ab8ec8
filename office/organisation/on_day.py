"""The organisation as it was on a day, read from the dated tables."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from office.models import Appointment, Department, Person, PostTerm
from office.organisation.chart import Chart, DepartmentOnDay, PostOnDay, Seat


def in_force(day: date) -> Q:
    """Returns the condition of the rows that are in force on a day; both ends are included."""
    return Q(first_day__lte=day) & (Q(last_day__isnull=True) | Q(last_day__gte=day))


def chart_on(day: date) -> Chart:
    """Returns the chart of the whole group on a day; three statements."""
    return Chart(
        departments={
            row["pk"]: DepartmentOnDay(row["pk"], row["company"], row["name"], row["parent"])
            for row in Department.objects.filter(in_force(day)).values(
                "pk", "company", "name", "parent"
            )
        },
        posts={
            row["post"]: PostOnDay(
                row["post"],
                row["post__code"],
                row["name"],
                row["post__company"],
                row["department"],
                row["rank"],
                row["superior"],
            )
            for row in PostTerm.objects.filter(in_force(day)).values(
                *("post", "post__code", "name", "post__company"),
                *("department", "rank", "superior"),
            )
        },
        seats=[
            Seat(person, post)
            for person, post in Appointment.objects.filter(in_force(day))
            .order_by("first_day", "pk")
            .values_list("person", "post")
        ],
    )


def superiors(person: Person, *, on: date) -> list[Person]:
    """Returns the people who led a person directly on that day."""
    return people_of(chart_on(on).superiors(person.pk))


def chain_of_command(person: Person, *, on: date) -> list[Person]:
    """Returns everybody above a person on that day, the nearest first."""
    return people_of(chart_on(on).chain_of_command(person.pk))


def colleagues(person: Person, *, on: date) -> list[Person]:
    """Returns the others of a person's department on that day, with all of its parts."""
    return people_of(chart_on(on).colleagues(person.pk))


def people_of(keys: Iterable[Any]) -> list[Person]:
    """Returns the people in the order of their keys."""
    wanted = list(keys)
    people = Person.objects.in_bulk(wanted)
    return [people[key] for key in wanted if key in people]
