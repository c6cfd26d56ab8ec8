"""Files kept with a record: few kinds, checked by what they are, never by what they are called."""

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
from office.document_kinds import kept_until
from office.kept_files import file_written
from office.models import AccessOutcome, Company, Document, DocumentAccess
from office.permissions import authorise
from office.recordings import is_amr, is_m4a, is_mp3, is_wav
from office.refusals import Invalid, NotAllowed, Refused

logger = logging.getLogger(__name__)

LARGEST = 20 * 1024 * 1024
LARGEST_UNPACKED = 400 * 1024 * 1024
# A zip's last record and the longest remark that may follow it.
_ZIP_TAIL = 22 + 65_535
_OOXML = "application/vnd.openxmlformats-officedocument"
_STRANGE = re.compile(r"[^\w.()（）·\-]+")


def _recording(is_sound: Callable[[bytes], bool]) -> Callable[[bytes], bool]:
    return lambda content: is_sound(content) and not _ends_as_archive(content)


def _one_file(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(signatures) and not _ends_as_archive(content)


def _ends_as_archive(content: bytes) -> bool:
    """Whether a zip can be read from its end: it is two files in one."""
    return b"PK\x05\x06" in content[-_ZIP_TAIL:]


def _office_file(part: str) -> Callable[[bytes], bool]:
    def holds(content: bytes) -> bool:
        if not content.startswith(b"PK\x03\x04"):
            return False
        try:
            with zipfile.ZipFile(ContentFile(content)) as parcel:
                names = parcel.namelist()
                if sum(entry.file_size for entry in parcel.infolist()) > LARGEST_UNPACKED:
                    return False
        except (zipfile.BadZipFile, ValueError, OSError):
            return False
        macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        return "[Content_Types].xml" in names and part in names and not macros

    return holds


# Suffix → what it must be inside. No SVG, HTML or archives: they can run or hide something.
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


@transaction.atomic
def attach_document(
    target: models.Model,
    upload: Upload,
    *,
    company: Company,
    kind: str,
    title: str = "",
    permission: str = "",
    by: Actor,
    at: datetime,
) -> Document:
    """Keep a file with a record; the same content attached twice to it is kept once.

    `permission` narrows who may open it beyond who sees the company's documents.
    """
    authorise(by, "office.attach_document", company)
    content = upload.file.read(LARGEST + 1)
    content_type = _check(upload.name, content)
    form = _Form(company, kind, content_type, title=title, permission=permission)
    return _keep(target, upload, content, form, by=by, at=at)


def check_photo(upload: Upload) -> None:
    """Refuse what is no photo, too large or something else than its name says; read it anew."""
    content = upload.file.read(LARGEST + 1)
    upload.file.seek(0)
    _check_photo(upload.name, content)


@transaction.atomic
def attach_customers_photo(
    target: models.Model,
    upload: Upload,
    *,
    company: Company,
    kind: str,
    most: int,
    by: Actor,
    at: datetime,
) -> Document:
    """Keep a customer's photo with a record that the caller has made sure is theirs.

    Photos only, and at most so many of this kind; the same photo sent twice is kept once. Call
    under the record's lock.
    """
    if by.kind is not ActorKind.CUSTOMER:
        raise NotAllowed()
    content = upload.file.read(LARGEST + 1)
    content_type = _check_photo(upload.name, content)
    photos = Document.objects.filter(
        record_type=ContentType.objects.get_for_model(target), record_id=target.pk, kind=kind
    )
    same = photos.filter(sha256=hashlib.sha256(content).hexdigest()).first()
    if same is not None:
        return same
    if photos.count() >= most:
        raise Refused("too_many_photos", _("最多上传 %(most)s 张照片。"), most=most)
    return _keep(target, upload, content, _Form(company, kind, content_type), by=by, at=at)


@dataclass(frozen=True)
class _Form:
    company: Company
    kind: str
    content_type: str
    title: str = ""
    permission: str = ""


def _keep(
    target: models.Model, upload: Upload, content: bytes, form: _Form, *, by: Actor, at: datetime
) -> Document:
    sha256 = hashlib.sha256(content).hexdigest()
    record_type = ContentType.objects.get_for_model(target)
    same_document = Document.objects.filter(
        record_type=record_type, record_id=target.pk, sha256=sha256, kind=form.kind
    ).first()
    if same_document is not None:
        return same_document
    name = _STRANGE.sub("_", upload.name)[-80:]
    document = Document(
        company=form.company,
        kind=form.kind,
        title=(form.title.strip() or upload.name)[:120],
        content_type=form.content_type,
        size=len(content),
        sha256=sha256,
        record_type=record_type,
        record_id=target.pk,
        permission=form.permission,
        uploaded_by=by.user,
        uploaded_at=at,
        kept_until=kept_until(form.kind, business_date(at)),
    )
    document.file.save(name, ContentFile(content), save=False)
    file_written(str(document.file.name), sha256)
    document.save()
    journal.record(
        "attach_document",
        target,
        by=by,
        at=at,
        company=form.company,
        title=document.title,
        kind=form.kind,
    )
    return document


@dataclass(frozen=True)
class Opened:
    """What was found when somebody asked for a document; no content unless it is whole."""

    access: DocumentAccess
    content: bytes = b""


@transaction.atomic
def open_document(document: Document, *, by: Actor, at: datetime) -> Opened:
    """Write down who asks, and read the file if its sha256 is still the one it was kept by.

    An altered or lost file is refused by the outcome, not by an exception, so that the access and
    the alarm stay written. Staff open what is kept with records they may see; customers what they
    own: the caller makes sure that it is theirs.
    """
    if by.kind is ActorKind.STAFF:
        authorise(by, "office.view_document", document.company)
        kept_with = document.record_type
        authorise(by, f"{kept_with.app_label}.view_{kept_with.model}", document.company)
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
    try:
        with document.file.open("rb") as kept:
            content = kept.read(LARGEST + 1)
    except (OSError, ValueError):
        return b"", AccessOutcome.MISSING
    if hashlib.sha256(content).hexdigest() != document.sha256:
        return b"", AccessOutcome.ALTERED
    return content, AccessOutcome.OPENED


def _check_photo(name: str, content: bytes) -> str:
    if content and PurePath(name).suffix.lower() not in PHOTOS:
        raise Invalid("file_kind", _("只接受 JPG、PNG 照片。"))
    return _check(name, content)


def _check(name: str, content: bytes) -> str:
    """The content type of an acceptable file, or a refusal."""
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
