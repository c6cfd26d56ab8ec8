"""The columns of bank statements, found by the names that banks give them.

Names are data: what a bank account's statements call a column is remembered with the account and
is looked at before the usual names.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from office.intake.cells import shown
from office.intake.columns import Columns, Header
from office.refusals import Invalid

NAMES: Mapping[str, tuple[str, ...]] = {
    "day": (
        *("交易日期", "记账日期", "入账日期", "日期", "交易日", "记账日", "入账日", "业务日期"),
        *("发生日期", "账务日期", "会计日期"),
    ),
    "clock": ("交易时间", "记账时间", "入账时间", "时间", "交易日期时间"),
    "received": (
        *("收入", "收入金额", "贷方发生额", "贷方金额", "贷方", "贷", "贷方发生金额"),
        *(
            "贷方交易金额",
            "转入金额",
            "转入",
            "存入金额",
            "存入",
            "来账金额",
            "收款金额",
            "收方金额",
        ),
        *("收方发生额", "进账金额", "收入发生额"),
    ),
    "paid": (
        *("支出", "支出金额", "借方发生额", "借方金额", "借方", "借", "借方发生金额"),
        *(
            "借方交易金额",
            "转出金额",
            "转出",
            "支取金额",
            "支取",
            "往账金额",
            "付款金额",
            "付方金额",
        ),
        *("付方发生额", "支出发生额"),
    ),
    "amount": ("交易金额", "发生额", "金额", "发生金额", "交易额", "交易发生额"),
    "side": (
        *("借贷标志", "借贷", "借贷方向", "借/贷", "借贷标识", "借贷标记", "收支", "收/支"),
        *("收支方向", "收支标志", "收支类型", "收付标志", "收付", "方向", "交易方向", "来往账标志"),
    ),
    "balance": ("余额", "账户余额", "交易后余额", "本次余额", "当前余额", "联机余额", "交易余额"),
    "name": (
        *("对方户名", "对方名称", "对方账户名称", "对方账户名", "对方单位名称", "对方单位"),
        *("对手户名", "对手方名称", "对方姓名", "交易对方", "对方", "交易对手名称"),
    ),
    "account": (
        *("对方账号", "对方账户", "对方卡号", "对手账号", "对方帐号", "对方账户账号"),
        *("对方银行账号", "交易对手账号"),
    ),
    "payer_name": ("付款人名称", "付款人户名", "付款方户名", "付款人", "付款方名称", "付款方"),
    "payer_account": ("付款人账号", "付款方账号", "付款账号"),
    "payee_name": ("收款人名称", "收款人户名", "收款方户名", "收款人", "收款方名称", "收款方"),
    "payee_account": ("收款人账号", "收款方账号", "收款账号"),
    "summary": ("摘要", "交易摘要", "业务摘要", "摘要说明", "交易类型", "业务类型"),
    "purpose": ("用途", "用途及附言", "交易用途", "款项用途", "用途/附言", "摘要/用途"),
    "note": ("附言", "备注", "客户附言", "交易附言", "交易备注", "留言", "附加信息"),
    "serial": (
        *("交易流水号", "流水号", "银行流水号", "核心流水号", "交易流水", "主机流水号"),
        *("交易序号", "业务流水号", "回单编号", "凭证号", "凭证号码", "交易参考号"),
    ),
}
KEYS = tuple(NAMES)
_BRACKETS = re.compile(r"[(\[（【][^)\]）】]*[)\]）】]|[*:：\s]")


class StatementColumns(Columns):
    """The columns of the statements of one bank account.

    A row is the header when it names a day or a time, and amounts: received and paid, or one
    amount with or without its side.
    """

    def as_header(self, row: int, cells: Sequence[object]) -> Header | None:
        """Returns the header if this row is one; of two columns with a known name the more usual
        counts. Raises `Invalid` when an amount's column is there twice under the same name.
        """
        headings = [shown(cell) for cell in cells]
        plain = [plain_heading(text) for text in headings]
        places: dict[str, int] = {}
        for key, names in self.names.items():
            for name in names:
                if name in plain:
                    places[key] = plain.index(name)
                    break
        if "day" not in places and "clock" in places:
            places["day"] = places.pop("clock")
        if not _is_header(places) or len(places) < self.fewest:
            return None
        for key in ("received", "paid", "amount", "balance"):
            if key in places and plain.count(plain[places[key]]) > 1:
                raise Invalid(
                    "column_twice",
                    _("表头中重复的列：%(columns)s。请只保留一列。"),
                    columns=headings[places[key]],
                )
        if "received" in places and "paid" in places:
            places.pop("amount", None)
            places.pop("side", None)
        return Header(self, row, places, headings)

    def no_header(self) -> Invalid:
        """The refusal of a file without a header."""
        return Invalid(
            "header_missing",
            _(
                "没有找到表头：前 50 行中须有一行写明交易日期、收入和支出（或金额和借贷标志）、"
                "余额等列名。银行用的列名不同的，请先在该银行账户下登记列名。"
            ),
        )


def statement_columns(remembered: Mapping[str, Sequence[str]] | None = None) -> StatementColumns:
    """Returns the columns; `remembered` gives a bank account's own headings by key."""
    own = {key: tuple(map(plain_heading, headings)) for key, headings in (remembered or {}).items()}
    own_names = {name for names in own.values() for name in names}
    names = {
        key: (*own.get(key, ()), *(name for name in usual if name not in own_names))
        for key, usual in NAMES.items()
    }
    return StatementColumns(names, required=(), anchor="day", fewest=3)


def plain_heading(heading: str) -> str:
    """Returns a heading without spaces, colons and what stands in brackets."""
    return _BRACKETS.sub("", unicodedata.normalize("NFKC", heading))


def _is_header(places: Mapping[str, int]) -> bool:
    both_sides = "received" in places and "paid" in places
    return "day" in places and (both_sides or "amount" in places)
