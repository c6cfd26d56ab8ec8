"""Yuan and fen: the only place where an amount is rounded, parsed or written out."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact, InvalidOperation, localcontext
from fractions import Fraction

_EXACT = Context(prec=400, rounding=ROUND_HALF_EVEN, traps=[Inexact, InvalidOperation])
_LONGEST = 60
_AMOUNT = re.compile(r"(-?)(0|[1-9][0-9]{0,15})(?:\.([0-9]{1,2}))?")

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ((1000, "仟"), (100, "佰"), (10, "拾"), (1, ""))
_LARGEST_IN_WORDS = 10**18


@contextmanager
def exact() -> Iterator[None]:
    """Makes Decimal sums and products inside the block exact, whatever the caller's context."""
    with localcontext(_EXACT):
        yield


def round_half_up(number: Decimal | Fraction, over: Decimal | int = 1) -> int:
    """Returns `number / over` rounded to an integer, halves away from zero, in one step.

    The same in PostgreSQL, for n >= 0 and d > 0: `div(2 * n + d, 2 * d)`; negative n by symmetry.
    """
    for part in (number, over):
        _refuse_monsters(part)
    if not over:
        raise ValueError("除数为零")
    ratio = Fraction(number) / Fraction(over)
    n, d = abs(ratio.numerator), ratio.denominator
    size = (2 * n + d) // (2 * d)
    return size if ratio >= 0 else -size


def round_fen(yuan: Decimal, over: Decimal | int = 1) -> int:
    """Returns `yuan / over` in fen, rounded HALF_UP; pass a divisor here instead of dividing
    before.
    """
    with exact():
        return round_half_up(yuan * 100, over)


def parse_yuan(text: str) -> int:
    """Returns the fen of a plain amount such as "1620.00", "-0.5" or "7"; ValueError otherwise."""
    amount = _AMOUNT.fullmatch(text) if isinstance(text, str) else None
    if amount is None:
        raise ValueError(f"不是金额：{text!r}")
    sign, whole, fraction = amount.groups()
    fen = int(whole) * 100 + int((fraction or "").ljust(2, "0"))
    return -fen if sign else fen


def yuan(fen: int) -> Decimal:
    """Returns fen as a Decimal of yuan with two places."""
    return Decimal(fen).scaleb(-2, context=_EXACT)


def yuan_text(fen: int) -> str:
    """Returns fen as people read it: "1,620.00"."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def yuan_plain(fen: int) -> str:
    """Returns fen as machines exchange it: "1620.00"; `parse_yuan` reads it back."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def in_words(fen: int) -> str:
    """Returns fen in 人民币大写 (支付结算办法 附一), below 10,000 万亿 yuan, with "整" after 元 and
    角.
    """
    if abs(fen) >= _LARGEST_IN_WORDS:
        raise ValueError("金额超出大写范围")
    whole, rest = divmod(abs(fen), 100)
    jiao, cents = divmod(rest, 10)
    words = "负" if fen < 0 else ""
    if whole or not rest:
        words += _integer_in_words(whole) + "元"
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif cents and whole:
        words += "零"
    return words + (_DIGITS[cents] + "分" if cents else "整")


def split_vat(gross_fen: int, rate: Decimal) -> tuple[int, int]:
    """Returns net and tax of a tax-inclusive amount: net = gross / (1 + rate), tax is the rest."""
    if not 0 <= rate <= 1:
        raise ValueError("税率须在 0 与 1 之间")
    with exact():
        net = round_half_up(Decimal(gross_fen), 1 + rate)
    return net, gross_fen - net


def _integer_in_words(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    for unit, name in ((10**8, "亿"), (10**4, "万")):
        if number >= unit:
            high, low = divmod(number, unit)
            gap = _DIGITS[0] if 0 < low < unit // 10 else ""
            return _integer_in_words(high) + name + gap + (_integer_in_words(low) if low else "")
    words = ""
    for place, name in _PLACES:
        digit = number // place % 10
        if digit:
            words += _DIGITS[digit] + name
        elif words and number % place and not words.endswith(_DIGITS[0]):
            words += _DIGITS[0]
    return words


def _refuse_monsters(number: Decimal | Fraction | int) -> None:
    if not isinstance(number, Decimal):
        return
    if not number.is_finite():
        raise ValueError("不是有限的数")
    if number and (abs(number.adjusted()) > _LONGEST * 4):
        raise ValueError("数字过长")
