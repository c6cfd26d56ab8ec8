"""The embedded servers this checkout brings itself, attached to the running process."""

import atexit
import os
import sys

from heating.embedded.postgres import development_postgres
from heating.embedded.redis import development_redis
from heating.embedded.server import EmbeddedServer, ServerFailed


def servers() -> list[EmbeddedServer]:
    """The servers this checkout must bring itself: those the environment names no other for."""
    wanted: list[EmbeddedServer] = []
    if not os.environ.get("DATABASE_URL"):
        wanted.append(development_postgres())
    if not os.environ.get("CELERY_BROKER_URL"):
        wanted.append(development_redis())
    return wanted


def attach_until_exit() -> None:
    """Have the checkout's own servers running for the rest of this process."""
    try:
        for server in servers():
            server.attach()
            atexit.register(server.detach)
    except ServerFailed as failure:
        sys.exit(str(failure))
