"""What the child leaves out and what it refuses, without a child and without a database."""

import io
import zipfile
from collections.abc import Mapping

import pikepdf
import pytest
from PIL import Image

from tests.whistleblowing.previews import made_files as made
from whistleblowing.files.kinds import kind_of
from whistleblowing.previews import office_parts
from whistleblowing.previews.segments import without_chunks, without_segments
from whistleblowing.previews.strip import NotStrippedError, strip


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("发票.exe", b"\xff\xd8\xff\xe1", "jpeg"),
        ("a", b"\x89PNG\r\n\x1a\n", "picture"),
        ("a", b"RIFF\0\0\0\0WEBP", "picture"),
        ("a.jpg", b"RIFF\0\0\0\0WAVE", ""),
        ("a", b"%PDF-1.7", "pdf"),
        ("台账.DOCX", b"PK\x03\x04", "office"),
        ("a.docm", b"PK\x03\x04", ""),
        ("a.zip", b"PK\x03\x04", ""),
        ("a.doc", b"\xd0\xcf\x11\xe0", ""),
        ("a.pdf", b"", ""),
    ],
)
def test_the_first_bytes_decide_the_kind(name: str, head: bytes, kind: str) -> None:
    assert kind_of(name, head) == kind


def test_a_picture_keeps_its_pixels_only() -> None:
    copy = strip("jpeg", made.a_jpeg())
    with Image.open(io.BytesIO(copy)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (64, 48), {})
        assert "comment" not in image.info
    copy = strip("picture", made.a_png())
    with Image.open(io.BytesIO(copy)) as image:
        assert (image.format, image.size, image.info) == ("PNG", (8, 8), {})


def test_a_pdf_keeps_its_pages_and_words() -> None:
    content = made.a_pdf()
    assert content.count(made.WORD.encode()) >= 5
    copy = strip("pdf", content)
    assert made.WORD.encode() not in copy
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        (page,) = pdf.pages
        assert str(page.Annots[0].Contents) == "hi"
        assert "/Info" not in pdf.trailer
        assert "/Metadata" not in pdf.Root
        assert len(pdf.attachments) == 0
        photo = page.Resources.XObject.Photo.read_raw_bytes()
    assert b"Exif" not in photo
    assert Image.open(io.BytesIO(photo)).size == (64, 48)


@pytest.mark.parametrize(
    ("parts", "stays"),
    [
        (made.DOCX, {"word/document.xml": "张三😀收了回扣", "word/comments.xml": "批注"}),
        (made.XLSX, {"xl/tables/table1.xml": "表一", "xl/worksheets/sheet1.xml": "12"}),
        (made.PPTX, {"ppt/slides/slide1.xml": "标题"}),
        (made.ODT, {"content.xml": "正文", "mimetype": "opendocument.text"}),
    ],
)
def test_a_document_keeps_its_text_and_loses_its_authors(
    parts: Mapping[str, bytes | str], stays: Mapping[str, str]
) -> None:
    copy = zipfile.ZipFile(io.BytesIO(strip("office", made.an_archive(parts))))
    for name in copy.namelist():
        content = copy.read(name)
        assert made.WORD.encode() not in content, name
        assert stays.get(name, "") in content.decode(errors="ignore")
    assert set(stays) <= set(copy.namelist())
    assert {part.date_time for part in copy.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    sheet = "xl/worksheets/sheet1.xml"
    assert sheet not in copy.namelist() or b"rId1" not in copy.read(sheet)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("jpeg", b"\xff\xd8\xff\xe0 no picture"),
        # A header of 40,000 × 40,000 pixels: 6 GB when unpacked.
        ("picture", made.a_png(40_000, 40_000)),
        ("pdf", b"%PDF-1.7 nothing"),
        ("pdf", made.a_pdf(password="secret")),
        ("office", b"PK\x03\x04"),
        ("office", made.an_archive({"word/vbaProject.bin": b"x"})),
        ("office", made.an_archive({"word/embeddings/a.docx": b"x"})),
        ("office", made.an_archive({"a.xml": '<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>'})),
        ("office", made.an_archive({f"{number}.xml": "<a/>" for number in range(2_001)})),
        ("unknown", b""),
    ],
)
def test_bombs_locked_and_damaged_files_have_no_copy(kind: str, content: bytes) -> None:
    with pytest.raises(
        (
            NotStrippedError,
            ValueError,
            OSError,
            pikepdf.PdfError,
            pikepdf.PasswordError,
            zipfile.BadZipFile,
            Image.DecompressionBombError,
            SyntaxError,
        )
    ):
        strip(kind, content)


def test_an_archive_that_unpacks_beyond_the_bound_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(office_parts, "MOST_BYTES", 1_000)
    bomb = made.an_archive({"a.txt": b"0" * 600, "b.txt": b"0" * 600})
    with pytest.raises(ValueError, match="too large"):
        strip("office", bomb)


def test_pages_that_would_be_lost_are_no_copy() -> None:
    file = io.BytesIO()
    Image.new("L", (4, 4)).save(
        file, "TIFF", save_all=True, append_images=[Image.new("L", (4, 4), 255)]
    )
    with pytest.raises(NotStrippedError):
        strip("picture", file.getvalue())


@pytest.mark.parametrize(
    "damage", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe1\xff\xff", b"\x89PNG\r\n\x1a\n"]
)
def test_damaged_pictures_in_documents_are_refused(damage: bytes) -> None:
    for clean in (without_segments, without_chunks):
        with pytest.raises(ValueError, match=r"PNG|JPEG"):
            clean(damage)
