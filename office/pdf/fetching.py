"""The addresses from which a paper may load: `data:` addresses and our own static files."""

from mimetypes import guess_type
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from weasyprint.urls import URLFetcher, URLFetcherResponse

# Relative addresses in a template resolve against this name, which never reaches a network.
OWN_HOST = "http://paper.invalid/"


class OwnFilesOnly(URLFetcher):
    """Refuses every other address, so that no paper makes the server read or call elsewhere."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url.startswith(OWN_HOST):
            return _static_file(url)
        return super().fetch(url, headers)


def _static_file(url: str) -> URLFetcherResponse:
    path = unquote(urlsplit(url).path)
    prefix = "/" + settings.STATIC_URL.strip("/") + "/"
    file = finders.find(path.removeprefix(prefix)) if path.startswith(prefix) else None
    if not isinstance(file, str):
        raise ValueError(f"Not one of our static files: {url}")
    content_type = guess_type(file)[0] or "application/octet-stream"
    return URLFetcherResponse(url, Path(file).read_bytes(), {"Content-Type": content_type})
