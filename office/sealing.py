"""Personal data at rest: encrypted with AES-256-GCM, searched by a keyed digest."""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = "v1"


@lru_cache(maxsize=8)
def _key(key_id: str, use: str) -> bytes:
    secret: str = settings.SEALING_KEYS[key_id]
    return hashlib.sha256(f"{use}:{secret}".encode()).digest()


@lru_cache(maxsize=8)
def _box(key_id: str) -> AESGCM:
    return AESGCM(_key(key_id, "seal"))


def seal(text: str, purpose: str) -> str:
    """Encrypts `text` for one purpose ('customers.id_number'); another purpose cannot decrypt
    it.
    """
    key_id: str = settings.SEALING_KEY_ID
    nonce = os.urandom(12)
    sealed = _box(key_id).encrypt(nonce, text.encode(), purpose.encode())
    return f"{_VERSION}|{key_id}|{base64.b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, purpose: str) -> str:
    """Decrypts what `seal` made; raises `cryptography.exceptions.InvalidTag` when it was
    altered.
    """
    version, key_id, body = sealed.split("|")
    if version != _VERSION:
        raise ValueError(f"unknown seal {version}")
    raw = base64.b64decode(body)
    return _box(key_id).decrypt(raw[:12], raw[12:], purpose.encode()).decode()


def digest(text: str, purpose: str) -> str:
    """Returns a keyed digest for exact search and uniqueness, 32 hex digits."""
    key = _key(settings.SEALING_DIGEST_KEY_ID, "digest")
    return hmac.digest(key, f"{purpose}:{text}".encode(), "sha256").hex()[:32]
