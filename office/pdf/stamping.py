"""Mass print: WeasyPrint lays the form out once, and values are stamped into its slots.

A value that a stamp cannot show exactly as WeasyPrint would (wider than its slot, more lines than
the form has, a character the font lacks) sends its paper through WeasyPrint itself.
"""

import unicodedata
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from itertools import islice
from operator import attrgetter
from typing import Protocol

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

from office.pdf.form import Form, QrSlot, Slot, form_resources, lay_out_form
from office.pdf.qr import QrBits
from office.pdf.rendering import render_pdf
from office.pdf.wording import one_line

PAGES_PER_FILE = 10_000
# Points of its slot a value must leave free, so that rounding never makes WeasyPrint break a line.
_ROOM = 0.25


class Paper(Protocol):
    """A filled document; slots are named after its attributes ("payer", "rows.0.amount")."""

    @property
    def form(self) -> Hashable:
        """Returns everything the template shows outside slots; papers with equal forms share one
        layout.
        """


@dataclass(frozen=True, slots=True)
class PrintedFile:
    """One PDF of a mass print; `laid_out` counts the papers that were laid out one by one."""

    content: bytes
    papers: int
    pages: int
    laid_out: int


class _DoesNotFit(Exception):
    """This paper cannot be stamped."""


def stamp_pages(
    template: str,
    papers: Iterable[Paper],
    *,
    language: str = "zh-hans",
    title: str = "",
    pages_per_file: int = PAGES_PER_FILE,
    form_pages: int = 1,
) -> Iterator[PrintedFile]:
    """Prints papers in order into files of at most `pages_per_file` pages, one in memory at a time.

    The template sees each paper as `paper`. Forms of at most `form_pages` pages are stamped; papers
    that need more are laid out. More than one is for papers whose length does not depend on what
    stands in their slots.
    """
    qr_bits = QrBits()
    remaining = iter(papers)
    while batch := list(islice(remaining, pages_per_file)):
        stamps = _stamps(template, batch, qr_bits, language, form_pages)
        file = _File(title)
        for paper in batch:
            stamp = stamps[paper.form]
            streams = stamp.page_streams(paper) if stamp else None
            laid_out = None
            if streams is None:
                pdf = render_pdf(template, {"paper": paper}, language=language)
                laid_out = Pdf.open(BytesIO(pdf))
            needed = len(laid_out.pages) if laid_out else len(streams or ())
            if not file.has_room_for(needed, pages_per_file):
                yield file.close()
                file = _File(title)
            if laid_out:
                file.add_laid_out(laid_out)
            elif stamp and streams:
                file.add_stamped(stamp.form, streams)
        yield file.close()


def _stamps(
    template: str, batch: Sequence[Paper], qr_bits: QrBits, language: str, form_pages: int
) -> dict[Hashable, "_Stamp | None"]:
    """Returns a stamp for every form in the batch; its font holds the characters of those
    papers.
    """
    by_form: dict[Hashable, list[Paper]] = {}
    for paper in batch:
        by_form.setdefault(paper.form, []).append(paper)
    stamps: dict[Hashable, _Stamp | None] = {}
    for key, papers in by_form.items():
        form = lay_out_form(
            template,
            {"paper": papers[0]},
            partial(_characters, papers),
            language=language,
            most_pages=form_pages,
        )
        stamps[key] = _Stamp(form, qr_bits) if form else None
    return stamps


def _characters(papers: Sequence[Paper], names: Iterable[str]) -> set[str]:
    """Returns the characters that the papers show in these slots, as far as they can be stamped."""
    characters: set[str] = set()
    for read in map(_reader, names):
        for paper in papers:
            characters.update(one_line(read(paper)))
    return set(filter(_stands_alone, characters))


def _stands_alone(character: str) -> bool:
    """Returns whether a character is drawn as one glyph, whatever stands beside it.

    Letters, numbers, punctuation, symbols and spaces are; marks join the letter before them, and
    letters written from right to left change their shape.
    """
    return unicodedata.category(character)[0] in "LNPSZ" and unicodedata.bidirectional(
        character
    ) not in ("R", "AL")


