"""MT940 and camt.053 are read into the lines, balances and proof of any other statement."""

import io
from datetime import date, time

import pytest

from billing.statements.coded_files import CodedStatement
from billing.statements.lines import Line, Noted, Stated
from billing.statements.proof import Proof, Prover
from billing.statements.sheets import open_statement
from office.refusals import Invalid

MT940 = """:20:STMT20251103
:25:1402000000001234567
:28C:307/1
:60F:C251102CNY1000,00
:61:2511031103C2100,00NTRFS1//B0001
:86:王秀英 暖气费 户号01000123
:61:2511031103RC100,NTRFNONREF//B0002
:86:冲正
:61:2511031103D15,16NCHGNONREF
:86:手续费
:62F:C251103CNY2984,84
-
:20:STMT20251104
:25:1402000000001234567
:28C:308/1
:60F:C251103CNY2984,84
:61:2511041104C0,16NTRFS9
:86:利息
:62F:C251104CNY2985,00
-
"""
CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>
<Acct><Id><Othr><Id>1402000000001234567</Id></Othr></Id><Ccy>CNY</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">1000.00</Amt>
 <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2025-11-02</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">2984.84</Amt>
 <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2025-11-03</Dt></Dt></Bal>
<Ntry><Amt Ccy="CNY">2100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
 <BookgDt><DtTm>2025-11-03T01:05:00+00:00</DtTm></BookgDt><AcctSvcrRef>B0001</AcctSvcrRef>
 <NtryDtls><TxDtls><RltdPties><Dbtr><Nm>王秀英</Nm></Dbtr>
  <DbtrAcct><Id><Othr><Id>62000001</Id></Othr></Id></DbtrAcct></RltdPties>
  <RmtInf><Ustrd>暖气费 户号01000123</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="CNY">100</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd><Sts>BOOK</Sts>
 <BookgDt><Dt>2025-11-03</Dt></BookgDt><AcctSvcrRef>B0002</AcctSvcrRef>
 <AddtlNtryInf>冲正</AddtlNtryInf></Ntry>
<Ntry><Amt Ccy="CNY">15.16</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>
 <BookgDt><Dt>2025-11-03</Dt></BookgDt><AddtlNtryInf>手续费</AddtlNtryInf></Ntry>
<Ntry><Amt Ccy="CNY">9</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts>
 <AcctSvcrRef>B0009</AcctSvcrRef></Ntry>
</Stmt></BkToCstmrStmt></Document>
"""


def opened(text: str, encoding: str = "utf-8") -> CodedStatement:
    statement = open_statement(io.BytesIO(text.encode(encoding)), "statement")
    assert isinstance(statement, CodedStatement)
    return statement


def proof_of(statement: CodedStatement) -> Proof:
    prover = Prover()
    for row in statement.rows():
        if isinstance(row, Line):
            prover.line(row)
        elif isinstance(row, Stated):
            prover.stated(row)
    return prover.proof()


def lines_of(statement: CodedStatement) -> list[Line]:
    return [row for row in statement.rows() if isinstance(row, Line)]


class TestMt940:
    @pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
    def test_two_days_in_one_file_are_proved_together(self, encoding: str) -> None:
        statement = opened(MT940, encoding)
        assert statement.preface.account == "1402000000001234567"
        assert proof_of(statement) == Proof(100000, 298500)
        assert [
            (line.received_fen, line.paid_fen, line.serial) for line in lines_of(statement)
        ] == [
            (210000, 0, "B0001"),
            (-10000, 0, "B0002"),
            (0, 1516, ""),
            (16, 0, "S9"),
        ]
        first = lines_of(statement)[0]
        assert (first.day, first.remark) == (date(2025, 11, 3), "王秀英 暖气费 户号01000123")

    def test_a_line_that_is_cut_off_is_not_proved(self) -> None:
        cut = MT940.replace(":61:2511031103D15,16NCHGNONREF\n:86:手续费\n", "")
        assert proof_of(opened(cut)).faults == ("closing_differs",)

    def test_a_file_without_its_balances_is_refused(self) -> None:
        with pytest.raises(Invalid) as refused:
            opened(MT940.replace(":62F:C251104CNY2985,00\n", ""))
        assert refused.value.code == "statement_damaged"


class TestCamt053:
    def test_reads_parties_remark_time_and_reversal(self) -> None:
        statement = opened(CAMT)
        assert (statement.preface.account, statement.preface.currency) == (
            "1402000000001234567",
            "CNY",
        )
        assert proof_of(statement) == Proof(100000, 298484)
        lines = lines_of(statement)
        assert lines[0] == Line(
            row=3,
            day=date(2025, 11, 3),
            clock=time(9, 5),
            received_fen=210000,
            paid_fen=0,
            balance_fen=None,
            payer_name="王秀英",
            payer_account="62000001",
            remark="暖气费 户号01000123",
            serial="B0001",
        )
        assert [(line.received_fen, line.paid_fen, line.remark) for line in lines[1:]] == [
            (-10000, 0, "冲正"),
            (0, 1516, "手续费"),
        ]

    def test_what_is_pending_is_named_and_no_line(self) -> None:
        notes = [row for row in opened(CAMT).rows() if isinstance(row, Noted)]
        assert notes == [Noted(6, "PDNG B0009")]

    @pytest.mark.parametrize(
        "text",
        [
            CAMT[:900],
            '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><Document>&b;</Document>',
            "<html><body>login</body></html>",
        ],
    )
    def test_a_damaged_or_hostile_file_is_refused(self, text: str) -> None:
        with pytest.raises(Invalid) as refused:
            list(opened(text).rows())
        assert refused.value.code == "statement_damaged"
