"""Documents attached to records: few kinds of files, checked by their content, not their name."""

import hashlib
import logging
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import IO

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor, ActorKind
from office.calendar import business_date
from office.documents.document_kinds import kept_until
from office.documents.kept_files import file_written, row_written
from office.documents.recordings import is_amr, is_m4a, is_mp3, is_wav
from office.models import AccessOutcome, Company, Document, DocumentAccess
from office.pdf.active_content import has_active_content
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused

logger = logging.getLogger(__name__)

LARGEST = 20 * 1024 * 1024
LARGEST_UNPACKED = 400 * 1024 * 1024
# A zip's last record and the longest remark that may follow it.
_ZIP_TAIL = 22 + 65_535
_OOXML = "application/vnd.openxmlformats-officedocument"
_STRANGE = re.compile(r"[^\w.()（）·\-]+")


def _recording(is_sound: Callable[[bytes], bool]) -> Callable[[bytes], bool]:
    """Returns the check of a recording: its format, and no archive behind it."""
    return lambda content: is_sound(content) and not _ends_as_archive(content)


def _one_file(*signatures: bytes) -> Callable[[bytes], bool]:
    """Returns the check of a file that begins with one of the signatures."""
    return lambda content: content.startswith(signatures) and not _ends_as_archive(content)


def _ends_as_archive(content: bytes) -> bool:
    """Returns whether a zip ends the content: such a file is two files in one."""
    return b"PK\x05\x06" in content[-_ZIP_TAIL:]


def _office_file(part: str) -> Callable[[bytes], bool]:
    """Returns the check of a Word or Excel file: a sound zip with that part and without macros."""

    def is_office_file(content: bytes) -> bool:
        if not content.startswith(b"PK\x03\x04"):
            return False
        try:
            with zipfile.ZipFile(ContentFile(content)) as archive:
                names = archive.namelist()
                if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
                    return False
        except (zipfile.BadZipFile, ValueError, OSError):
            return False
        macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        return "[Content_Types].xml" in names and part in names and not macros

    return is_office_file


# By suffix: the content type and the check of the content. SVG, HTML and archives are not accepted:
# they can contain scripts or hide other files.
ALLOWED: dict[str, tuple[str, Callable[[bytes], bool]]] = {
    ".pdf": ("application/pdf", _one_file(b"%PDF-")),
    ".jpg": ("image/jpeg", _one_file(b"\xff\xd8\xff")),
    ".jpeg": ("image/jpeg", _one_file(b"\xff\xd8\xff")),
    ".png": ("image/png", _one_file(b"\x89PNG\r\n\x1a\n")),
    ".mp3": ("audio/mpeg", _recording(is_mp3)),
    ".wav": ("audio/wav", _recording(is_wav)),
    ".m4a": ("audio/mp4", _recording(is_m4a)),
    ".amr": ("audio/amr", _recording(is_amr)),
    ".xlsx": (f"{_OOXML}.spreadsheetml.sheet", _office_file("xl/workbook.xml")),
    ".docx": (f"{_OOXML}.wordprocessingml.document", _office_file("word/document.xml")),
}
ACCEPT = ",".join(ALLOWED)
PHOTOS = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True)
class Upload:
    """A file as it was handed in."""

    name: str
    file: IO[bytes]


@dataclass(frozen=True)
class StoredFile:
    """A checked file that lies in the archive and has no document yet."""

    name: str
    path: str
    content_type: str
    size: int
    sha256: str


def store_file(upload: Upload) -> StoredFile:
    """A step of operations that make a record together with its documents.

    Checks the file and writes it into the archive before the operation takes locks that others
    wait for, such as that of a number series. A file whose document is not committed is removed
    at the end of the request.
    """
    return _write(_checked(upload))


def store_photo(upload: Upload) -> StoredFile:
    """A step of operations like `store_file`; it takes photos only."""
    return _write(_checked(upload, photo=True))


