"""Open keys between two requests: the table has the locked key, the browser's cookie its key.

A copy of the table, of every setting and of the code opens nothing; a stolen cookie opens nothing
without the table. Rows end by time and when the person leaves.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from nacl.utils import random

from whistleblowing.keys.sealing import KEY_BYTES, WrongKey, lock, unlock
from whistleblowing.models import Officer, OpenKey

# An officer's key closes after so long without a request, a reporter's too.
OPEN_FOR = timedelta(minutes=30)
_NAME_BYTES = 16


def keep_open(private_key: bytes, *, officer: Officer | None, session: str, at: datetime) -> str:
    """Stores a private key locked and returns the token for the cookie, the only key to it.

    A step of unlocking; the table is emptied of what has expired on the way.
    """
    OpenKey.objects.filter(expires_at__lte=at).delete()
    name, key = random(_NAME_BYTES), random(KEY_BYTES)
    OpenKey.objects.create(
        token_digest=_digest(name),
        officer=officer,
        locked_private_key=lock(key, private_key),
        session_digest=_session_digest(session),
        expires_at=at + OPEN_FOR,
    )
    return (name + key).hex()


def find_open(token: str, *, officer: Officer | None, session: str, at: datetime) -> bytes | None:
    """Returns the private key that a cookie's token opens, and keeps it open for longer.

    None for expired, foreign and invented tokens, and for another sign-in's.
    """
    parts = _parts(token)
    if parts is None:
        return None
    name, key = parts
    row = OpenKey.objects.filter(
        token_digest=_digest(name), officer=officer, expires_at__gt=at
    ).first()
    if row is None or not secrets.compare_digest(row.session_digest, _session_digest(session)):
        return None
    try:
        private_key = unlock(key, bytes(row.locked_private_key))
    except WrongKey:
        return None
    OpenKey.objects.filter(pk=row.pk).update(expires_at=at + OPEN_FOR)
    return private_key


def close_token(token: str) -> None:
    """Deletes the open key of a cookie's token, if there is one. A step of leaving."""
    if parts := _parts(token):
        OpenKey.objects.filter(token_digest=_digest(parts[0])).delete()


def close_all_of(officer: Officer) -> None:
    """Deletes every open key of an officer. A step of what changes the officer's key or duty."""
    OpenKey.objects.filter(officer=officer).delete()


def _parts(token: str) -> tuple[bytes, bytes] | None:
    try:
        whole = bytes.fromhex(token)
    except ValueError:
        return None
    if len(whole) != _NAME_BYTES + KEY_BYTES:
        return None
    return whole[:_NAME_BYTES], whole[_NAME_BYTES:]


def _digest(name: bytes) -> str:
    return hashlib.blake2b(name, digest_size=32).hexdigest()


def _session_digest(session: str) -> str:
    return hashlib.blake2b(session.encode(), digest_size=32).hexdigest() if session else ""
