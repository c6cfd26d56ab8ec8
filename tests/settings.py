"""The settings of a test run: the real ones, with a database and a disk of the tests' own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from heating import settings as real
from heating.embedded.postgres import test_postgres
from heating.settings import *  # noqa: F403

DATABASES = {"default": {**real.DATABASES["default"], "CONN_MAX_AGE": 0}}
# Two test runs at the same time do not meet; the workers of one run add their own number.
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:8]
DATABASES["default"]["TEST"] = {"NAME": f"test_heating_{RUN}"}
if not real.DATABASE_URL:
    DATABASES["default"] |= test_postgres().django_settings()

PRODUCTION = False
STAFF_TWO_FACTORS = False
# Counts of statements must not hang on how long a test takes: nothing is counted anew inside one.
SIDEBAR_SECONDS = 3600
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Every client of a test makes the middleware anew: it looks a file up when one is asked for, and
# does not list all of them first.
WHITENOISE_AUTOREFRESH = True
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}

# The cheapest that there is; a test asserts that the real one is dear.
WHISTLEBLOWING_ARGON2 = (1, 8192)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="heating-tests-"))
atexit.register(shutil.rmtree, MEDIA_ROOT, ignore_errors=True)
