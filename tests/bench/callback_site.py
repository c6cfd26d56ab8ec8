"""Our settings with a bare view beside the site, on the database of the bench that starts it."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

ROOT_URLCONF = "tests.bench.callback_urls"
DATABASES["default"] |= {"NAME": os.environ["BENCH_DATABASE"], "CONN_MAX_AGE": 60}
