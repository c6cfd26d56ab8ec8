"""A form that is laid out once: its printed background, its slots and the glyphs to fill them."""

import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element, SubElement

import pikepdf
from pikepdf import Dictionary, Name, Pdf

from office.pdf.rendering import lay_out, pdf_bytes, read_html

POINTS = 0.75  # a CSS pixel in PDF points
# An invisible text in each empty slot, since only a box of text has a baseline and a colour. The
# carrier begins with it too, so that its first font is the one that slots are shown in.
_PROBE = "0"
_NORMAL_WEIGHT = 400


@dataclass(frozen=True, slots=True)
class Slot:
    """The box of a line of text, in points from the lower left; `lean` 0 is left, 0.5 centred, 1
    right.
    """

    name: str
    left: float
    baseline: float
    width: float
    size: float
    lean: float
    colour: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class QrSlot:
    """The box of one QR code, in points from the lower left corner."""

    name: str
    left: float
    bottom: float
    side: float


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The form's subset font: for each character its hexadecimal glyph number and width in
    1/1000.
    """

    codes: Mapping[int, str]
    widths: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class FormPage:
    """One page of a form: what is printed on it for all papers, and its slots."""

    background: pikepdf.Object
    media_box: tuple[float, float, float, float]
    slots: tuple[Slot, ...]
    qr_slots: tuple[QrSlot, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A laid-out form; backgrounds and font live in `source` and are copied into files that use
    them.
    """

    source: Pdf
    pages: tuple[FormPage, ...]
    font: pikepdf.Object
    glyphs: Glyphs
    title: str
    author: str


def lay_out_form(
    template: str,
    context: Mapping[str, object],
    characters_in: Callable[[Iterable[str]], Iterable[str]],
    *,
    language: str,
    most_pages: int = 1,
) -> Form | None:
    """Returns the form of a template with empty slots, or None where it needs more pages.

    A slot is an element with `data-slot="name"` (text) or `data-qr-slot="name"` whose box has a
    width of its own. `characters_in` returns which characters the named text slots will have to
    show. A page after the form, the carrier, shows each of them once to get them into the font;
    only the font is taken from it, so the carrier is never seen, searched or copied.
    """
    html = read_html(template, context, language=language)
    names = _empty_slots(html.etree_element)
    _append_carrier(html.etree_element, characters_in(names))
    document = lay_out(html, template)
    # The form's pages come first, then those of the carrier.
    count = sum(1 for page in document.pages if not _boxes_with(page, "data-carrier"))
    if count > most_pages:
        return None
    source = Pdf.open(BytesIO(pdf_bytes(document)))
    font = _first_font_of(source.pages[count])
    # WeasyPrint gives a character that no font draws a number of its own and shows an empty box.
    undrawn = {character for used in document.fonts.values() for character in used.missing}
    pages = tuple(
        _form_page(page, source.pages[number]) for number, page in enumerate(document.pages[:count])
    )
    if sorted(slot.name for page in pages for slot in page.slots) != sorted(names):
        raise ValueError("A slot has no box on the form; a stamped page would lose its value.")
    return Form(
        source=source,
        pages=pages,
        font=font,
        glyphs=_glyphs(font, undrawn),
        title=document.metadata.title or "",
        author=", ".join(document.metadata.authors),
    )


def _form_page(page: Any, printed: pikepdf.Page) -> FormPage:
    """Returns a laid-out page with its places; `printed` is the same page as PDF."""
    height = page.height * POINTS
    return FormPage(
        background=printed.as_form_xobject(),
        media_box=(0, 0, page.width * POINTS, height),
        slots=_text_slots(page, height),
        qr_slots=_qr_slots(page, height),
    )


def _empty_slots(root: Element) -> list[str]:
    """Empties every slot, puts the probe into the text slots and returns their names."""
    names = []
    for element in root.iter():
        if "data-slot" in element.attrib or "data-qr-slot" in element.attrib:
            for child in list(element):
                element.remove(child)
            element.text = None
        if "data-slot" in element.attrib:
            names.append(element.attrib["data-slot"])
            SubElement(element, "span", style="visibility: hidden").text = _PROBE
    return names


def _append_carrier(root: Element, characters: Iterable[str]) -> None:
    """Adds the carrier, a block on pages of its own that shows every character once.

    Without kerning and ligatures: each character must get its own glyph.
    """
    (body,) = root.iter("body")
    carrier = SubElement(
        body,
        "div",
        {
            "data-carrier": "",
            "style": "break-before: page; page: carrier; font-size: 1px; line-height: 1; "
            "font-kerning: none; font-variant-ligatures: none",
        },
    )
    carrier.text = _PROBE + " " + "".join(sorted(set(characters) - {" "}))


