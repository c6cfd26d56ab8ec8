"""The limit of requests per network address, for public pages outside the API."""

from django.http import HttpRequest
from rest_framework.throttling import SimpleRateThrottle


class PerAddress(SimpleRateThrottle):
    """Counts the requests of one address; a subclass names the `scope` whose rate applies."""

    def get_cache_key(self, request: HttpRequest, view: object) -> str:
        """Returns the cache key under which the requests of this address are counted."""
        return self.cache_format % {
            "scope": self.scope,
            "ident": self.get_ident(request),  # type: ignore[arg-type]
        }
