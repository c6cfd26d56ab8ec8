"""A single paper: a Django template laid out by WeasyPrint."""

import threading
from collections.abc import Mapping
from io import BytesIO

from django.template.exceptions import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import translation
from weasyprint import CSS, HTML, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from office.pdf.fetching import OWN_HOST, OwnFilesOnly
from office.pdf.wording import printable

HOUSE_STYLE = "office/_print.css"


class ForbiddenAddress(ValueError):
    """A paper asked for something that is neither inline data nor one of our static files."""


class _Press(threading.local):
    """Fonts and parsed styles of one thread: Pango's font map may not be shared between threads."""

    def __init__(self) -> None:
        self.fonts = FontConfiguration()
        self.fetcher = OwnFilesOnly()
        self._styles: dict[str, CSS] = {}

    def style(self, source: str) -> CSS:
        if source not in self._styles:
            self._styles[source] = CSS(
                string=source, base_url=OWN_HOST, url_fetcher=self.fetcher, font_config=self.fonts
            )
        return self._styles[source]


_press = _Press()


def render_pdf(template: str, context: Mapping[str, object], *, language: str = "zh-hans") -> bytes:
    """Returns the paper as PDF; the same context gives the same bytes.

    Title, author and date come from the template's <head>.
    """
    return pdf_bytes(lay_out(read_html(template, context, language=language), template))


def read_html(template: str, context: Mapping[str, object], *, language: str) -> HTML:
    """Returns the rendered template, parsed but not laid out."""
    with translation.override(language):
        text = get_template(template).render(dict(context))
    return HTML(string=printable(text), base_url=OWN_HOST, url_fetcher=_press.fetcher)


def lay_out(html: HTML, template: str) -> Document:
    """Lays out the pages of a paper, styled by the house's `_print.css` and then its app's."""
    app, slash, _path = template.partition("/")
    names = (HOUSE_STYLE, f"{app}/_print.css") if slash else (HOUSE_STYLE,)
    sheets = [_press.style(source) for name in names if (source := _source(name))]
    try:
        return html.render(font_config=_press.fonts, stylesheets=sheets)
    except FatalURLFetchingError as refused:
        raise ForbiddenAddress(str(refused)) from refused


def pdf_bytes(document: Document) -> bytes:
    out = BytesIO()
    document.write_pdf(out)
    return out.getvalue()


def _source(name: str) -> str:
    try:
        return get_template(name).render()
    except TemplateDoesNotExist:
        return ""