def _boxes_with(page: Any, attribute: str) -> list[tuple[str, Any]]:
    """Returns the attribute's value and the outermost box of every element that has it."""
    boxes: dict[int, tuple[str, Any]] = {}
    for box in page._page_box.descendants(placeholders=True):  # noqa: SLF001 - version pinned
        if box.element is not None and (name := box.element.get(attribute)) is not None:
            boxes.setdefault(id(box.element), (name, box))
    return list(boxes.values())


def _text_slots(page: Any, height: float) -> tuple[Slot, ...]:
    """Returns the text slots, those of one colour and size together: stamps then change them
    seldom.
    """
    slots = [_text_slot(name, box, height) for name, box in _boxes_with(page, "data-slot")]
    return tuple(sorted(slots, key=lambda slot: (slot.colour, slot.size)))


def _text_slot(name: str, box: Any, height: float) -> Slot:
    """Reads a slot from its box and the probe in it; PDF counts upwards from the lower edge."""
    if box.style["display"] == ("inline", "flow"):
        raise ValueError(f"Slot {name} is inline and has no width; make it a block or a cell.")
    text = next(
        inner
        for inner in box.descendants(placeholders=True)
        if getattr(inner, "text", None) == _PROBE
    )
    if text.style["font_weight"] != _NORMAL_WEIGHT:
        raise ValueError(f"Slot {name} is bold; stamps have one font of normal weight.")
    return Slot(
        name=name,
        left=box.content_box_x() * POINTS,
        baseline=height - (text.position_y + text.baseline) * POINTS,
        width=box.width * POINTS,
        size=text.style["font_size"] * POINTS,
        lean={"right": 1.0, "end": 1.0, "center": 0.5}.get(box.style["text_align_all"], 0.0),
        colour=tuple(round(part, 4) for part in text.style["color"].to("srgb").coordinates),
    )


def _qr_slots(page: Any, height: float) -> tuple[QrSlot, ...]:
    return tuple(
        QrSlot(
            name=name,
            left=box.content_box_x() * POINTS,
            bottom=height - (box.content_box_y() + box.height) * POINTS,
            side=box.width * POINTS,
        )
        for name, box in _boxes_with(page, "data-qr-slot")
    )


def _first_font_of(page: pikepdf.Page) -> pikepdf.Object:
    """Returns the font that the page selects first, by the operator Tf."""
    for instruction in pikepdf.parse_content_stream(page):
        if str(instruction.operator) == "Tf":
            return page.resources[Name.Font][str(instruction.operands[0])]
    raise ValueError("The carrier page shows no text.")


# A line of /ToUnicode: glyph number and the text it stands for, in UTF-16.
_CODE_TO_TEXT = re.compile(rb"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]+)>")


def _glyphs(font: pikepdf.Object, undrawn: Container[int]) -> Glyphs:
    """Returns the characters of the PDF's own font: /ToUnicode names them, /W gives their widths.

    A glyph that stands for several characters is left out, and so is what the font only shows as
    an empty box.
    """
    widths = _widths(font[Name.DescendantFonts][0])
    codes: dict[int, str] = {}
    measured: dict[str, int] = {}
    for code, utf16 in _CODE_TO_TEXT.findall(font[Name.ToUnicode].read_bytes()):
        character = bytes.fromhex(utf16.decode()).decode("utf-16-be")
        glyph = int(code, 16)
        if len(character) == 1 and ord(character) not in undrawn and glyph in widths:
            codes[ord(character)] = f"{glyph:04x}"
            measured[character] = widths[glyph]
    return Glyphs(codes, measured)


def _widths(cid_font: pikepdf.Object) -> dict[int, int]:
    """Reads the /W array in its form `first [w w w]`, the only one WeasyPrint writes."""
    runs = list(cid_font.get(Name.W, pikepdf.Array()).as_list())
    return {
        int(first) + offset: int(width)
        for first, run in zip(runs[::2], runs[1::2], strict=True)
        for offset, width in enumerate(run.as_list())
    }


def form_resources(background: pikepdf.Object, font: pikepdf.Object) -> Dictionary:
    """Returns what the page streams of `stamping` refer to: /B the background, /F the font."""
    return Dictionary(XObject=Dictionary(B=background), Font=Dictionary(F=font))
