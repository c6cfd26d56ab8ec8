"""The opaque tokens customers sign in with."""

import hashlib


def token_digest(token: str) -> str:
    """What is kept of a token; 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
