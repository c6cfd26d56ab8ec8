"""The organisation chart of one day: who leads whom, and who sits in which department.

It is pure: people, posts, departments and companies are keys. `on_day` builds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class DepartmentOnDay:
    """A department with the one above it; None for a department right below the company."""

    key: int
    company: int
    name: str
    parent: int | None = None


@dataclass(frozen=True)
class PostOnDay:
    """A post: its department, its rank (1 is the highest) and the post that leads it."""

    key: int
    code: str
    name: str
    company: int
    department: int
    rank: int
    superior: int | None = None


@dataclass(frozen=True)
class Seat:
    """A person on a post."""

    person: int
    post: int


@dataclass(frozen=True)
class Chart:
    """The organisation on one day."""

    departments: Mapping[int, DepartmentOnDay]
    posts: Mapping[int, PostOnDay]
    seats: Sequence[Seat]

    @cached_property
    def _posts_by_person(self) -> dict[int, list[PostOnDay]]:
        posts: dict[int, list[PostOnDay]] = {}
        for seat in self.seats:
            if seat.post in self.posts:
                posts.setdefault(seat.person, []).append(self.posts[seat.post])
        return posts

    @cached_property
    def _people_by_post(self) -> dict[int, list[int]]:
        people: dict[int, list[int]] = {}
        for seat in self.seats:
            people.setdefault(seat.post, []).append(seat.person)
        return people

    def posts_of(self, person: int) -> Sequence[PostOnDay]:
        """Returns the posts of a person; none for a person who is on no post that day."""
        return self._posts_by_person.get(person, ())

    def holders_of(self, post: int) -> Sequence[int]:
        """Returns the people on a post; none while it is vacant."""
        return self._people_by_post.get(post, ())

    def rank_of(self, person: int) -> int | None:
        """Returns the highest rank among a person's posts; None without a post."""
        return min((post.rank for post in self.posts_of(person)), default=None)

    def posts_above(self, post: PostOnDay) -> Iterator[PostOnDay]:
        """Yields the posts that lead this one, the nearest first; a circle ends where it closes."""
        passed = {post.key}
        key = post.superior
        while key is not None and key not in passed and key in self.posts:
            passed.add(key)
            yield self.posts[key]
            key = self.posts[key].superior

    def superiors(self, person: int) -> list[int]:
        """Returns the people who lead a person directly; above a vacant post, those of the next."""
        leaders: list[int] = []
        for post in self.posts_of(person):
            for above in self.posts_above(post):
                others = [holder for holder in self.holders_of(above.key) if holder != person]
                if others:
                    leaders += others
                    break
        return list(dict.fromkeys(leaders))

    def chain_of_command(self, person: int) -> list[int]:
        """Returns everybody above a person, the nearest first, by all of the person's posts."""
        leaders = [
            holder
            for post in self.posts_of(person)
            for above in self.posts_above(post)
            for holder in self.holders_of(above.key)
            if holder != person
        ]
        return list(dict.fromkeys(leaders))

    def root_of(self, department: int) -> int:
        """Returns the department right below the company to which a department belongs."""
        key, passed = department, {department}
        while (above := self.departments[key].parent) is not None and above in self.departments:
            if above in passed:
                break
            passed.add(above)
            key = above
        return key

    def roots_of(self, person: int) -> frozenset[int]:
        """Returns the departments right below their companies in which a person has a post."""
        return frozenset(self.root_of(post.department) for post in self.posts_of(person))

    def people_below(self, root: int) -> list[int]:
        """Returns everybody with a post in a department or in one of its parts."""
        return [
            person
            for person, posts in self._posts_by_person.items()
            if any(self.root_of(post.department) == root for post in posts)
        ]

    def colleagues(self, person: int) -> list[int]:
        """Returns the others of a person's department as a whole, with all of its parts."""
        roots = self.roots_of(person)
        return [
            other
            for other in self._posts_by_person
            if other != person and not roots.isdisjoint(self.roots_of(other))
        ]
