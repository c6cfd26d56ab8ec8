"""What a line is about before anybody asks whose money it is."""

import re

from billing.statement_words import LineKind
from billing.statements.lines import Line

_REVERSAL = re.compile(r"冲正|冲账|冲销|冲回|抹账|红冲|红字|撤销|反交易")
_RETURN = re.compile(r"退票|退汇|退回")
_FEE = re.compile(
    r"手续费|汇划费|工本费|管理费|服务费|年费|短信费|账户维护费|电子汇划|网银费|证书费|回单费"
)
_INTEREST = re.compile(r"利息|结息|存款付息|计息")


def kind_of(line: Line) -> LineKind:
    """Returns the kind of the line.

    A negative amount is a reversal, and so is one whose remark says 冲正. A transfer that we sent
    may come back (退票, 退汇).
    """
    if not line.received_fen and not line.paid_fen:
        return LineKind.EMPTY
    if line.received_fen < 0 or line.paid_fen < 0 or _REVERSAL.search(line.remark):
        return LineKind.REVERSAL
    if line.paid_fen:
        return LineKind.FEE if _FEE.search(line.remark) else LineKind.PAYMENT_OUT
    if _RETURN.search(line.remark):
        return LineKind.RETURN
    if _INTEREST.search(line.remark) and not line.payer_account:
        return LineKind.INTEREST
    return LineKind.RECEIVED


def reverses(reversal: Line, original: Line) -> bool:
    """Whether the reversal takes back the original: the opposite amount, and the same party where
    both lines name one.
    """
    if reversal.net_fen != -original.net_fen or not original.net_fen:
        return False
    if reversal.payer_account and original.payer_account:
        return reversal.payer_account == original.payer_account
    return not reversal.payer_name or reversal.payer_name == original.payer_name
