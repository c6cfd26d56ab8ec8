"""Our site with a bare view beside it, on the database of the bench that starts it."""

import os

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

ROOT_URLCONF = "tests.bench.callback_site"
DATABASES["default"] |= {"NAME": os.environ["BENCH_DATABASE"], "CONN_MAX_AGE": 60}
DEBUG = False


@csrf_exempt
def bare(request: HttpRequest) -> HttpResponse:
    """Verifies nothing and inserts one row."""
    from django.utils import timezone

    from billing.models import ProviderEvent

    ProviderEvent.objects.create(
        provider="bare",
        event_id=os.urandom(16).hex(),
        event_type="bare",
        headers={},
        body=request.body,
        received_at=timezone.now(),
    )
    return HttpResponse(status=204)


urlpatterns = [path("bare", bare), path("", include("heating.urls"))]
