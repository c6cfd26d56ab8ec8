"""The draw of flats for a spot check: a lottery that everybody can repeat with the same result.

The rules are pure. Every flat belongs to a layer: its heat station, and its position in the
building. The sample is divided among the layers by their sizes; the seed decides which way each
share is rounded. Within a layer the flats with the smallest digests of seed and account number are
drawn. So every flat has the same chance, however few are drawn; nobody can choose, and anybody can
check.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

_DOOR = re.compile(r"\d{3,5}")


class Position(StrEnum):
    """The position in the building; flats under the roof and above the ground cool first."""

    BOTTOM = "bottom"
    MIDDLE = "middle"
    TOP = "top"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Flat:
    """An account in scope, with the data that determine its layer."""

    account: int
    number: str
    station: str
    building: int
    room: str


@dataclass(frozen=True)
class Drawn:
    """A drawn flat, with its layer and the digest that decided the draw."""

    flat: Flat
    position: Position
    digest: str


@dataclass(frozen=True)
class Layer:
    """The size of a layer and how many of its flats were drawn."""

    station: str
    position: Position
    flats: int
    drawn: int


def floor_of(room: str) -> int | None:
    """Returns the floor of a room number such as 1203 or 302; None if the number shows none."""
    number = room.strip()
    if _DOOR.fullmatch(number) is None:
        return None
    floor = int(number[:-2])
    return floor if floor > 0 else None


def positions(flats: Iterable[Flat]) -> dict[int, Position]:
    """Returns the position of each account, by the highest floor on file for its building."""
    floors = {flat.account: (flat.building, floor_of(flat.room)) for flat in flats}
    roofs: dict[int, int] = {}
    for building, floor in floors.values():
        if floor is not None:
            roofs[building] = max(floor, roofs.get(building, 0))
    return {
        account: _position(floor, roofs.get(building))
        for account, (building, floor) in floors.items()
    }


def _position(floor: int | None, roof: int | None) -> Position:
    if floor is None:
        return Position.UNKNOWN
    if floor == 1:
        return Position.BOTTOM
    return Position.TOP if floor == roof else Position.MIDDLE


def digest_of(seed: str, number: str) -> str:
    """Returns the digest that decides whether an account is drawn."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def share_out(
    sizes: Mapping[tuple[str, str], int], size: int, seed: str
) -> dict[tuple[str, str], int]:
    """Divides a sample of `size` flats among the layers, in proportion to their sizes.

    One random number, which follows from the seed, decides the rounding of all shares.
    """
    total = sum(sizes.values())
    size = min(size, total)
    # Systematic sampling: all flats lie in a row, layer after layer, and every (total/size)-th is
    # marked; a layer draws as many flats as it has marks.
    seen, ticks = 0, 0
    start = int(digest_of(seed, "layers"), 16) % max(total, 1)
    shares = {}
    for layer in sorted(sizes):
        seen += sizes[layer]
        before, ticks = ticks, (size * seen + start) // max(total, 1)
        shares[layer] = ticks - before
    return shares


def draw(flats: Sequence[Flat], size: int, seed: str) -> tuple[list[Drawn], list[Layer]]:
    """Returns the flats to be measured, by ascending digest, and how the sample was divided."""
    position_of = positions(flats)
    layers: dict[tuple[str, str], list[Flat]] = {}
    for flat in flats:
        layers.setdefault((flat.station, position_of[flat.account].value), []).append(flat)
    shares = share_out({layer: len(rows) for layer, rows in layers.items()}, size, seed)
    drawn, division = [], []
    for (station, place), rows in sorted(layers.items()):
        candidates = sorted((digest_of(seed, flat.number), flat.number, flat) for flat in rows)
        sampled = candidates[: shares[station, place]]
        drawn += [Drawn(flat, Position(place), digest) for digest, _number, flat in sampled]
        division.append(Layer(station, Position(place), len(rows), len(sampled)))
    return drawn, division


def scope_digest(flats: Iterable[Flat]) -> str:
    """Returns one SHA-256 over everything the draw depends on, except seed and size."""
    whole = hashlib.sha256()
    for flat in sorted(flats, key=lambda flat: flat.number):
        whole.update(f"{flat.number}|{flat.station}|{flat.building}|{flat.room}\n".encode())
    return whole.hexdigest()