class _Stamp:
    """Writes the pages of one paper on its form."""

    def __init__(self, form: Form, qr_bits: QrBits) -> None:
        self.form = form
        self._qr_bits = qr_bits
        self._codes = dict(form.glyphs.codes)
        self._width = form.glyphs.widths.__getitem__
        self._pages = [
            (
                [_TextStamp(slot, before) for slot, before in _with_predecessor(page.slots)],
                [_QrStamp(slot) for slot in page.qr_slots],
            )
            for page in form.pages
        ]
        self._row_limits = _row_limits(slot for page in form.pages for slot in page.slots)

    def page_streams(self, paper: Paper) -> list[bytes] | None:
        """Returns the content stream of each page, or None when the paper must be laid out."""
        try:
            for rows_of, most in self._row_limits:
                if len(rows_of(paper)) > most:
                    return None
            return [self._stream(texts, qrs, paper) for texts, qrs in self._pages]
        except (_DoesNotFit, KeyError, UnicodeEncodeError):
            # Too wide, without a width in the font, or without a glyph: `translate` leaves a
            # character without a code as it is, and that is no ASCII.
            return None

    def _stream(self, texts: list["_TextStamp"], qrs: list["_QrStamp"], paper: Paper) -> bytes:
        """Returns the content stream of one page."""
        # PDF operators: paint the background /B, then begin (BT) and end (ET) the texts.
        parts = ["/B Do BT"]
        parts += [self._text(stamp, paper) for stamp in texts]
        parts.append("ET")
        stream = " ".join(parts).encode("ascii")
        for qr in qrs:
            if address := qr.value(paper):
                stream += qr.operators(*self._qr_bits.bits(address))
        return stream

    def _text(self, stamp: "_TextStamp", paper: Paper) -> str:
        """Returns the operators that show a slot's text; raises `_DoesNotFit` if it is too wide."""
        text = one_line(stamp.value(paper))
        if not text:
            return stamp.style
        slot = stamp.slot
        # The font gives widths in thousandths of its size.
        width = sum(map(self._width, text)) * slot.size / 1000
        if width > slot.width - _ROOM:
            raise _DoesNotFit
        left = slot.left + (slot.width - width) * slot.lean
        codes = text.translate(self._codes)
        # Tm moves to the left end of the text on its baseline, Tj shows the glyphs.
        return f"{stamp.style}1 0 0 1 {left:.2f} {slot.baseline:.2f} Tm <{codes}> Tj"


class _TextStamp:
    """A slot, its reader, and the operators that change size and colour from the slot before."""

    def __init__(self, slot: Slot, before: Slot | None) -> None:
        self.slot = slot
        self.value = _reader(slot.name)
        self.style = ""
        if before is None or before.size != slot.size:
            self.style += f"/F {slot.size:.3f} Tf "
        if before is None or before.colour != slot.colour:
            self.style += "{:.3f} {:.3f} {:.3f} rg ".format(*slot.colour)


class _QrStamp:
    """A slot for a QR code, drawn as a one-bit stencil."""

    def __init__(self, slot: QrSlot) -> None:
        self.value = _reader(slot.name)
        # An image in the stream itself (BI … ID … EI), scaled and moved by the matrix before `cm`;
        # /IM makes its bits a stencil, through which black is painted where a bit is 0.
        place = f"{slot.side:.2f} 0 0 {slot.side:.2f} {slot.left:.2f} {slot.bottom:.2f}"
        self._place = f"\nq 0 g {place} cm BI /W %d /H %d /IM true /D [1 0] ID ".encode("ascii")

    def operators(self, side: int, bits: bytes) -> bytes:
        """Returns the operators that draw a code of `side` times `side` modules."""
        return self._place % (side, side) + bits + b"\nEI Q"


def _with_predecessor(slots: Sequence[Slot]) -> Iterator[tuple[Slot, Slot | None]]:
    """Yields each slot with the one that is stamped before it; the first has none."""
    yield from zip(slots, [None, *slots[:-1]], strict=True)


