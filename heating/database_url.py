"""Reads DATABASE_URL, the only setting that names the PostgreSQL server."""

from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

_POSTGRESQL = "django.db.backends.postgresql"


def parse(url: str) -> dict[str, Any]:
    """Returns Django's settings for postgresql://user:password@host:port/name?sslmode=verify-full.

    A unix socket is given as its percent-encoded directory in the place of the host.
    Raises ImproperlyConfigured for any other database.
    """
    try:
        settings = dj_database_url.parse(url)
    except ValueError as fault:
        raise ImproperlyConfigured(f"DATABASE_URL: {fault}") from None
    if settings["ENGINE"] != _POSTGRESQL:
        scheme = url.partition(":")[0]
        raise ImproperlyConfigured(f"DATABASE_URL must begin with postgresql://, not {scheme}://")
    return {**settings}
