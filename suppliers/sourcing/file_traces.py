"""Author and template in the properties of a file, as far as its kind keeps them."""

import io
import zipfile
import zlib
from lzma import LZMAError

import pikepdf
from defusedxml import ElementTree

from office.intake.cells import clean_text
from suppliers.leads.bids import BidFile
from suppliers.sourcing.sealed_offers import OfferedFile

_AUTHOR = "{http://purl.org/dc/elements/1.1/}creator"
_EXTENDED = "{http://schemas.openxmlformats.org/officeDocument/2006/extended-properties}"
_LARGEST_PART = 1_000_000
_LONGEST = 120
# What the readers of zip archives and XML raise over damaged content, encrypted parts included.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    LZMAError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    ElementTree.ParseError,
)


def traces_of(file: OfferedFile) -> BidFile:
    """Returns the hash of a file with the author and template it names; both empty if unreadable.

    What a supplier sends may be of any kind and damaged: that is no reason to lose the offer.
    """
    author, template = "", ""
    if file.content.startswith(b"PK\x03\x04"):
        author, template = _of_office_file(file.content)
    elif file.content.startswith(b"%PDF-"):
        author, template = _of_pdf(file.content)
    return BidFile(file.sha256, _storable(author), _storable(template))


def _of_office_file(content: bytes) -> tuple[str, str]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except _UNREADABLE:
        return "", ""
    with archive:
        return (
            _text_of(archive, "docProps/core.xml", _AUTHOR),
            _text_of(archive, "docProps/app.xml", f"{_EXTENDED}Template"),
        )


def _text_of(archive: zipfile.ZipFile, part: str, tag: str) -> str:
    """Returns the text of a tag; a damaged part does not hide what another part says."""
    try:
        if archive.getinfo(part).file_size > _LARGEST_PART:
            return ""
        return ElementTree.fromstring(archive.read(part)).findtext(f".//{tag}") or ""
    except _UNREADABLE:
        return ""


def _of_pdf(content: bytes) -> tuple[str, str]:
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            return str(document.docinfo.get("/Author", "")), ""
    except (pikepdf.PdfError, RuntimeError, TypeError, ValueError):
        return "", ""


def _storable(text: str) -> str:
    """Returns what a column takes: a file may name NUL or half a character as its author."""
    return clean_text(text.encode(errors="ignore").decode())[:_LONGEST]
