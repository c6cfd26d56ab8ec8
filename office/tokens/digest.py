"""What is kept of a secret that opens something."""

import hashlib


def token_digest(token: str) -> str:
    """Returns the SHA-256 of a token as 64 hex digits; 256 random bits need no salt."""
    # A lone surrogate comes in with a made-up address; no token of ours holds one.
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
