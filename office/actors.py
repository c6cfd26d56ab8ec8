"""Actors: the member of staff, customer, other system or background job that carries something
out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from office.models import User


class ActorKind(StrEnum):
    STAFF = "staff"
    CUSTOMER = "customer"
    MACHINE = "machine"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """The person or program in whose name an operation runs, and the address it came from."""

    kind: ActorKind
    label: str
    user: User | None = None
    origin: str = ""

    @classmethod
    def staff(cls, user: User, *, origin: str = "") -> Actor:
        return cls(ActorKind.STAFF, user.get_username(), user, origin)

    @classmethod
    def customer(cls, label: str, *, origin: str = "") -> Actor:
        return cls(ActorKind.CUSTOMER, label, None, origin)

    @classmethod
    def machine(cls, label: str, *, origin: str = "") -> Actor:
        return cls(ActorKind.MACHINE, label, None, origin)

    @classmethod
    def system(cls, label: str) -> Actor:
        return cls(ActorKind.SYSTEM, label)
