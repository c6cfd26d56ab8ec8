"""What a paper may draw in: data: addresses and our own static files, nothing else."""

from mimetypes import guess_type
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from weasyprint.urls import URLFetcher, URLFetcherResponse

# Relative addresses in a template resolve against this name, which never reaches a network.
OWN_HOST = "http://paper.invalid/"


class OwnFilesOnly(URLFetcher):
    """Refuse addresses that make the server read or call elsewhere; that stops the paper."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url.startswith(OWN_HOST):
            return _static_file(url)
        return super().fetch(url, headers)


def _static_file(url: str) -> URLFetcherResponse:
    path = unquote(urlsplit(url).path)
    prefix = "/" + settings.STATIC_URL.strip("/") + "/"
    found = finders.find(path.removeprefix(prefix)) if path.startswith(prefix) else None
    if not isinstance(found, str):
        raise ValueError(f"Not one of our static files: {url}")
    content_type = guess_type(found)[0] or "application/octet-stream"
    return URLFetcherResponse(url, Path(found).read_bytes(), {"Content-Type": content_type})
