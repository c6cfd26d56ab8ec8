"""The checks of ID numbers, credit codes and telephone numbers, and how screens mask them."""

import re
import unicodedata
from datetime import date
from functools import lru_cache
from operator import mul

from django.utils.translation import gettext_noop as _

_ID_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
# Digits are weighed as ASCII, in which 0 is 48.
_ID_WEIGHT_OF_ZEROS = ord("0") * sum(_ID_WEIGHTS)
_ID_CHECKS = "10X98765432"
_FIRST_BIRTH_YEAR = 1880

CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_CODE = re.compile(f"[{CREDIT_LETTERS}]{{2}}[0-9]{{6}}[{CREDIT_LETTERS}]{{10}}")

_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
_LANDLINE = re.compile(r"(?:(0(?:10|2[0-9]|[3-9][0-9]{2}))-?)?([2-9][0-9]{6,7})(?:-([0-9]{1,6}))?")
_SERVICE_LINE = re.compile(r"[48]00-?[0-9]{3}-?[0-9]{4}")
_JOINTS = re.compile(r"[\s()‐-―−-]+")


def check_id_number(text: str, *, on: date | None = None) -> str:
    """Returns the 18-character citizen number (GB 11643) with its X in capitals.

    Raises ValueError when its form, birth date or check character is wrong; with `on` also when the
    birth date is later than that day.
    """
    number = _compact(text).upper()
    if len(number) != 18:
        raise ValueError(_("身份证号须为18位"))
    if not _ID_NUMBER.fullmatch(number):
        raise ValueError(_("身份证号含有非法字符"))
    born = _birth_date(number[6:14])
    if born is None or born.year < _FIRST_BIRTH_YEAR or (on is not None and born > on):
        raise ValueError(_("身份证出生日期无效"))
    if id_check_character(number[:17]) != number[17]:
        raise ValueError(_("身份证校验位错误"))
    return number


def id_check_character(first_17: str) -> str:
    """Returns the 18th character of a citizen number (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(map(mul, first_17.encode(), _ID_WEIGHTS)) - _ID_WEIGHT_OF_ZEROS
    return _ID_CHECKS[total % 11]


def check_credit_code(text: str) -> str:
    """Returns the 18-character unified social credit code (GB 32100); only its form is checked."""
    code = _compact(text).upper()
    if len(code) != 18:
        raise ValueError(_("统一社会信用代码须为18位"))
    if not _CREDIT_CODE.fullmatch(code):
        raise ValueError(_("统一社会信用代码格式错误"))
    return code


def credit_code_checksum_agrees(code: str) -> bool:
    """Returns whether the last character is the one that GB 32100 requires; invented codes fail
    this.
    """
    checked = check_credit_code(code)
    return credit_check_character(checked[:17]) == checked[17]


def credit_check_character(first_17: str) -> str:
    """Returns the 18th character of a credit code (GB 32100)."""
    values = [CREDIT_LETTERS.index(letter) for letter in first_17]
    total = sum(value * pow(3, place, 31) for place, value in enumerate(values))
    return CREDIT_LETTERS[(31 - total % 31) % 31]


def check_mobile(text: str) -> str:
    """Returns the 11 digits of a mainland mobile number, without +86, spaces and dashes."""
    match = _MOBILE.fullmatch(_JOINTS.sub("", _compact(text)))
    if match is None:
        raise ValueError(_("手机号无效"))
    return match.group(1)


def check_landline(text: str) -> str:
    """Returns a landline as "0351-7654321", "7654321" or "0351-7654321-801", or a 400/800
    number.
    """
    number = _JOINTS.sub("-", _compact(text)).strip("-")
    if _SERVICE_LINE.fullmatch(number):
        return number
    match = _LANDLINE.fullmatch(number)
    if match is None:
        raise ValueError(_("座机号无效"))
    return "-".join(part for part in match.groups() if part)


def check_phone(text: str) -> str:
    """Returns a mobile or landline number."""
    for check in (check_mobile, check_landline):
        try:
            return check(text)
        except ValueError:
            continue
    raise ValueError(_("电话号码无效"))


def mask_id_number(number: str) -> str:
    """Returns a citizen number or credit code with only its first four and last four characters."""
    if len(number) <= 8:
        return "*" * len(number)
    return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}"


def mask_phone(number: str) -> str:
    """Returns a phone number as "138****5678" or "0351-***4321"; short ones keep two digits."""
    area, dash, local = number.partition("-")
    if not (area and local) or "-" in local:
        area, dash, local = "", "", number
    if len(local) >= 11:
        return f"{area}{dash}{local[:3]}{'*' * (len(local) - 7)}{local[-4:]}"
    visible_digits = 4 if len(local) >= 7 else min(2, len(local) // 2)
    return (
        f"{area}{dash}{'*' * (len(local) - visible_digits)}{local[len(local) - visible_digits :]}"
    )


def mask_name(name: str) -> str:
    """Returns "张*三" for 张小三, "王*" for 王芳, "太原****公司" for a company."""
    if len(name) <= 1:
        return "*"
    if len(name) == 2:
        return f"{name[0]}*"
    if len(name) <= 4:
        return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"
    return f"{name[:2]}****{name[-2:]}"


def _compact(text: str) -> str:
    """Returns the text with full-width forms made narrow and every kind of space removed."""
    if text.isascii() and text.isalnum():
        return text
    narrow = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in narrow if unicodedata.category(letter) not in _INVISIBLE)


_INVISIBLE = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})


@lru_cache(1 << 15)
def _birth_date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
