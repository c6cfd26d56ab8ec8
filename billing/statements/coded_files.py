"""Statements that banks send to machines: MT940 and camt.053, read into the same rows as tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError

import mt940
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext_lazy as _

from billing.statements.cells import plain_text
from billing.statements.lines import Line, Noted, Row, Stated, Unreadable
from billing.statements.reading import Preface
from office.intake.notices import SheetNotices
from office.refusals import Invalid
from office.zone import SHANGHAI

_SNIFFED = 4096
_MT940_BEGINS = re.compile(rb"(?:^|[\r\n])\s*:20:")
_MT940_BLOCK = re.compile(r"(?=^:20:)", re.MULTILINE)
_NO_REFERENCE = frozenset({"", "NONREF", "NOTPROVIDED"})
_NAMED = 80


@dataclass
class CodedStatement:
    """A statement in a form for machines; what tables say by headings stands in its own fields."""

    preface: Preface
    lines: list[Row] = field(default_factory=list)
    file: BinaryIO | None = None

    @property
    def headings(self) -> dict[str, str]:
        """Returns nothing: such a file has no columns whose names a bank chooses."""
        return {}

    def rows(self) -> Iterator[Row]:
        """Yields balances and lines in their order; a large camt.053 is never whole in memory."""
        yield from self.lines
        if self.file is not None:
            yield from _camt_rows(self.file)

    def notices(self) -> SheetNotices:
        """Returns nothing: only tables have hidden rows and merged cells."""
        return SheetNotices()

    def portion(self, row: int) -> float:
        """Returns a half: how long the file is is known at its end only."""
        return 0.5


def open_coded(file: BinaryIO) -> CodedStatement | None:
    """Opens an MT940 or camt.053 file; None for any other. Raises `Invalid` for a damaged one."""
    file.seek(0)
    begin = file.read(_SNIFFED).removeprefix(b"\xef\xbb\xbf")
    file.seek(0)
    if begin.lstrip().startswith(b"<"):
        return _open_camt(file)
    if _MT940_BEGINS.search(begin) and b":60" in begin:
        return _open_mt940(file)
    return None


def _damaged(reason: object) -> Invalid:
    return Invalid(
        "statement_damaged",
        _("对账单文件已损坏或不完整（%(reason)s），请重新从网银下载。"),
        reason=str(reason)[:_NAMED],
    )


def _open_mt940(file: BinaryIO) -> CodedStatement:
    content = file.read()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    statement = CodedStatement(Preface())
    row = 0
    # One file may hold the statements of several days: each is read by itself and all follow on.
    for block in _MT940_BLOCK.split(text):
        if ":20:" not in block:
            continue
        try:
            parsed = mt940.parse(block)
        except Exception as broken:
            # The parser raises plain errors of several classes for what is no MT940.
            raise _damaged(broken) from broken
        row = _take_block(statement, parsed, block, row)
    return statement


def _take_block(statement: CodedStatement, parsed: Any, block: str, row: int) -> int:
    """Adds the balances and lines of one block; returns the number of its last row."""
    facts, preface = parsed.data, statement.preface
    preface.account = preface.account or str(facts.get("account_identification", ""))
    opening = facts.get("final_opening_balance") or facts.get("intermediate_opening_balance")
    closing = facts.get("final_closing_balance") or facts.get("intermediate_closing_balance")
    if opening is None or closing is None:
        raise _damaged(":60: :62:")
    preface.currency = preface.currency or str(opening.amount.currency or "")
    row += 1
    statement.lines.append(Stated(row, _fen(opening.amount.amount), opening=True))
    count = 0
    for entry in parsed:
        if "amount" not in entry.data:
            continue
        row, count = row + 1, count + 1
        statement.lines.append(_mt940_line(row, entry.data))
    if count != len(re.findall(r"^:61:", block, re.MULTILINE)):
        statement.lines.append(Unreadable(row, ":61:", "有一笔明细无法读取"))
    row += 1
    statement.lines.append(Stated(row, _fen(closing.amount.amount), opening=False))
    return row


def _mt940_line(row: int, facts: dict[str, Any]) -> Row:
    """Returns a line; RC and RD reverse what was received and paid, by a negative amount."""
    try:
        fen = abs(_fen(facts["amount"].amount))
    except ValueError:
        return Unreadable(row, ":61:", "金额至多两位小数")
    status = str(facts["status"])
    signed_fen = -fen if status.startswith("R") else fen
    is_received = status.endswith("C")
    day = facts.get("entry_date") or facts["date"]
    serial = next(
        (
            text
            for name in ("bank_reference", "customer_reference")
            if (text := plain_text(facts.get(name))).upper() not in _NO_REFERENCE
        ),
        "",
    )
    texts = [facts.get(name) for name in ("purpose", "extra_details", "additional_purpose")]
    if not any(texts[:1]):
        texts = [facts.get("transaction_details"), *texts]
    return Line(
        row=row,
        day=date(day.year, day.month, day.day),
        clock=None,
        received_fen=signed_fen if is_received else 0,
        paid_fen=0 if is_received else signed_fen,
        balance_fen=None,
        payer_name=plain_text(facts.get("applicant_name")),
        payer_account=plain_text(facts.get("applicant_iban")),
        remark=_joined(texts),
        serial=serial,
    )


def _open_camt(file: BinaryIO) -> CodedStatement:
    """Reads the account and its currency ahead; the lines are read when they are wanted."""
    preface = Preface()
    try:
        for _event, element in iterparse(file, events=("end",)):
            name = _name(element)
            if name == "Acct" and not preface.account:
                preface.account = _account(element)
                preface.currency = _text(element, "Ccy")
            if name == "Amt" and not preface.currency:
                preface.currency = element.get("Ccy", "")
            if name in ("Ntry", "Stmt"):
                break
        else:
            raise _damaged("Stmt")
    except (ParseError, DefusedXmlException) as broken:
        raise _damaged(broken) from broken
    return CodedStatement(preface, file=file)


def _camt_rows(file: BinaryIO) -> Iterator[Row]:
    """Yields the balances and entries of all statements of the file, entry by entry."""
    file.seek(0)
    row = 0
    try:
        for _event, element in iterparse(file, events=("end",)):
            name = _name(element)
            if name == "Bal":
                row += 1
                yield from _camt_balance(row, element)
            elif name == "Ntry":
                row += 1
                yield _camt_line(row, element)
                # What was read is let go: a month of a large account stays small in memory.
                element.clear()
    except (ParseError, DefusedXmlException) as broken:
        raise _damaged(broken) from broken


def _camt_balance(row: int, balance: Element) -> Iterator[Row]:
    code = _text(balance, "Tp", "CdOrPrtry", "Cd")
    if code not in ("OPBD", "PRCD", "CLBD"):
        return
    fen = _signed_fen(balance)
    yield Stated(row, fen, opening=code != "CLBD")


def _camt_line(row: int, entry: Element) -> Row:
    """Returns a line; a reversal stands on the side of what it reverses, by a negative amount."""
    state = _text(entry, "Sts", "Cd") or _text(entry, "Sts")
    if state != "BOOK":
        return Noted(row, f"{state} {_text(entry, 'AcctSvcrRef')}".strip())
    moment = _moment(entry)
    try:
        fen = _amount_fen(entry)
    except ValueError:
        return Unreadable(row, "Amt", "金额至多两位小数")
    if moment is None:
        return Unreadable(row, "BookgDt", "日期无效")
    is_reversal = _text(entry, "RvslInd").lower() in ("true", "1")
    is_received = (_text(entry, "CdtDbtInd") == "CRDT") != is_reversal
    signed_fen = -fen if is_reversal else fen
    party, account = ("Dbtr", "DbtrAcct") if is_received else ("Cdtr", "CdtrAcct")
    texts = [element.text for element in _all(entry, "Ustrd")]
    texts += [_text(entry, "AddtlNtryInf")]
    day, clock = moment
    return Line(
        row=row,
        day=day,
        clock=clock,
        received_fen=signed_fen if is_received else 0,
        paid_fen=0 if is_received else signed_fen,
        balance_fen=None,
        payer_name=next((_first_text(item, "Nm") for item in _all(entry, party)), ""),
        payer_account=next((_account(item) for item in _all(entry, account)), ""),
        remark=_joined(texts),
        serial=_text(entry, "AcctSvcrRef") or _first_text(entry, "AcctSvcrRef"),
    )


def _moment(entry: Element) -> tuple[date, time | None] | None:
    text = _text(entry, "BookgDt", "DtTm")
    try:
        if text:
            moment = datetime.fromisoformat(text)
            local = moment.astimezone(SHANGHAI) if moment.tzinfo else moment
            return local.date(), local.time().replace(microsecond=0)
        day = _text(entry, "BookgDt", "Dt") or _text(entry, "ValDt", "Dt")
        return date.fromisoformat(day[:10]), None
    except ValueError:
        return None


def _signed_fen(element: Element) -> int:
    try:
        fen = _amount_fen(element)
    except ValueError as broken:
        raise _damaged("Amt") from broken
    return -fen if _text(element, "CdtDbtInd") == "DBIT" else fen


def _amount_fen(element: Element) -> int:
    try:
        return _fen(Decimal(_text(element, "Amt")))
    except InvalidOperation as broken:
        raise ValueError from broken


def _fen(yuan: Decimal) -> int:
    fen = Decimal(yuan) * 100
    if not fen.is_finite() or fen != int(fen):
        raise ValueError("more than two decimals")
    return int(fen)


def _account(element: Element) -> str:
    """Returns the account number: an IBAN, else the number in `Othr`."""
    return _first_text(element, "IBAN") or next(
        (_text(other, "Id") for other in _all(element, "Othr")), ""
    )


def _name(element: Element) -> str:
    """Returns the tag without its namespace, which names the version of the schema."""
    return str(element.tag).rpartition("}")[2]


def _text(element: Element, *names: str) -> str:
    """Returns the text below these tags; "" where one is missing."""
    for name in names:
        child = next((child for child in element if _name(child) == name), None)
        if child is None:
            return ""
        element = child
    return plain_text(element.text)


def _all(element: Element, name: str) -> list[Element]:
    return [part for part in element.iter() if _name(part) == name]


def _first_text(element: Element, name: str) -> str:
    return next((plain_text(part.text) for part in _all(element, name)), "")


def _joined(texts: list[Any]) -> str:
    """Returns the texts in one line, each once."""
    plain = [plain_text(text) for text in texts if text]
    return " ".join(dict.fromkeys(text for text in plain if text))
