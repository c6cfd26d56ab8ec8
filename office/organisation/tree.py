"""The tree of one company's departments with their posts and people, as the page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from office.models import Company, Person, Rank
from office.organisation.chart import Chart, PostOnDay
from office.organisation.on_day import chart_on


@dataclass(frozen=True)
class PostBox:
    """A post with its people; `superior` is the code of the post that leads it."""

    code: str
    name: str
    rank: str
    superior: str
    people: list[Person]


@dataclass(frozen=True)
class DepartmentBox:
    """A department with its posts, the highest rank first, and its parts."""

    name: str
    posts: list[PostBox]
    parts: list["DepartmentBox"]


def tree_of(company: Company, day: date) -> list[DepartmentBox]:
    """Returns the departments right below the company on a day; four statements."""
    chart = chart_on(day)
    seated = {seat.person for seat in chart.seats}
    people = Person.objects.in_bulk(seated)
    posts: dict[int, list[PostBox]] = {}
    for post in sorted(chart.posts.values(), key=lambda post: (post.rank, post.code)):
        posts.setdefault(post.department, []).append(_box(post, chart, people))
    parts: dict[int | None, list[int]] = {}
    for department in chart.departments.values():
        if department.company == company.pk:
            parts.setdefault(department.parent, []).append(department.key)
    return _boxes(parts.get(None, ()), chart, parts, posts)


def _boxes(
    keys: Iterable[int],
    chart: Chart,
    parts: dict[int | None, list[int]],
    posts: dict[int, list[PostBox]],
) -> list[DepartmentBox]:
    return [
        DepartmentBox(
            chart.departments[key].name,
            posts.get(key, []),
            _boxes(parts.get(key, ()), chart, parts, posts),
        )
        for key in keys
    ]


def _box(post: PostOnDay, chart: Chart, people: dict[int, Person]) -> PostBox:
    above = chart.posts.get(post.superior) if post.superior is not None else None
    return PostBox(
        post.code,
        post.name,
        str(Rank(post.rank).label),
        above.code if above else "",
        [people[key] for key in chart.holders_of(post.key) if key in people],
    )