@transaction.atomic
def attach_document(
    target: models.Model,
    upload: Upload | StoredFile,
    *,
    company: Company,
    kind: str,
    title: str = "",
    permission: str = "",
    by: Actor,
    at: datetime,
) -> Document:
    """Attaches a file to a record and returns the document; the same content is attached once.

    Those who see the company's documents may open it; `permission` names one more permission that
    they need.
    """
    authorise(by, "office.attach_document", company)
    file = upload if isinstance(upload, StoredFile) else _checked(upload)
    terms = _Terms(company, kind, title=title, permission=permission)
    return _attach(target, file, terms, by=by, at=at)


@transaction.atomic
def attach_customers_photo(
    target: models.Model,
    upload: Upload | StoredFile,
    *,
    company: Company,
    kind: str,
    most: int,
    by: Actor,
    at: datetime,
) -> Document:
    """Attaches a customer's photo to a record and returns the document.

    The caller has made sure that the record is the customer's own, and holds its lock: `most`
    photos of this kind fit to a record, and the same photo sent twice is attached once.
    """
    if by.kind is not ActorKind.CUSTOMER:
        raise NotAllowed()
    file = upload if isinstance(upload, StoredFile) else _checked(upload, photo=True)
    photos = Document.objects.filter(
        record_type=ContentType.objects.get_for_model(target), record_id=target.pk, kind=kind
    )
    same_photo = photos.filter(sha256=file.sha256).first()
    if same_photo is not None:
        return same_photo
    if photos.count() >= most:
        raise Refused("too_many_photos", _("最多上传 %(most)s 张照片。"), most=most)
    return _attach(target, file, _Terms(company, kind), by=by, at=at)


@transaction.atomic
def attach_paper_by_link(
    target: models.Model,
    upload: Upload,
    *,
    company: Company,
    kind: str,
    title: str,
    by: Actor,
    at: datetime,
) -> Document:
    """Attaches a scan from somebody without an account and returns the document.

    A step of the operation that a one-time link is for; the caller has used the link and holds the
    lock of its record. PDF, JPG and PNG only, and no PDF that can run or start something.
    """
    if by.kind is not ActorKind.CUSTOMER:
        raise NotAllowed()
    if PurePath(upload.name).suffix.lower() not in (".pdf", *PHOTOS):
        raise Invalid("file_kind", _("只接受 PDF、JPG、PNG 扫描件。"))
    file = _checked(upload)
    if file.content_type == "application/pdf" and has_active_content(file.content):
        raise Invalid("file_active", _("这份 PDF 含有脚本、附件或无法读取，请重新扫描后上传。"))
    return _attach(target, file, _Terms(company, kind, title=title), by=by, at=at)


@dataclass(frozen=True)
class _CheckedFile:
    """A file whose kind and size have been checked, with its content."""

    name: str
    content: bytes
    content_type: str
    sha256: str


@dataclass(frozen=True)
class _Terms:
    """How a document is attached: its company, kind, title and who may open it."""

    company: Company
    kind: str
    title: str = ""
    permission: str = ""


def _checked(upload: Upload, *, photo: bool = False) -> _CheckedFile:
    """Reads the upload; refuses files of a wrong kind, too large ones and disguised ones."""
    content = upload.file.read(LARGEST + 1)
    content_type = (_check_photo if photo else _check)(upload.name, content)
    return _CheckedFile(upload.name, content, content_type, hashlib.sha256(content).hexdigest())


def _write(file: _CheckedFile) -> StoredFile:
    """Writes the file into the archive under a name that is free."""
    unsaved = Document()
    unsaved.file.save(_STRANGE.sub("_", file.name)[-80:], ContentFile(file.content), save=False)
    path = str(unsaved.file.name)
    file_written(path, file.sha256)
    return StoredFile(file.name, path, file.content_type, len(file.content), file.sha256)


