"""Piles of papers: stamped ones must be what WeasyPrint would have laid out."""

from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import pytest
from pikepdf import Name, Pdf
from pytest_django import Settings

from billing.bills.papers import BillLine, ReceiptLine
from office.money import in_words
from office.pdf import PrintedFile, render_pdf, stamp_pages
from office.pdf.stamping import Paper
from tests.office.papers import HOME, a_bill, a_receipt
from tests.office.pdf_reading import Shown, pages_of, texts_of

RECEIPT, BILL = "billing/payments/receipt.html", "billing/bills/bill.html"
TWELVE_DIGITS = a_receipt(
    lines=(ReceiptLine("2025-2026", "商业厂房", "按合同", "9,999,999,999.99"),),
    total="9,999,999,999.99",
    total_in_words=in_words(999_999_999_999),
)
LATIN = a_receipt(payer="AVATAR Yo LTD. fi ffl To", note="Te AV 1/2")


def print_pile(template: str, *papers: Paper) -> PrintedFile:
    (file,) = stamp_pages(template, papers)
    return file


def places(page: list[Shown]) -> dict[tuple[str, int], tuple[float, float]]:
    """Where each text starts; texts that occur twice are told apart by their order."""
    positions: dict[tuple[str, int], tuple[float, float]] = {}
    for text, x, y in page:
        occurrence = sum(1 for seen_text, _ in positions if seen_text == text)
        positions[text, occurrence] = (x, y)
    return positions


class TestStampPages:
    @pytest.mark.parametrize(
        ("template", "paper"),
        [
            (RECEIPT, a_receipt()),
            (RECEIPT, a_receipt(lines=(HOME,) * 6, note="更正")),
            (RECEIPT, a_receipt(copy=3)),
            (RECEIPT, a_receipt(voided=True, copy=1)),
            (RECEIPT, TWELVE_DIGITS),
            (RECEIPT, LATIN),
            (BILL, a_bill()),
            (BILL, a_bill(copy=1)),
        ],
    )
    def test_a_stamped_page_reads_like_the_laid_out_one(self, template: str, paper: Paper) -> None:
        file = print_pile(template, paper)
        (stamped,), (plain,) = (
            pages_of(file.content),
            pages_of(render_pdf(template, {"paper": paper})),
        )

        assert file.laid_out == 0
        expected, actual = places(plain), places(stamped)
        assert actual.keys() == expected.keys()
        for text, place in expected.items():
            assert actual[text] == pytest.approx(place, abs=0.06), text

    def test_the_carrier_of_the_glyphs_is_nowhere_to_be_read(self) -> None:
        file = print_pile(RECEIPT, a_receipt(1), a_receipt(2, payer="欧阳修"))
        plain = [
            texts_of(render_pdf(RECEIPT, {"paper": p}))[0]
            for p in (a_receipt(1), a_receipt(2, payer="欧阳修"))
        ]
        assert [sorted(page) for page in texts_of(file.content)] == [sorted(page) for page in plain]

    def test_all_pages_share_one_form_and_one_font(self) -> None:
        file = print_pile(RECEIPT, *(a_receipt(i) for i in range(50)))
        with Pdf.open(BytesIO(file.content)) as pdf:
            resources = {page.obj[Name.Resources].objgen for page in pdf.pages}
            fonts = [o for o in pdf.objects if isinstance(o, type(pdf.Root)) and "/FontFile2" in o]
            assert len(pdf.pages) == 50
        assert len(resources) == 1
        assert len(fonts) == 1

    def test_the_same_pile_is_the_same_bytes(self) -> None:
        pile = [a_receipt(i) for i in range(3)]
        assert print_pile(RECEIPT, *pile).content == print_pile(RECEIPT, *pile).content

    @pytest.mark.parametrize(
        "unusual",
        [
            a_receipt(2, address="山西转型综合改革示范区" * 6),
            a_receipt(2, lines=(HOME,) * 7),
            a_receipt(2, payer="𠮷俊"),
            a_receipt(2, payer="ئۇيغۇر"),
            a_receipt(2, verify_url="https://例子.cn/r/2"),
        ],
        ids=["long address", "seven lines", "rare character", "joined script", "address not ASCII"],
    )
    def test_what_cannot_be_stamped_is_laid_out_in_its_place(self, unusual: Paper) -> None:
        file = print_pile(RECEIPT, a_receipt(1), unusual, a_receipt(3))

        assert (file.papers, file.pages, file.laid_out) == (3, 3, 1)
        first, second, third = texts_of(file.content)
        assert "SJ202500000001" in first
        assert second == texts_of(render_pdf(RECEIPT, {"paper": unusual}))[0]
        assert "SJ202500000003" in third

    def test_a_bill_of_many_lines_takes_the_pages_it_needs(self) -> None:
        line = BillLine("居民住宅采暖费", "90.00 m² × 3.60 元/m²·月 × 5 个月", "依据", "1,620.00")
        long = a_bill(2, lines=(line,) * 30)
        file = print_pile(BILL, a_bill(1), long, a_bill(3))

        pages = texts_of(file.content)
        assert (file.papers, file.pages, file.laid_out) == (3, len(pages), 1)
        assert [page.count("1,620.00") for page in pages[1:-1]] == [
            page.count("1,620.00") for page in texts_of(render_pdf(BILL, {"paper": long}))
        ]
        assert sum(page.count("1,620.00") for page in pages[1:-1]) == 30
        assert "TZ202500000003" in pages[-1]

    def test_papers_of_different_forms_keep_their_order(self) -> None:
        other = "朔州市再生能源热力有限公司"
        file = print_pile(
            RECEIPT, a_receipt(1), a_receipt(2, company=other), a_receipt(3, voided=True)
        )
        first, second, third = texts_of(file.content)
        assert file.laid_out == 0
        assert (first[0], second[0], third[0]) == (
            "太原市再生能源供热有限公司",
            other,
            "太原市再生能源供热有限公司",
        )
        assert ["作废" in page for page in (first, second, third)] == [False, False, True]

    def test_a_file_holds_no_more_pages_than_asked(self) -> None:
        line = BillLine("居民住宅采暖费", "90.00 m²", "依据", "1,620.00")
        long = a_bill(2, lines=(line,) * 30)
        two = len(texts_of(render_pdf(BILL, {"paper": long})))
        pile = [a_bill(1), long, a_bill(3), a_bill(4), a_bill(5)]
        files = list(stamp_pages(BILL, pile, pages_per_file=two))

        assert all(file.pages <= two for file in files)
        assert sum(file.papers for file in files) == 5
        numbers = [
            text
            for file in files
            for page in texts_of(file.content)
            for text in page
            if text[:2] == "TZ"
        ]
        assert numbers == [f"TZ2025{n:08d}" for n in (1, 2, 3, 4, 5)]

    def test_no_papers_make_no_file(self) -> None:
        assert list(stamp_pages(RECEIPT, [])) == []

    def test_a_file_is_named_by_the_caller(self) -> None:
        (file,) = stamp_pages(RECEIPT, [a_receipt()], title="2025年11月03日收据")
        with Pdf.open(BytesIO(file.content)) as pdf:
            assert str(pdf.docinfo[Name.Title]) == "2025年11月03日收据"
            assert str(pdf.docinfo[Name.Author]) == "太原市再生能源供热有限公司"

    def test_blanks_in_a_value_are_folded_in_both(self) -> None:
        paper = replace(a_receipt(), payer="  王\u00a0 建国 ")
        assert "王 建国" in texts_of(print_pile(RECEIPT, paper).content)[0]
        assert "王 建国" in texts_of(render_pdf(RECEIPT, {"paper": paper}))[0]


