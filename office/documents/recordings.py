"""Is this a recording, from its first byte to its last? Nothing may ride along behind the sound.

Pure: bytes in, yes or no out. A file that is sound at the start and something else at the end
(a zip, a page, a program) is no recording. The library mutagen reads what a file begins with and
accepts a recording with a zip behind it, so the formats are read here.
"""

_ID3 = b"ID3"
_LEAST_MP3_FRAMES = 3
# kbit/s of MPEG 1 layer III; MPEG 2 and 2.5 have their own.
_KBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_HERTZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_AMR_FRAMES = {
    b"#!AMR\n": (13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1),
    b"#!AMR-WB\n": (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1),
}
_WAVE_CHUNKS = {b"fmt ", b"data", b"fact", b"LIST", b"bext", b"cue ", b"PEAK", b"JUNK", b"PAD "}
_MP4_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"meta"}
_MP4_BRANDS = {b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"3gp4", b"3gp5", b"3gp6"}


def is_mp3(content: bytes) -> bool:
    """MPEG layer III frames after an optional ID3 tag, up to the end or an ID3v1 tag."""
    at = _after_id3(content)
    end = len(content) - 128 if content[-128:].startswith(b"TAG") else len(content)
    frames = 0
    while at < end and (length := _mp3_frame(content[at : at + 4])):
        at += length
        frames += 1
    # The last frame may have been cut off; zeros fill up what is left.
    return frames >= _LEAST_MP3_FRAMES and (at >= end or not any(content[at:end]))


def is_wav(content: bytes) -> bool:
    """A RIFF of type WAVE whose chunks of sound fill it to the end."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        return False
    if len(content) - 8 - _little(content[4:8]) not in (0, 1):
        return False
    names: list[bytes] = []
    at = 12
    while at + 8 <= len(content):
        names.append(content[at : at + 4])
        length = _little(content[at + 4 : at + 8])
        at += 8 + length + length % 2
    whole = at - len(content) in (0, 1)
    return whole and {b"fmt ", b"data"} <= set(names) <= _WAVE_CHUNKS


def is_m4a(content: bytes) -> bool:
    """MPEG-4 boxes from end to end, `ftyp` first, with sound and no picture."""
    if content[4:8] != b"ftyp" or content[8:12] not in _MP4_BRANDS:
        return False
    names: list[bytes] = []
    at = 0
    while at + 8 <= len(content):
        length = _big(content[at : at + 4])
        if length < 8:
            return False
        names.append(content[at + 4 : at + 8])
        at += length
    sound = b"soun" in content and b"vide" not in content
    return at == len(content) and sound and {b"moov", b"mdat"} <= set(names) <= _MP4_BOXES


def is_amr(content: bytes) -> bool:
    """Narrow- or wide-band frames behind their magic word, up to the end."""
    for magic, lengths in _AMR_FRAMES.items():
        if content.startswith(magic):
            at = len(magic)
            while at < len(content):
                # Three bits of every frame's first byte are always clear.
                if content[at] & 0x83:
                    return False
                at += lengths[content[at] >> 3 & 0x0F]
            return at == len(content) > len(magic)
    return False


def _after_id3(content: bytes) -> int:
    if content[:3] != _ID3 or len(content) < 10:
        return 0
    # Four times seven bits; the highest bit of each byte is clear.
    length = 0
    for byte in content[6:10]:
        length = length << 7 | byte & 0x7F
    return 10 + length


def _mp3_frame(head: bytes) -> int:
    """How long the frame of this head is, or 0 when it is none."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rate, hertz, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer != 1 or rate in (0, 15) or hertz == 3:
        return 0
    if version == 3:
        return 144_000 * _KBITS_1[rate] // _HERTZ[3][hertz] + padding
    return 72_000 * _KBITS_2[rate] // _HERTZ[version][hertz] + padding


def _little(four: bytes) -> int:
    return int.from_bytes(four, "little")


def _big(four: bytes) -> int:
    return int.from_bytes(four, "big")
