"""A contract paper as it is frozen, and as it is printed."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from customers.contract_papers.kinds import KINDS
from customers.contract_papers.wording import Line, blanks_of, read_wording
from customers.models import (
    ContractPaper,
    ContractSignature,
    ContractTemplate,
    SigningWay,
)
from office.calendar import business_date
from office.papers.copies import copy_mark
from office.papers.frozen import FrozenText
from office.pdf.seal import seal_svg

TEMPLATE = "customers/contract_papers/contract.html"
SEAL_PURPOSE = "合同专用章"


@dataclass(frozen=True, slots=True)
class Value:
    """What stands in the blanks of one name."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ContractValues:
    """The frozen part of a contract paper; its wording is that of the template, which never
    changes.
    """

    company: str
    contact: str
    values: tuple[Value, ...]


CONTRACT_VALUES = FrozenText(ContractValues)


@dataclass(frozen=True, slots=True)
class FilledBlank:
    """One blank as it is printed."""

    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The wording of one template, read once for all its papers."""

    template: int
    title: str
    lines: tuple[Line, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FilledPiece:
    """A piece of the wording with the text of its blank; `slot` is empty for plain text."""

    text: str
    slot: str = ""
    width: int = 0


@dataclass(frozen=True, slots=True)
class PrintedContract:
    """合同, A4: `customers/contract_papers/contract.html`."""

    layout: Layout
    company: str
    contact: str
    party: str
    number: str
    issued_on: str
    verification_code: str
    verify_url: str
    blanks: tuple[FilledBlank, ...]
    signed_by: str = ""
    signed_on: str = ""
    signed_how: str = ""
    # Counts prints: the original is 0.
    copy: int = 0
    voided: bool = False
    specimen: bool = False
    # ISO 8601, for the PDF's own creation date.
    created: str = ""

    @property
    def form(self) -> Hashable:
        """Returns the texts that are printed outside the slots."""
        outside = (self.layout.template, self.company, self.contact, bool(self.signed_by))
        return (*outside, self.copy > 0, self.voided, self.created)

    @property
    def copy_mark(self) -> str:
        return copy_mark(self.copy)

    @property
    def title(self) -> str:
        return self.layout.title

    @property
    def seal(self) -> SafeString:
        return seal_svg(self.company, SEAL_PURPOSE)

    @property
    def body(self) -> Iterator[tuple[bool, list[FilledPiece]]]:
        """Yields the paragraphs with their blanks filled in: whether it is a heading, its
        pieces.
        """
        for line in self.layout.lines:
            yield (
                line.is_heading,
                [
                    FilledPiece(
                        self.blanks[piece.ordinal].text,
                        f"blanks.{piece.ordinal}.text",
                        piece.width,
                    )
                    if piece.name
                    else FilledPiece(piece.text)
                    for piece in line.pieces
                ],
            )


# A published wording never changes; of drafts the text itself is part of the key.
@lru_cache(maxsize=64)
def _layout(template: int, kind: str, title: str, wording: str) -> Layout:
    lines = read_wording(wording, KINDS[kind].widths)
    return Layout(template, title, lines, tuple(blanks_of(lines)))


def layout_of(template: ContractTemplate) -> Layout:
    """Returns the wording of a template, read into paragraphs and blanks."""
    return _layout(template.pk, template.kind, template.title, template.wording)


def printed_contract(
    paper: ContractPaper,
    *,
    signature: ContractSignature | None = None,
    copy: int = 0,
    revoked: bool = False,
) -> PrintedContract:
    """Returns the paper as it was drawn up, with its signature and its marks.

    `paper` is loaded with its template. `copy` is the number of the copy, 0 for the original.
    """
    frozen = CONTRACT_VALUES.thaw(paper.values)
    layout = layout_of(paper.template)
    return PrintedContract(
        layout=layout,
        company=frozen.company,
        contact=frozen.contact,
        party=paper.party,
        number=paper.number,
        issued_on=f"{paper.drawn_on:%Y-%m-%d}",
        verification_code=paper.verification_code,
        verify_url=verify_url(paper.verification_code),
        blanks=_filled(layout, {value.name: value.text for value in frozen.values}),
        signed_by=signature.signer if signature else "",
        signed_on=f"{signature.signed_on:%Y-%m-%d}" if signature else "",
        signed_how=_how(signature) if signature else "",
        copy=copy,
        voided=revoked,
        created=timezone.localtime(paper.drawn_at).isoformat(timespec="seconds"),
    )


def specimen_of(template: ContractTemplate) -> PrintedContract:
    """Returns what a contract of this template looks like, with examples in its blanks."""
    layout = layout_of(template)
    examples = KINDS[template.kind].examples
    company = template.company.name if template.company else examples["供热人"]
    return PrintedContract(
        layout=layout,
        company=company,
        contact="",
        party="",
        number="样张",
        issued_on=f"{business_date(template.drafted_at):%Y-%m-%d}",
        verification_code="",
        verify_url="",
        blanks=_filled(layout, examples | {"供热人": company}),
        specimen=True,
    )


def verify_url(code: str) -> str:
    """Returns the address at which anybody confirms the paper with this code."""
    return settings.PUBLIC_URL + reverse("verify_contract", args=[code])


def _filled(layout: Layout, values: Mapping[str, Any]) -> tuple[FilledBlank, ...]:
    return tuple(FilledBlank(values.get(name, "")) for name in layout.names)


def _how(signature: ContractSignature) -> str:
    if signature.way == SigningWay.PAPER:
        return "纸质签署，扫描件存档"
    return f"电子签署 {signature.reference}"
