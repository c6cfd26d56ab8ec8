"""Keys are pure: what is sealed opens with its own key only, and says little by its length."""

import pytest

from whistleblowing.keys.sealing import (
    Cost,
    KeyPair,
    WrongKey,
    derive_key,
    lock,
    new_key_pair,
    open_record,
    open_sealed,
    seal,
    seal_record,
    unlock,
)
from whistleblowing.keys.shares import Share, combine, split

CHEAP = Cost(1, 8192)


def test_what_is_sealed_opens_with_its_own_private_key_only() -> None:
    pair, other = new_key_pair(), new_key_pair()
    sealed = seal(pair.public, "回扣".encode())
    assert open_sealed(pair.private, sealed).decode() == "回扣"
    with pytest.raises(WrongKey):
        open_sealed(other.private, sealed)
    with pytest.raises(WrongKey):
        open_sealed(pair.private, sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_what_is_locked_opens_with_its_own_key_only() -> None:
    key = derive_key("seven warm rooms", b"s" * 16, CHEAP)
    assert unlock(key, lock(key, b"private")) == b"private"
    with pytest.raises(WrongKey):
        unlock(derive_key("seven warm room", b"s" * 16, CHEAP), lock(key, b"private"))


def test_a_key_pair_of_a_seed_is_the_same_each_time() -> None:
    seed = derive_key("1234567890123456", b"s" * 16, CHEAP)
    assert KeyPair.of_seed(seed) == KeyPair.of_seed(seed)
    assert KeyPair.of_seed(seed) != KeyPair.of_seed(
        derive_key("1234567890123457", b"s" * 16, CHEAP)
    )


def test_short_records_are_all_of_one_length() -> None:
    pair = new_key_pair()
    lengths = {len(seal_record(pair.public, {"text": "回" * size})) for size in (0, 1, 50, 150)}
    assert len(lengths) == 1
    record = {"text": "李四😀𬭎", "files": ["a"]}
    assert open_record(pair.private, seal_record(pair.public, record)) == record


@pytest.mark.parametrize("count", [2, 3, 7])
def test_any_two_shares_give_the_secret_back(count: int) -> None:
    secret = bytes(range(0, 256, 8))
    shares = split(secret, count)
    for first in shares:
        for second in shares:
            if first != second:
                assert combine([first, second]) == secret


def test_one_share_gives_nothing_and_a_foreign_one_something_else() -> None:
    secret = b"p" * 32
    first, second = split(secret, 2)
    assert secret not in (first.points, second.points)
    for shares in ([first], [first, first], [first, second, Share(3, first.points)]):
        with pytest.raises(ValueError, match="two different shares"):
            combine(shares)
    assert combine([first, Share(2, b"x" * 32)]) != secret
    with pytest.raises(ValueError, match="2 to 255"):
        split(secret, 1)
