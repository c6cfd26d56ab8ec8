"""One paper at a time."""

from io import BytesIO
from pathlib import Path

import pytest
from pikepdf import Name, Pdf
from pytest_django import Settings

from office.pdf import ForbiddenAddress, render_pdf
from office.pdf.drawable import undrawn
from office.pdf.qr import QrBits, qr_modules, qr_svg
from office.pdf.wording import one_line, printable
from tests.office.papers import HOME, a_bill, a_receipt
from tests.office.pdf_reading import texts_of


@pytest.fixture
def write_template(tmp_path: Path, settings: Settings) -> Path:
    settings.TEMPLATES = [
        {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [tmp_path]}
    ]
    return tmp_path / "paper.html"


class TestRenderPdf:
    def test_a_receipt_shows_its_values(self) -> None:
        (page,) = texts_of(render_pdf("billing/payments/receipt.html", {"paper": a_receipt(7)}))

        assert page == [
            "太原市再生能源供热有限公司",
            "供热费收据",
            *("开具日期", "2025年11月03日", "No.", "SJ202500000007"),
            *("交款人", "王建国", "户号", "140100000007"),
            *("用热地址", "太原市万柏林区和平南路88号院12号楼3单元1801", "采暖季", "2025-2026"),
            *("采暖季", "项目", "说明", "金额（元）"),
            *("2025-2026", "居民住宅", "90.00 m² × 3.60 元/m²·月 × 5 个月", "1,620.00"),
            *("合计大写", "壹仟陆佰贰拾元整", "小写", "¥ 1,620.00"),
            *("查验码", "7K3M-000007", "交费方式", "微信支付"),
            *("流水号", "4200001234000000000007"),
            *("收款人", "赵敏"),
            "备注",
            "扫码查验真伪。客服热线 0351-96577",
            *("收款单位（盖章）", "太原市再生能源供热有限公司"),
        ]

    def test_a_bill_explains_every_line(self) -> None:
        (page,) = texts_of(render_pdf("billing/bills/bill.html", {"paper": a_bill()}))

        first = page.index("居民住宅采暖费")
        assert page[first - 1 : first + 7] == [
            "建筑面积 90.00 m² × 3.60 元/m²·月 × 5 个月",
            "居民住宅采暖费",
            "1,620.00",
            "依据：并发改价格〔2025〕12号，自2025年11月01日起执行",
            "2024-2025 采暖季测温 16.5 °C，3 天",
            "低温退费",
            "-16.20",
            "依据：测温单 CW-20250112-03",
        ]
        assert page[page.index("应缴大写") + 1] == "壹仟陆佰零叁元捌角整"

    def test_the_same_paper_is_the_same_bytes(self) -> None:
        context = {"paper": a_receipt()}
        assert render_pdf("billing/payments/receipt.html", context) == render_pdf(
            "billing/payments/receipt.html", context
        )

    def test_title_author_and_date_come_from_the_paper(self) -> None:
        with Pdf.open(
            BytesIO(render_pdf("billing/payments/receipt.html", {"paper": a_receipt(7)}))
        ) as pdf:
            assert str(pdf.docinfo[Name.Title]) == "供热费收据 SJ202500000007"
            assert str(pdf.docinfo[Name.Author]) == "太原市再生能源供热有限公司"
            assert str(pdf.docinfo[Name.CreationDate]) == "D:20251103093000+08'00"

    def test_the_fonts_are_embedded_as_subsets(self) -> None:
        content = render_pdf("billing/payments/receipt.html", {"paper": a_receipt()})
        assert len(content) < 60_000

    def test_an_original_bears_no_mark_a_reprint_and_a_voided_one_do(self) -> None:
        (original,) = texts_of(render_pdf("billing/payments/receipt.html", {"paper": a_receipt()}))
        (reprint,) = texts_of(
            render_pdf("billing/payments/receipt.html", {"paper": a_receipt(copy=2)})
        )
        (voided,) = texts_of(
            render_pdf("billing/payments/receipt.html", {"paper": a_receipt(voided=True)})
        )

        assert "副本 2" not in original
        assert "作废" not in original
        assert "副本 2" in reprint
        assert "作废" in voided

    def test_seven_lines_stay_on_one_receipt(self) -> None:
        seven = texts_of(
            render_pdf("billing/payments/receipt.html", {"paper": a_receipt(lines=(HOME,) * 7)})
        )
        assert [page.count("1,620.00") for page in seven] == [7]

    def test_markup_in_a_name_is_text(self) -> None:
        paper = a_receipt(payer="<b>王&建国</b>")
        (page,) = texts_of(render_pdf("billing/payments/receipt.html", {"paper": paper}))
        assert "<b>王&建国</b>" in page


