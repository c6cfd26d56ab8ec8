"""The wording of contracts: which blanks it may and must have, and how it is read."""

import pytest

from customers.contract_papers.kinds import KINDS
from customers.contract_papers.standard_wording import STANDARD
from customers.contract_papers.wording import (
    Line,
    Piece,
    blanks_of,
    check_wording,
    read_wording,
)
from customers.models import ContractKind
from office.refusals import Invalid

AMENDMENT = KINDS[ContractKind.AMENDMENT]
WHOLE = "{供热人}与{用热人}就{原合同编号}约定：\n第一条 变更\n{变更内容}"


class TestReadWording:
    def test_paragraphs_headings_and_blanks_in_their_order(self) -> None:
        lines = read_wording(" {甲}和{乙} \n\n第十二条 期限\n{甲}止", {"甲": 6})
        assert lines == (
            Line(
                (Piece(name="甲", width=6), Piece("和"), Piece(name="乙", ordinal=1, width=10)),
                is_heading=False,
            ),
            Line((Piece("第十二条 期限"),), is_heading=True),
            Line((Piece(name="甲", ordinal=2, width=6), Piece("止")), is_heading=False),
        )
        assert list(blanks_of(lines)) == ["甲", "乙", "甲"]

    def test_a_sentence_that_names_an_article_is_no_heading(self) -> None:
        (line,) = read_wording("按第三条执行。", {})
        assert not line.is_heading


class TestCheckWording:
    def test_a_whole_wording_passes(self) -> None:
        check_wording(WHOLE, AMENDMENT)

    @pytest.mark.parametrize(
        ("wording", "sentence"),
        [
            ("  \n", "请填写合同条款"),
            (WHOLE + "字" * 20_000, "最多 20000 个字"),
            (WHOLE + "{户主}{身份证}", "没有名为“户主、身份证”的填写项"),
            (WHOLE.replace("{变更内容}", ""), "缺少必需的填写项：变更内容"),
            (WHOLE + "{户号", "花括号没有成对"),
            (WHOLE + "户号}", "花括号没有成对"),
            (WHOLE + "\U000f0001", "字库不能打印"),
        ],
    )
    def test_what_cannot_be_a_contract_is_refused(self, wording: str, sentence: str) -> None:
        with pytest.raises(Invalid, match=sentence):
            check_wording(wording, AMENDMENT)

    @pytest.mark.parametrize("kind", ContractKind)
    def test_every_kind_has_a_model_wording_that_passes(self, kind: ContractKind) -> None:
        check_wording(STANDARD[kind][1], KINDS[kind])
