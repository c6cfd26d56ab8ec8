"""What kind a file is by its first bytes, as far as a copy without metadata can be made. Pure."""

JPEG, PICTURE, PDF, OFFICE = "jpeg", "picture", "pdf", "office"
# What decoding in the child may cost at most; larger files are opened as originals only.
LARGEST_STRIPPED = 30 * 1024 * 1024
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"BM", b"II*\x00", b"MM\x00*")
# With macros (docm, xlsm) or of older formats (doc, xls) they are not taken apart.
_OFFICE = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp")


def kind_of(name: str, head: bytes) -> str:
    """Returns the kind of a file that can be stripped; empty for every other.

    The first bytes decide, and the name only which archives are documents.
    """
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return PICTURE
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK\x03\x04") and name.lower().endswith(_OFFICE):
        return OFFICE
    return ""
