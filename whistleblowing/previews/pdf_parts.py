"""PDF without metadata, authors of notes, attachments and scripts. Runs in the child of `strip`."""

import io

import pikepdf

from whistleblowing.previews.segments import without_segments

_WORDS = ("/Metadata", "/PieceInfo", "/LastModified", "/AA")
_ROOT = ("/OpenAction", "/AF", "/Collection")


def strip_pdf(content: bytes) -> bytes:
    """Returns a PDF of the same pages, written anew: earlier versions inside it are left out."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        for name in _ROOT:
            if name in pdf.Root:
                del pdf.Root[name]
        if "/Names" in pdf.Root:
            for name in ("/EmbeddedFiles", "/JavaScript"):
                if name in pdf.Root.Names:
                    del pdf.Root.Names[name]
        for part in pdf.objects:
            if isinstance(part, (pikepdf.Dictionary, pikepdf.Stream)):
                _clean(part)
        copy = io.BytesIO()
        pdf.save(copy, deterministic_id=True)
    return copy.getvalue()


def _clean(part: pikepdf.Object) -> None:
    for name in _WORDS:
        if name in part:
            del part[name]
    subtype = part.get("/Subtype")
    # A note says its author under the name by which a form field says its own.
    if "/Rect" in part and subtype != "/Widget":
        for name in ("/T", "/M", "/CreationDate", "/NM"):
            if name in part:
                del part[name]
    if isinstance(part, pikepdf.Stream) and part.get("/Filter") == pikepdf.Name.DCTDecode:
        part.write(without_segments(part.read_raw_bytes()), filter=pikepdf.Name.DCTDecode)
