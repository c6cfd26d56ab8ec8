"""The customer's identity in a row: the ID number is checked, the kind is derived from the name."""

import re

from customers.models import CustomerKind
from office.identity import check_credit_code, check_id_number, credit_code_checksum_agrees

_DIGITS = re.compile(r"[0-9]{17}[0-9X]")
_KINDS = (
    (re.compile("学校|小学|中学|大学|学院|幼儿园|职高|党校"), CustomerKind.SCHOOL),
    (re.compile("医院|卫生院|卫生所|卫生服务|诊所|疗养院"), CustomerKind.HOSPITAL),
    (re.compile("物业"), CustomerKind.PROPERTY),
    (re.compile("机场|航站|火车站|汽车站|客运站|高铁站|车站|铁路"), CustomerKind.TRANSPORT),
    (
        re.compile("政府|委员会|法院|检察院|公安|派出所|街道办|居委会|村委会|(?<!邮)局$|厅$"),
        CustomerKind.GOVERNMENT,
    ),
)


def check_identity(number: str, *, resident: bool) -> str:
    """Returns the checked citizen number, or the credit code of customers that are no residents.

    Raises ValueError with the reason when it is neither.
    """
    if resident or (_DIGITS.fullmatch(number) and not _is_credit_code(number)):
        return check_id_number(number)
    return check_credit_code(number)


def kind_of(name: str, *, resident: bool) -> CustomerKind:
    """Returns the kind of a non-resident as the name suggests it, otherwise a business."""
    if resident:
        return CustomerKind.RESIDENT
    for pattern, kind in _KINDS:
        if pattern.search(name):
            return kind
    return CustomerKind.COMMERCIAL


def _is_credit_code(number: str) -> bool:
    """Returns whether an all-digit number is a credit code: no citizen number of today begins like
    one.
    """
    try:
        return number[0] in "59" and credit_code_checksum_agrees(number)
    except ValueError:
        return False