def _attach(
    target: models.Model, file: _CheckedFile | StoredFile, terms: _Terms, *, by: Actor, at: datetime
) -> Document:
    """Creates the document, unless the record has one with this content, and its journal line."""
    record_type = ContentType.objects.get_for_model(target)
    same_document = Document.objects.filter(
        record_type=record_type, record_id=target.pk, sha256=file.sha256, kind=terms.kind
    ).first()
    if same_document is not None:
        return same_document
    stored = file if isinstance(file, StoredFile) else _write(file)
    document = Document.objects.create(
        company=terms.company,
        kind=terms.kind,
        title=(terms.title.strip() or stored.name)[:120],
        file=stored.path,
        content_type=stored.content_type,
        size=stored.size,
        sha256=stored.sha256,
        record_type=record_type,
        record_id=target.pk,
        permission=terms.permission,
        uploaded_by=by.user,
        uploaded_at=at,
        kept_until=kept_until(terms.kind, business_date(at)),
    )
    row_written(stored.path)
    journal.record(
        "attach_document",
        target,
        by=by,
        at=at,
        company=terms.company,
        title=document.title,
        kind=terms.kind,
    )
    return document


@dataclass(frozen=True)
class Opened:
    """The answer to somebody who opens a document; it has content only if the file is whole."""

    access: DocumentAccess
    content: bytes = b""


@transaction.atomic
def open_document(document: Document, *, by: Actor, at: datetime) -> Opened:
    """Records the access and reads the file; an altered or missing file gives no content.

    The file is whole if its sha256 is the one recorded when it was attached. The outcome says what
    is wrong, not an exception, so that the access and the alarm stay recorded. Staff open documents
    of records they may see; for customers the caller makes sure that the document is their own.
    """
    if by.kind is ActorKind.STAFF:
        authorise(by, "office.view_document", document.company)
        record_type = document.record_type
        authorise(by, f"{record_type.app_label}.view_{record_type.model}", document.company)
        if document.permission:
            authorise(by, document.permission, document.company)
    content, outcome = _read(document)
    access = DocumentAccess.objects.create(
        document=document, at=at, actor=by.label, by=by.user, origin=by.origin, outcome=outcome
    )
    if outcome is not AccessOutcome.OPENED:
        logger.critical("document %s is %s: kept as %s", document.pk, outcome, document.sha256)
        journal.record("find_document_damaged", document, by=by, at=at, outcome=outcome.value)
        return Opened(access)
    return Opened(access, content)


def _read(document: Document) -> tuple[bytes, AccessOutcome]:
    """Reads the file and compares its sha256 with the one recorded when it was attached."""
    try:
        with document.file.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError):
        return b"", AccessOutcome.MISSING
    if hashlib.sha256(content).hexdigest() != document.sha256:
        return b"", AccessOutcome.ALTERED
    return content, AccessOutcome.OPENED


def _check_photo(name: str, content: bytes) -> str:
    """Returns the content type of a photo; refuses other files."""
    if content and PurePath(name).suffix.lower() not in PHOTOS:
        raise Invalid("file_kind", _("只接受 JPG、PNG 照片。"))
    return _check(name, content)


def _check(name: str, content: bytes) -> str:
    """Returns the content type of the file; refuses kinds and contents that are not accepted."""
    suffix = PurePath(name).suffix.lower()
    if not content:
        raise Invalid("file_empty", _("文件是空的，请重新选择。"))
    if len(content) > LARGEST:
        raise Invalid("file_too_large", _("文件超过 20 MB，请压缩或拆分后上传。"))
    if suffix not in ALLOWED:
        raise Invalid(
            "file_kind", _("只接受 PDF、JPG、PNG、XLSX、DOCX 文件和 MP3、WAV、M4A、AMR 录音。")
        )
    content_type, genuine = ALLOWED[suffix]
    if not genuine(content):
        raise Invalid(
            "file_disguised", _("文件内容不是%(kind)s，请检查后重新上传。"), kind=suffix[1:].upper()
        )
    return content_type
