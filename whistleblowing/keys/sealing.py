"""Sealing and locking: the few things this app does with NaCl, under the app's own names. Pure.

To seal is to encrypt to a public key (a sealed box: the writer cannot read it again); to lock is to
encrypt with a secret key (a secret box).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from nacl import exceptions, pwhash, utils
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

from office.refusals import NotAllowed

KEY_BYTES = 32
# Records are padded to a multiple of this, so that their length says little about their content.
PADDING = 512


class WrongKey(NotAllowed):
    """The key does not open what it was tried on."""

    def __init__(self) -> None:
        super().__init__(_("这把密钥打不开这份内容。"))


@dataclass(frozen=True)
class KeyPair:
    """A public key, to which anybody may seal, and the private key that alone opens it."""

    public: bytes
    private: bytes

    @classmethod
    def of_seed(cls, seed: bytes) -> "KeyPair":
        """Returns the key pair whose private half is the seed of 32 bytes."""
        private = PrivateKey(seed)
        return cls(bytes(private.public_key), bytes(private))


@dataclass(frozen=True)
class Cost:
    """What deriving a key by Argon2id costs: passes over the memory, and bytes of memory."""

    operations: int
    memory: int


def new_key_pair() -> KeyPair:
    """Returns a key pair made of random bytes."""
    return KeyPair.of_seed(utils.random(KEY_BYTES))


def new_salt() -> bytes:
    """Returns a random salt for `derive_key`."""
    return utils.random(pwhash.argon2id.SALTBYTES)


def derive_key(secret: str, salt: bytes, cost: Cost) -> bytes:
    """Returns the 32 bytes that Argon2id makes of a passphrase or receipt."""
    return pwhash.argon2id.kdf(
        KEY_BYTES, secret.encode(), salt, opslimit=cost.operations, memlimit=cost.memory
    )


def seal(public_key: bytes, clear: bytes) -> bytes:
    """Returns the bytes encrypted so that only the private key opens them."""
    return SealedBox(PublicKey(public_key)).encrypt(clear)


def open_sealed(private_key: bytes, sealed: bytes) -> bytes:
    """Returns what was sealed; raises WrongKey for another key or changed bytes."""
    return opener(private_key)(sealed)


def opener(private_key: bytes) -> Callable[[bytes], bytes]:
    """Returns a function that opens what was sealed to the key, and raises WrongKey.

    For many boxes: the key's public half is derived once.
    """
    try:
        box = SealedBox(PrivateKey(private_key))
    except (exceptions.CryptoError, ValueError):
        raise WrongKey from None

    def open_box(sealed: bytes) -> bytes:
        try:
            return box.decrypt(sealed)
        except (exceptions.CryptoError, ValueError):
            raise WrongKey from None

    return open_box


def lock(key: bytes, clear: bytes) -> bytes:
    """Returns the bytes encrypted with a secret key of 32 bytes."""
    return bytes(SecretBox(key).encrypt(clear))


def unlock(key: bytes, locked: bytes) -> bytes:
    """Returns what was locked; raises WrongKey for another key or changed bytes."""
    try:
        return SecretBox(key).decrypt(locked)
    except (exceptions.CryptoError, ValueError):
        raise WrongKey from None


def seal_record(public_key: bytes, record: Mapping[str, Any]) -> bytes:
    """Returns a JSON record sealed, padded to a multiple of `PADDING` bytes."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
    # Spaces after a JSON document mean nothing, so that reading needs no length.
    return seal(public_key, text + b" " * (-len(text) % PADDING))


def open_record(private_key: bytes, sealed: bytes) -> dict[str, Any]:
    """Returns the record that `seal_record` sealed; raises WrongKey."""
    record: dict[str, Any] = json.loads(open_sealed(private_key, sealed))
    return record
