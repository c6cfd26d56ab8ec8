"""Which flats are measured: drawn by lot, the same lot for everybody who draws it again.

Pure. Every flat belongs to a layer: its heat station, and where in the building it lies. The sample
is shared among the layers by their sizes, the seed saying which way each share is rounded, and
within a layer those flats are taken whose digest of seed and account number is smallest. So every
flat has the same chance, however few are drawn. Nobody can pick, anybody can check.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

_DOOR = re.compile(r"\d{3,5}")


class Position(StrEnum):
    """Where cold is felt first: under the roof and above the ground."""

    BOTTOM = "bottom"
    MIDDLE = "middle"
    TOP = "top"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Flat:
    """An account in scope, with what places it in a layer."""

    account: int
    number: str
    station: str
    building: int
    room: str


@dataclass(frozen=True)
class Drawn:
    """A flat that was drawn, with its layer and the digest it was drawn by."""

    flat: Flat
    position: Position
    digest: str


@dataclass(frozen=True)
class Layer:
    """How many of a layer's flats were drawn."""

    station: str
    position: Position
    flats: int
    drawn: int


def floor_of(room: str) -> int | None:
    """The floor of a room number such as 1203 or 302; None where it does not tell."""
    found = _DOOR.fullmatch(room.strip())
    return int(room.strip()[:-2]) if found and int(room.strip()[:-2]) > 0 else None


def positions(flats: Iterable[Flat]) -> dict[int, Position]:
    """Where each account lies in its building, by the highest floor known there."""
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
    """By which an account's lot falls."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def share_out(
    sizes: Mapping[tuple[str, str], int], wanted: int, seed: str
) -> dict[tuple[str, str], int]:
    """`wanted` among layers by their sizes, each share rounded up or down by one common lot."""
    total = sum(sizes.values())
    wanted = min(wanted, total)
    # Systematic sampling: all flats in a row, and a tick at every total/wanted of them.
    seen, ticks = 0, 0
    start = int(digest_of(seed, "layers"), 16) % max(total, 1)
    shares = {}
    for layer in sorted(sizes):
        seen += sizes[layer]
        before, ticks = ticks, (wanted * seen + start) // max(total, 1)
        shares[layer] = ticks - before
    return shares


def draw(flats: Sequence[Flat], wanted: int, seed: str) -> tuple[list[Drawn], list[Layer]]:
    """The flats to be measured in the order of their lots, and how the layers shared them."""
    lying = positions(flats)
    layers: dict[tuple[str, str], list[Flat]] = {}
    for flat in flats:
        layers.setdefault((flat.station, lying[flat.account].value), []).append(flat)
    shares = share_out({layer: len(rows) for layer, rows in layers.items()}, wanted, seed)
    drawn, told = [], []
    for (station, place), rows in sorted(layers.items()):
        lots = sorted((digest_of(seed, flat.number), flat.number, flat) for flat in rows)
        taken = lots[: shares[station, place]]
        drawn += [Drawn(flat, Position(place), digest) for digest, _number, flat in taken]
        told.append(Layer(station, Position(place), len(rows), len(taken)))
    return drawn, told


def scope_digest(flats: Iterable[Flat]) -> str:
    """One sha256 over everything the draw depended on, but for seed and size."""
    whole = hashlib.sha256()
    for flat in sorted(flats, key=lambda flat: flat.number):
        whole.update(f"{flat.number}|{flat.station}|{flat.building}|{flat.room}\n".encode())
    return whole.hexdigest()
