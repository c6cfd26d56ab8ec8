"""The answer that sends a sealed file: clear bytes exist one piece at a time, in memory only."""

from collections.abc import Iterator

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from whistleblowing.files.reading import FileFacts, clear_pieces


def file_answer(facts: FileFacts) -> StreamingHttpResponse:
    """Returns the file as a download, never shown inside the site, under its own name."""
    answer = as_download(clear_pieces(facts), facts.name)
    answer.headers["Content-Length"] = str(facts.size)
    return answer


def as_download(pieces: Iterator[bytes], name: str) -> StreamingHttpResponse:
    """Returns an answer that sends the pieces as they come."""
    answer = StreamingHttpResponse(pieces, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=readable_name(name)) or "attachment"
    )
    return answer


def readable_name(name: str) -> str:
    """Returns a file name without control characters and signs that turn the direction of text.

    A name like "scan\\u202efdp.exe" would be shown as "scanexe.pdf".
    """
    return "".join(letter for letter in name if letter.isprintable() and letter not in _TURNING)


_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
