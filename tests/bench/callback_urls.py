"""Our site's addresses with a bare view beside them."""

import os

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from billing.models import ProviderEvent
from tests.clock import present


@csrf_exempt
def bare(request: HttpRequest) -> HttpResponse:
    """Verifies nothing and inserts one row."""
    ProviderEvent.objects.create(
        provider="bare",
        event_id=os.urandom(16).hex(),
        event_type="bare",
        headers={},
        body=request.body,
        received_at=present(),
    )
    return HttpResponse(status=204)


urlpatterns = [path("bare", bare), path("", include("heating.urls"))]
