"""Documents of Office and OpenDocument without authors. Runs in the child of `strip`.

They are archives of XML: properties are emptied, names of who wrote, changed or commented are
replaced by a dash, pictures lose what stands beside their pixels. What is of another kind inside
(macros, embedded objects) is not let through.
"""

import io
import re
import zipfile

from lxml import etree

from whistleblowing.previews.segments import without_chunks, without_segments

MOST_PARTS = 2_000
MOST_BYTES = 200 * 1024 * 1024
NOBODY = "-"
_EMPTY = {
    "docProps/core.xml": b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/'
    b'2006/metadata/core-properties"/>',
    "docProps/app.xml": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'extended-properties"/>',
    "docProps/custom.xml": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/'
    b'2006/custom-properties"/>',
    "meta.xml": b'<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:'
    b'1.0" office:version="1.3"/>',
}
# Attributes that name somebody, wherever they stand; by local name.
_NAMES = frozenset({"author", "initials", "userId", "userName", "providerId", "lastModifiedBy"})
# Attributes that do so in one element only: a table has a displayName of its own.
_NAMES_IN = {
    "person": frozenset({"displayName"}),
    "cmAuthor": frozenset({"name"}),
    "absPath": frozenset({"url"}),
}
_ELEMENTS = frozenset({"author", "creator", "initial-creator", "printed-by", "sender-initials"})
_RSID = re.compile("rsid", re.IGNORECASE)
_PRINTER = "printerSettings"
_PLAIN = ("mimetype", ".txt", ".emf", ".wmf", ".svg", ".ttf", ".odttf", ".fntdata")
# A fixed moment: an archive keeps when each part was written.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def strip_office(content: bytes) -> bytes:
    """Returns the document; raises ValueError where it has parts that are not understood."""
    copy = io.BytesIO()
    left = MOST_BYTES
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(copy, "w") as target:
        parts = source.infolist()
        if len(parts) > MOST_PARTS:
            raise ValueError("too many parts")
        for part in parts:
            if part.is_dir() or _PRINTER in part.filename or "Thumbnails/" in part.filename:
                continue
            with source.open(part) as stream:
                # The size that an archive claims may be a lie: what is read is counted.
                clear = stream.read(left + 1)
            left -= len(clear)
            if left < 0:
                raise ValueError("too large when unpacked")
            entry = zipfile.ZipInfo(part.filename, _MOMENT)
            if part.filename != "mimetype":
                entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, _part(part.filename, clear))
    return copy.getvalue()


def _part(name: str, clear: bytes) -> bytes:
    """Returns a part of the archive without metadata."""
    lower = name.lower()
    if name in _EMPTY:
        return _EMPTY[name]
    if lower.endswith((".xml", ".rels", ".rdf", ".vml")):
        return _xml(name, clear)
    if lower.endswith((".jpg", ".jpeg")):
        return without_segments(clear)
    if lower.endswith(".png"):
        return without_chunks(clear)
    if lower.endswith(_PLAIN):
        return clear
    raise ValueError("a part of an unknown kind")


def _xml(name: str, clear: bytes) -> bytes:
    if b"<!DOCTYPE" in clear or b"<!ENTITY" in clear:
        raise ValueError("a document type")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(clear, parser)
    for element in list(root.iter(etree.Element)):
        _clean(element)
    if name.endswith(".rels"):
        _clean_links(root)
    tree = root.getroottree()
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))


def _clean(element: etree._Element) -> None:
    local = etree.QName(element).localname
    for attribute in list(element.attrib):
        named = etree.QName(attribute).localname
        if named in _NAMES or named in _NAMES_IN.get(local, ()):
            element.set(attribute, NOBODY)
        elif _RSID.match(named) or (local == "pageSetup" and named == "id"):
            # Numbers of editing sessions tell documents of one machine; the printer is left out.
            del element.attrib[attribute]
    if local in _ELEMENTS and element.text:
        element.text = NOBODY


def _clean_links(root: etree._Element) -> None:
    """Leaves out links to the printer, and the places on the author's disk."""
    for link in list(root):
        target = str(link.get("Target", ""))
        if _PRINTER in target or "thumbnail" in target.lower():
            root.remove(link)
        elif link.get("TargetMode") == "External" and not target.startswith(("http", "mailto:")):
            link.set("Target", "about:blank")
