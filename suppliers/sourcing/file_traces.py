"""Author and template in the properties of a file, as far as its kind keeps them."""

import io
import zipfile

import pikepdf
from defusedxml import ElementTree

from suppliers.leads.bids import BidFile
from suppliers.sourcing.sealed_offers import OfferedFile

_AUTHOR = "{http://purl.org/dc/elements/1.1/}creator"
_EXTENDED = "{http://schemas.openxmlformats.org/officeDocument/2006/extended-properties}"
_LARGEST_PART = 1_000_000
_LONGEST = 120


def traces_of(file: OfferedFile) -> BidFile:
    """Returns the hash of a file with the author and template it names; both empty if unreadable.

    What a supplier sends may be of any kind and damaged: that is no reason to lose the offer.
    """
    author, template = "", ""
    if file.content.startswith(b"PK\x03\x04"):
        author, template = _of_office_file(file.content)
    elif file.content.startswith(b"%PDF-"):
        author, template = _of_pdf(file.content)
    return BidFile(file.sha256, author[:_LONGEST], template[:_LONGEST])


def _of_office_file(content: bytes) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return (
                _text_of(archive, "docProps/core.xml", _AUTHOR),
                _text_of(archive, "docProps/app.xml", f"{_EXTENDED}Template"),
            )
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
        return "", ""


def _text_of(archive: zipfile.ZipFile, part: str, tag: str) -> str:
    if part not in archive.namelist() or archive.getinfo(part).file_size > _LARGEST_PART:
        return ""
    try:
        found_text = ElementTree.fromstring(archive.read(part)).findtext(f".//{tag}")
    except ElementTree.ParseError:
        return ""
    return (found_text or "").strip()


def _of_pdf(content: bytes) -> tuple[str, str]:
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            return str(document.docinfo.get("/Author", "")).strip(), ""
    except (pikepdf.PdfError, ValueError):
        return "", ""