@dataclass(frozen=True)
class Note:
    """A paper of these tests alone."""

    text: str
    form: str = "note"


class TestForm:
    @pytest.fixture
    def write_template(self, tmp_path: Path, settings: Settings) -> Path:
        (engine,) = settings.TEMPLATES
        settings.TEMPLATES = [engine | {"DIRS": [tmp_path, *engine["DIRS"]]}]
        return tmp_path / "note.html"

    @pytest.mark.parametrize(
        ("slot", "reason"),
        [
            ('<span data-slot="text"></span>', "inline"),
            ('<p data-slot="text" style="font-weight: bold"></p>', "bold"),
            ('<p data-slot="text" style="display: none"></p>', "no box"),
        ],
    )
    def test_a_slot_that_cannot_be_stamped_is_an_error_of_the_template(
        self, slot: str, reason: str, write_template: Path
    ) -> None:
        write_template.write_text(f"<h1>Note</h1>{slot}", encoding="utf-8")
        with pytest.raises(ValueError, match=reason):
            list(stamp_pages("note.html", [Note("x")]))

    def test_a_value_may_stand_in_two_places(self, write_template: Path) -> None:
        write_template.write_text(
            '<p data-slot="text">{{ paper.text }}</p><p data-slot="text">{{ paper.text }}</p>',
            encoding="utf-8",
        )
        file = print_pile("note.html", Note("甲"), Note("乙"))
        assert file.laid_out == 0
        assert texts_of(file.content) == [["甲", "甲"], ["乙", "乙"]]
