"""Small files of each kind with a known word wherever a program writes who made them."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import pikepdf
from PIL import Image

WORD = "MarkerAuthor9157"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def a_jpeg() -> bytes:
    """A photo with camera owner, comment and a place."""
    exif = Image.Exif()
    exif[0x013B] = WORD
    exif.get_ifd(0x8825).update({1: "N", 2: (37.0, 52.0, 13.0)})
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(file, "JPEG", exif=exif, comment=WORD.encode())
    return file.getvalue()


def a_png(width: int = 8, height: int = 8) -> bytes:
    """A picture with words beside it; a large one is a header without its pixels."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"tEXt", b"Author\0" + WORD.encode()),
        (b"IDAT", zlib.compress(b"\0" * 9 * 8)),
        (b"IEND", b""),
    ]
    parts = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def a_pdf(password: str = "") -> bytes:
    """A page with a note, a photo, an attachment and metadata."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    pdf.docinfo["/Author"] = WORD
    with pdf.open_metadata() as metadata:
        metadata["dc:creator"] = [WORD]
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9], T=WORD, Contents="hi"
    )
    page.Annots = pikepdf.Array([pdf.make_indirect(note)])
    photo = pikepdf.Stream(pdf, a_jpeg(), Filter=pikepdf.Name.DCTDecode)
    photo.Subtype = pikepdf.Name.Image
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Photo=photo))
    pdf.attachments["a.txt"] = WORD.encode()
    file = io.BytesIO()
    lock = pikepdf.Encryption(user=password, owner=password) if password else False
    pdf.save(file, compress_streams=False, encryption=lock)
    return file.getvalue()


def an_archive(parts: Mapping[str, bytes | str]) -> bytes:
    """An archive of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


DOCX: Mapping[str, bytes | str] = {
    "[Content_Types].xml": "<Types/>",
    "docProps/core.xml": f"<a>{WORD}</a>",
    "docProps/app.xml": f"<a>{WORD}</a>",
    "word/document.xml": f'<w:document {_W}><w:ins w:author="{WORD}" w:rsidR="00{WORD}">'
    "<w:t>张三😀收了回扣</w:t></w:ins></w:document>",
    "word/comments.xml": f'<w:c {_W} w:author="{WORD}" w:initials="{WORD}"><w:t>批注</w:t></w:c>',
    "word/_rels/settings.xml.rels": f'<Relationships><Relationship Target="file:///C:/{WORD}"'
    ' TargetMode="External"/></Relationships>',
    "word/media/image1.jpeg": a_jpeg(),
    "word/media/image2.png": a_png(),
}
XLSX: Mapping[str, bytes | str] = {
    "xl/workbook.xml": f'<w><absPath url="C:/{WORD}"/><fileSharing userName="{WORD}"/></w>',
    "xl/comments1.xml": f"<c><authors><author>{WORD}</author></authors></c>",
    "xl/persons/person.xml": f'<l><person displayName="{WORD}" userId="{WORD}"/></l>',
    "xl/tables/table1.xml": '<table displayName="表一"/>',
    "xl/printerSettings/printerSettings1.bin": WORD,
    "xl/worksheets/sheet1.xml": '<s xmlns:r="r"><pageSetup r:id="rId1"/><v>12</v></s>',
    "xl/worksheets/_rels/sheet1.xml.rels": "<Relationships>"
    '<Relationship Id="rId1" Target="../printerSettings/printerSettings1.bin"/></Relationships>',
}
PPTX: Mapping[str, bytes | str] = {
    "ppt/commentAuthors.xml": f'<l><cmAuthor name="{WORD}" initials="{WORD}"/></l>',
    "ppt/slides/slide1.xml": '<s><shape name="标题"/></s>',
}
ODT: Mapping[str, bytes | str] = {
    "mimetype": "application/vnd.oasis.opendocument.text",
    "meta.xml": f"<a>{WORD}</a>",
    "content.xml": f'<c xmlns:dc="dc"><dc:creator>{WORD}</dc:creator><p>正文</p></c>',
}
