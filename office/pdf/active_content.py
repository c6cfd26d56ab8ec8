"""Whether a PDF can do more than be looked at."""

from io import BytesIO

import pikepdf

_ACTIONS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData"}
_KEYS = ("/JS", "/EmbeddedFile", "/EmbeddedFiles", "/XFA", "/RichMedia")


def has_active_content(content: bytes) -> bool:
    """Returns whether a PDF has scripts, actions that start or send something, or attached files;
    also for one that cannot be read, since nobody knows what is in it.
    """
    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            return any(_is_active(entry) for entry in pdf.objects)
    except (pikepdf.PdfError, ValueError, RecursionError):
        return True


def _is_active(entry: pikepdf.Object) -> bool:
    if isinstance(entry, pikepdf.Stream | pikepdf.Dictionary):
        keys = entry.keys()
        action = str(entry["/S"]) if "/S" in keys else ""
        return action in _ACTIONS or any(key in keys for key in _KEYS)
    return False