class TestOwnFilesOnly:
    @pytest.mark.parametrize(
        "address",
        [
            "file:///etc/hostname",
            "http://127.0.0.1/logo.png",
            "https://example.com/logo.png",
            "ftp://example.com/logo.png",
            "//example.com/logo.png",
            "/etc/hostname",
            "/static/../manage.py",
            "/static/%2e%2e/manage.py",
            "/static//etc/hostname",
            "/static/no-such-file.png",
        ],
    )
    def test_anything_else_stops_the_paper(self, address: str, write_template: Path) -> None:
        write_template.write_text(f'<img src="{address}">', encoding="utf-8")
        with pytest.raises(ForbiddenAddress):
            render_pdf("paper.html", {})

    def test_a_style_may_not_reach_out_either(self, write_template: Path) -> None:
        write_template.write_text(
            '<p style="background: url(file:///etc/hostname)">x</p>', encoding="utf-8"
        )
        with pytest.raises(ForbiddenAddress):
            render_pdf("paper.html", {})

    def test_inline_data_and_our_own_static_files_are_drawn(
        self, write_template: Path, tmp_path: Path, settings: Settings
    ) -> None:
        svg = (
            "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>"
            "<text y='9'>{}</text></svg>"
        )
        (tmp_path / "seal.svg").write_text(svg.format("S"), encoding="utf-8")
        settings.STATICFILES_DIRS = [tmp_path]
        write_template.write_text(
            f'<img src="data:image/svg+xml,{svg.format("D")}"><img src="/static/seal.svg">',
            encoding="utf-8",
        )
        assert texts_of(render_pdf("paper.html", {})) == [["D", "S"]]


class TestPrintable:
    @pytest.mark.parametrize(
        ("written", "printed"),
        [
            ("王建国", "王建国"),
            ("2025\u20112026", "2025-2026"),
            ("e\u0301", "é"),
            ("16 ℃", "16 °C"),
            ("王\u202e国建\u200b", "王国建"),
            ("a\ud800\x00b", "ab"),
            ("全角　空格", "全角　空格"),
        ],
    )
    def test_says_the_same_in_plain_signs(self, written: str, printed: str) -> None:
        assert printable(written) == printed

    def test_folds_blanks_as_a_browser_does(self) -> None:
        assert one_line(" 3\u00a0号 \n\t楼 ") == "3 号 楼"


class TestUndrawn:
    def test_rare_characters_of_names_are_drawn(self) -> None:
        assert undrawn("王䶮 李㛃 赵𫖯 钱𠈓 Ａé㎡") == ""

    def test_names_what_no_font_draws_once_and_in_order(self) -> None:
        assert undrawn("王\U00033000\ue000英\U00033000") == "\U00033000\ue000"


class TestQr:
    def test_bits_are_the_modules_for_addresses_of_any_length(self) -> None:
        bits = QrBits()
        for text in (
            "https://a.cn/0000",
            "https://a.cn/zZ9-",
            "https://a.cn/0001",
            "https://pay.example.cn/r/7K3M",
            "https://b.cn/~~~~",
            "x" * 60,
        ):
            rows = qr_modules(text)
            side, packed = bits.bits(text)
            assert side == len(rows)
            width = (side + 7) // 8
            unpacked = [
                tuple(packed[y * width + x // 8] >> (7 - x % 8) & 1 for x in range(side))
                for y in range(side)
            ]
            assert unpacked == [tuple(row) for row in rows]

    def test_nothing_to_say_draws_nothing(self) -> None:
        assert qr_svg("") == ""
