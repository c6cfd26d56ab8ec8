"""The kinds of documents, how long each is retained, and the paper that says so.

Retention is a dated setting: a rule applies to documents uploaded from its day on, so that a new
rule never shortens the retention of an older document. Kinds without a rule are kept for ever.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from office.language import Text

KINDS: dict[str, Text] = {
    "contract": _("用热合同"),
    "identity": _("证件"),
    "application": _("申请"),
    "price_document": _("热价文件"),
    "photo": _("照片"),
    "customer_photo": _("用户照片"),
    "recording": _("录音"),
    "paper": _("纸质材料"),
    "signature": _("签字"),
    "consent": _("同意凭证"),
    "confirmation": _("确认单"),
    "evidence": _("凭证"),
    "opinion": _("审批材料"),
    "report": _("报修资料"),
    "visit": _("上门照片与单据"),
    "certificate": _("供应商证书"),
    "survey": _("踏勘照片"),
    "drawing": _("设计图纸"),
    "other": _("其它"),
}


@dataclass(frozen=True)
class Retention:
    """The years for which documents of some kinds are retained, from which day on, and why."""

    kinds: tuple[str, ...]
    years: int
    effective_from: date
    source: str


RETENTIONS = (
    Retention(
        ("recording",),
        3,
        date(2021, 11, 1),
        "《民法典》第一百八十八条第一款（诉讼时效三年）；《个人信息保护法》第十九条（最短必要期限）",
    ),
    Retention(
        (
            *("photo", "paper", "signature", "consent", "confirmation", "evidence"),
            *("report", "visit", "customer_photo"),
        ),
        20,
        date(2021, 1, 1),
        "《民法典》第一百八十八条第二款（最长二十年）",
    ),
)


def kind_name(kind: str) -> Text:
    """Returns the name of a kind; its identifier when it has no name."""
    return KINDS.get(kind, kind)


def retention_of(kind: str, uploaded_on: date) -> Retention | None:
    """Returns the retention rule for a document of that day; None for a document kept for ever."""
    rules = [
        rule for rule in RETENTIONS if kind in rule.kinds and rule.effective_from <= uploaded_on
    ]
    return max(rules, key=lambda rule: rule.effective_from, default=None)


def kept_until(kind: str, uploaded_on: date) -> date | None:
    """Returns the last day on which a document may not be deleted; None for ever."""
    rule = retention_of(kind, uploaded_on)
    if rule is None:
        return None
    year = uploaded_on.year + rule.years
    # Of the 29 February in a year that has none, the day after.
    if (uploaded_on.month, uploaded_on.day) == (2, 29) and year % 4:
        return date(year, 3, 1)
    return uploaded_on.replace(year=year)
