"""Recordings are sound from end to end; what only begins like one is refused."""

import io
import struct
import wave
import zipfile

import pytest

from customers.models import Account
from heating.roles import AGENT
from office.actors import Actor
from office.documents.operations import LARGEST, Upload, attach_document
from office.documents.recordings import is_amr, is_m4a, is_mp3, is_wav
from office.models import Document
from office.refusals import Invalid
from tests.builders import NOW, a_company, a_member_of_staff, an_account

# 128 kbit/s at 44.1 kHz: 417 bytes a frame.
MP3_FRAME = b"\xff\xfb\x90\x00" + bytes(413)
MP3 = MP3_FRAME * 4
ID3 = b"ID3\x04\x00\x00" + bytes([0, 0, 0, 20]) + bytes(20)


def wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(1601 * 2))
    return out.getvalue()


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content


M4A = (
    box(b"ftyp", b"M4A \x00\x00\x02\x00isom")
    + box(b"moov", b"hdlr....soun....")
    + box(b"mdat", bytes(64))
)
# Twelve kbit/s: 32 bytes a frame with its head.
AMR = b"#!AMR\n" + (b"\x3c" + bytes(31)) * 5
PARCEL = io.BytesIO()
with zipfile.ZipFile(PARCEL, "w") as parcel:
    parcel.writestr("run.sh", "rm -rf /")
ZIP = PARCEL.getvalue()
PAGE = b"<html><script>alert(1)</script></html>"


class TestSound:
    def test_is_known_by_all_of_it(self) -> None:
        assert all((is_mp3(MP3), is_mp3(ID3 + MP3), is_mp3(MP3 + b"TAG" + bytes(125))))
        assert all((is_wav(wav()), is_m4a(M4A), is_amr(AMR)))
        assert is_amr(b"#!AMR-WB\n" + (b"\x04" + bytes(17)) * 3)

    @pytest.mark.parametrize("extra", [ZIP, PAGE, b"MZ\x90\x00", b"\x00\x01"])
    def test_nothing_rides_behind_it(self, extra: bytes) -> None:
        for holds, sound in ((is_mp3, MP3), (is_wav, wav()), (is_m4a, M4A), (is_amr, AMR)):
            assert not holds(sound + extra)

    def test_nor_is_it_something_else_that_begins_so(self) -> None:
        assert not is_mp3(ID3)
        assert not is_mp3(ID3 + ZIP)
        assert not is_mp3(b"\xff\xfb\x90\x00" + PAGE * 40)
        assert not is_wav(b"RIFF" + struct.pack("<I", 4 + len(ZIP)) + b"WAVE" + ZIP)
        assert not is_m4a(box(b"ftyp", b"M4A ") + box(b"moov", b"vide soun") + box(b"mdat", b"x"))
        assert not is_m4a(box(b"ftyp", b"qt  ") + M4A)
        assert not is_amr(b"#!AMR\n")
        assert not any(holds(b"") for holds in (is_mp3, is_wav, is_m4a, is_amr))

    def test_takes_no_longer_than_the_file_is_long(self) -> None:
        assert is_mp3(MP3_FRAME * (LARGEST // 417))
        assert not is_m4a(M4A[:8] + bytes(LARGEST))


@pytest.mark.django_db
class TestAttachDocument:
    @pytest.fixture
    def account(self) -> Account:
        return an_account(a_company())

    def attach(self, account: Account, name: str, content: bytes) -> Document:
        return attach_document(
            account,
            Upload(name, io.BytesIO(content)),
            company=account.company,
            kind="recording",
            by=Actor.staff(a_member_of_staff("agent", AGENT, account.company)),
            at=NOW,
        )

    @pytest.mark.parametrize(
        ("name", "content", "content_type"),
        [
            ("来电.mp3", MP3, "audio/mpeg"),
            ("来电.WAV", wav(), "audio/wav"),
            ("来电.m4a", M4A, "audio/mp4"),
            ("来电.amr", AMR, "audio/amr"),
        ],
    )
    def test_keeps_recordings(
        self, account: Account, name: str, content: bytes, content_type: str
    ) -> None:
        assert self.attach(account, name, content).content_type == content_type

    @pytest.mark.parametrize(
        ("name", "content", "code"),
        [
            ("a.mp3", b"MZ\x90\x00" + bytes(400), "file_disguised"),
            ("a.mp3", ID3[:9] + bytes([len(ZIP)]) + ZIP + MP3, "file_disguised"),
            ("a.wav", MP3, "file_disguised"),
            ("a.amr", b"#!AMR\n<svg onload=alert(1)>", "file_disguised"),
            ("a.jpg", b"\xff\xd8\xff\xe0" + ZIP, "file_disguised"),
            ("a.ogg", b"OggS", "file_kind"),
            ("a.mp3", MP3 + bytes(40 * 1024 * 1024), "file_too_large"),
        ],
    )
    def test_refuses_the_rest_and_keeps_nothing(
        self, account: Account, name: str, content: bytes, code: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            self.attach(account, name, content)
        assert refusal.value.code == code
        assert not Document.objects.exists()

    def test_refuses_a_paper_that_would_unpack_without_end(self, account: Account) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
            for name in ("[Content_Types].xml", "xl/workbook.xml"):
                bomb.writestr(name, "<x/>")
            with bomb.open("xl/media/image1.bin", "w") as part:
                for _ in range(401):
                    part.write(bytes(1024 * 1024))
        with pytest.raises(Invalid) as refusal:
            self.attach(account, "a.xlsx", out.getvalue())
        assert refusal.value.code == "file_disguised"
