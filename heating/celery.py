"""The Celery app, which finds every app's tasks and reads the CELERY_ settings."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heating.settings")

app = Celery("heating")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
