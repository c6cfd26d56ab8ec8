"""Pictures inside documents, without the segments that say where and by what they were taken.

Their pixels stay as they are: only what stands beside them is left out. Pure.
"""

_SCAN, _END = 0xDA, 0xD9
# Of the application segments only JFIF (0) and Adobe's colours (14) say how to show the picture.
_SHOWING = frozenset({0xE0, 0xEE})
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_WORDS = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"})


def without_segments(jpeg: bytes) -> bytes:
    """Returns a JPEG without its application segments and comments; raises ValueError."""
    if jpeg[:2] != b"\xff\xd8":
        raise ValueError("no JPEG")
    clean_jpeg, place = bytearray(b"\xff\xd8"), 2
    while place + 4 <= len(jpeg):
        if jpeg[place] != 0xFF:
            raise ValueError("a damaged JPEG")
        marker = jpeg[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker == _SCAN:
            # What stands after the end of the picture may be a second one with its own words.
            end = jpeg.rfind(b"\xff\xd9", place)
            return bytes(clean_jpeg + jpeg[place : end + 2 if end >= 0 else len(jpeg)])
        length = int.from_bytes(jpeg[place + 2 : place + 4])
        is_words = marker == 0xFE or (0xE0 <= marker <= 0xEF and marker not in _SHOWING)
        if not is_words:
            clean_jpeg += jpeg[place : place + 2 + length]
        place += 2 + length
    raise ValueError("a JPEG without a picture")


def without_chunks(png: bytes) -> bytes:
    """Returns a PNG without words, time and metadata; raises ValueError."""
    if not png.startswith(_PNG_HEAD):
        raise ValueError("no PNG")
    clean_png, place = bytearray(_PNG_HEAD), len(_PNG_HEAD)
    while place + 12 <= len(png):
        length = int.from_bytes(png[place : place + 4])
        name = png[place + 4 : place + 8]
        if name not in _PNG_WORDS:
            clean_png += png[place : place + 12 + length]
        if name == b"IEND":
            return bytes(clean_png)
        place += 12 + length
    raise ValueError("a PNG without an end")
