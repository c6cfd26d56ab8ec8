"""A program of its own: reads a file from its input and writes a copy without metadata.

It is a child with bounds, because pictures, PDF and archives from strangers may be made to exhaust
whatever opens them. It knows nothing of the project, opens no file and can write none.
"""

import io
import resource
import sys
from pathlib import Path

MOST_MEMORY = 1024 * 1024 * 1024
MOST_SECONDS = 20
MOST_PIXELS = 50_000_000
# The answer begins with one of these lines.
DONE, NOT_STRIPPED = b"done\n", b"not stripped\n"


class NotStrippedError(Exception):
    """The file is damaged, locked, too large when unpacked, or has parts of an unknown kind."""


def bind() -> None:
    """Sets the bounds of this process: memory, time, no file written, no memory dumped."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def strip(kind: str, content: bytes) -> bytes:
    """Returns the copy of a file; raises NotStrippedError, or whatever a damaged file causes."""
    if kind in ("jpeg", "picture"):
        return _picture(kind, content)
    # Imported by need: a picture pays for no PDF library.
    if kind == "pdf":
        from whistleblowing.previews.pdf_parts import strip_pdf

        return strip_pdf(content)
    if kind == "office":
        from whistleblowing.previews.office_parts import strip_office

        return strip_office(content)
    raise NotStrippedError(kind)


def _picture(kind: str, content: bytes) -> bytes:
    """Returns the pixels of a picture alone, turned as its metadata asked for."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(io.BytesIO(content)) as image:
        if image.width * image.height > MOST_PIXELS:
            raise NotStrippedError("pixels")
        if getattr(image, "n_frames", 1) > 1:
            # Only the first page would come through, and nobody would notice.
            raise NotStrippedError("pages")
        turned = ImageOps.exif_transpose(image)
        mode = "RGB" if kind == "jpeg" else "RGBA"
        pixels = turned.convert(mode)
    # A new picture takes over nothing but what is pasted.
    clean = Image.new(pixels.mode, pixels.size)
    clean.paste(pixels)
    copy = io.BytesIO()
    if kind == "jpeg":
        clean.save(copy, "JPEG", quality=90)
    else:
        clean.save(copy, "PNG")
    return copy.getvalue()


def main() -> None:
    """Answers with the copy, or that there is none; says nothing else of the file."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    bind()
    content = sys.stdin.buffer.read()
    try:
        answer = DONE + strip(sys.argv[1], content)
    except BaseException:  # noqa: BLE001 - whatever a hostile file causes: the parent hears one word
        answer = NOT_STRIPPED
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