def _reader(name: str) -> Callable[[Paper], str]:
    """Returns a reader of "payer", or of "rows.2.amount", which is empty without a third row."""
    if "." not in name:
        return attrgetter(name)
    rows, index, field = name.split(".")
    rows_of, at, value_of = attrgetter(rows), int(index), attrgetter(field)

    def read(paper: Paper) -> str:
        lines = rows_of(paper)
        return str(value_of(lines[at])) if at < len(lines) else ""

    return read


def _row_limits(slots: Iterable[Slot]) -> list[tuple[Callable[[Paper], Sequence[object]], int]]:
    """Returns for each table of the form a reader of the paper's rows, and how many it has room
    for: slots "rows.0.amount" to "rows.5.amount" are room for six.
    """
    limits: dict[str, int] = {}
    for slot in slots:
        if "." in slot.name:
            rows, index, _ = slot.name.split(".")
            limits[rows] = max(limits.get(rows, 0), int(index) + 1)
    return [(attrgetter(rows), limit) for rows, limit in limits.items()]


class _File:
    """A growing PDF that copies each form into itself once.

    It writes the page tree itself when it is closed: pikepdf's list of pages walks the whole tree
    at every length and every append, which is quadratic in a file of 10,000 pages.
    """

    def __init__(self, title: str) -> None:
        self._pdf = Pdf.new()
        self._title = title
        self._author = ""
        # By the form's identity, since its parts cannot be hashed; keeping the form itself prevents
        # that another one gets the same identity.
        self._resources: dict[int, tuple[Form, list[pikepdf.Object]]] = {}
        self._pages: list[pikepdf.Object] = []
        self._papers = self._laid_out = 0

    def has_room_for(self, pages: int, limit: int) -> bool:
        """Returns whether so many pages still fit; an empty file takes a paper of any length."""
        return not self._pages or len(self._pages) + pages <= limit

    def add_stamped(self, form: Form, streams: Sequence[bytes]) -> None:
        """Adds the pages that show the streams on the form."""
        resources = self._resources_of(form)
        for form_page, resource, stream in zip(form.pages, resources, streams, strict=True):
            page = Dictionary(
                Type=Name.Page,
                Parent=self._pdf.Root.Pages,
                MediaBox=Array(form_page.media_box),
                Resources=resource,
                Contents=self._pdf.make_stream(stream),
            )
            self._pages.append(self._pdf.make_indirect(page))
        self._papers += 1

    def add_laid_out(self, plain: Pdf) -> None:
        """Adds the pages of a paper that was laid out by itself."""
        for page in plain.pages:
            copy = self._pdf.copy_foreign(page.obj)
            copy[Name.Parent] = self._pdf.Root.Pages
            self._pages.append(copy)
        self._name(str(plain.docinfo.get(Name.Title, "")), str(plain.docinfo.get(Name.Author, "")))
        self._papers += 1
        self._laid_out += 1

    def close(self) -> PrintedFile:
        """Returns the finished file."""
        tree = self._pdf.Root.Pages
        tree[Name.Kids] = Array(self._pages)
        tree[Name.Count] = len(self._pages)
        self._pdf.docinfo[Name.Title] = self._title
        self._pdf.docinfo[Name.Author] = self._author
        out = BytesIO()
        self._pdf.save(
            out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate
        )
        self._pdf.close()
        return PrintedFile(out.getvalue(), self._papers, len(self._pages), self._laid_out)

    def _resources_of(self, form: Form) -> list[pikepdf.Object]:
        """Returns for each page its background and the font in this file, copied when they are
        first used.
        """
        if id(form) not in self._resources:
            font = self._pdf.copy_foreign(form.font)
            resources: list[pikepdf.Object] = [
                self._pdf.make_indirect(
                    form_resources(self._pdf.copy_foreign(page.background), font)
                )
                for page in form.pages
            ]
            self._resources[id(form)] = (form, resources)
            self._name(form.title, form.author)
        return self._resources[id(form)][1]

    def _name(self, title: str, author: str) -> None:
        """Names the file after its first paper, as far as it has no title or author yet."""
        self._title = self._title or title
        self._author = self._author or author
