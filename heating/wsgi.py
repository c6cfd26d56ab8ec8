"""The WSGI entry point of the web server."""

import gc
import os

from django.core.checks import Error, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from heating.embedded.attached import attach_until_exit
from office.locks.lock_waits import bound_waits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heating.settings")

attach_until_exit()
bound_waits()
application = get_wsgi_application()

# manage.py and the worker run the checks themselves; gunicorn does not.
if unsafe := [message for message in run_checks() if isinstance(message, Error)]:
    raise ImproperlyConfigured("\n".join(str(message) for message in unsafe))

# The objects loaded by now live as long as the process. Without freezing them, each full garbage
# collection scanned them again and stopped a page for 150 to 500 ms.
gc.collect()
gc.freeze()
