"""The API under `/api/v1/`: the apps' addresses, its description as data and as a page, and a 404
for all others.
"""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.views import APIView

from heating.api_page import api_page


class UnknownAddressView(APIView):
    authentication_classes = []
    permission_classes = []
    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        raise NotFound


class SchemaView(SpectacularJSONAPIView):
    authentication_classes = []
    permission_classes = []


urlpatterns = [
    path("", include("customers.sign_in.api.urls")),
    path("", include("billing.portal.api.urls")),
    path("", include("complaints.api_urls")),
    path("", include("suppliers.api_urls")),
    path("schema", SchemaView.as_view(), name="schema"),
    path("docs", api_page, name="api_page"),
    re_path("", UnknownAddressView.as_view()),
]
