"""Rate limits: per signed-in phone, or per address for requests without a sign-in."""

from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from customers.models import CustomerToken
from office.sealing import digest


class PerCustomer(ScopedRateThrottle):
    """The rate limit by the view's `throttle_scope`; its key in the cache contains no phone
    number.
    """

    def get_cache_key(self, request: Request, view: APIView) -> str:
        token = request.auth
        ident = (
            digest(token.phone, "customers.throttle")
            if isinstance(token, CustomerToken)
            else self.get_ident(request)
        )
        return self.cache_format % {"scope": self.scope, "ident": ident}
