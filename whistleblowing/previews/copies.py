"""Copies of sealed files without metadata, made by a child that has bounds."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from django.http import StreamingHttpResponse
from django.utils.translation import gettext_lazy as _

from office.refusals import Invalid
from whistleblowing.files.answers import as_download
from whistleblowing.files.kinds import LARGEST_STRIPPED, PICTURE
from whistleblowing.files.reading import FileFacts, clear_pieces
from whistleblowing.previews.strip import DONE

_PROGRAM = Path(__file__).with_name("strip.py")
_READ_BYTES = 64 * 1024


def stripped_answer(facts: FileFacts) -> StreamingHttpResponse:
    """Returns the copy as a download; the original stays as it is.

    Raises Invalid where no copy can be made. The clear bytes go through pipes, never to the disk,
    and this process has one piece of them at a time.
    """
    if facts.size > LARGEST_STRIPPED:
        raise Invalid(
            "too_large_to_strip",
            _("文件大于 30 MB，没有去除信息的副本。确需查看时请写明原因，打开原件。"),
        )
    child = subprocess.Popen(
        [sys.executable, "-I", "-B", str(_PROGRAM), facts.kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
    )
    _feed(child, facts)
    output = cast("IO[bytes]", child.stdout)
    if output.readline(len(DONE) + 1) != DONE:
        _end(child)
        raise Invalid(
            "not_stripped",
            _(
                "这个文件里的信息（地点、作者等）无法去除，没有副本。确需查看时请写明原因，打开原件。"
            ),
        )
    name = f"{facts.name}.png" if facts.kind == PICTURE else facts.name
    return as_download(_pieces(child, output), name)


def _feed(child: subprocess.Popen[bytes], facts: FileFacts) -> None:
    """Gives the child the whole file; one that died of it hears no more."""
    entry = cast("IO[bytes]", child.stdin)
    try:
        for piece in clear_pieces(facts):
            entry.write(piece)
        entry.close()
    except BrokenPipeError:
        child.kill()
    except BaseException:
        _end(child)
        raise


def _pieces(child: subprocess.Popen[bytes], output: IO[bytes]) -> Iterator[bytes]:
    try:
        while piece := output.read(_READ_BYTES):
            yield piece
    finally:
        # Also when the reader's browser went away.
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None and not pipe.closed:
            try:
                pipe.close()
            except BrokenPipeError:
                continue
