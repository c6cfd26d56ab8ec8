"""How pages show entries of the case log and names of files."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office.language import Text
from whistleblowing.case_log.entries import Entry
from whistleblowing.files.answers import readable_name as readable
from whistleblowing.files.reading import FileFacts
from whistleblowing.states import REPORT
from whistleblowing.words import Channel, FraudKind, Rank

register = template.Library()

_ENTRY_NAMES: dict[str, Text] = {
    "message": _("留言"),
    "note": _("备注"),
    "evidence": _("证据"),
    "interview": _("谈话"),
    "send_findings": _("送出调查报告"),
    "open_findings": _("打开调查报告"),
    "grant_access": _("授权阅读"),
    "remove_reader": _("移出办案组"),
    "recuse": _("回避"),
    "renew_receipt": _("更换查询凭证"),
    "request_identity": _("申请查询身份"),
    "approve_identity": _("同意查询身份"),
    "refuse_identity": _("不同意查询身份"),
    "withdraw_identity": _("撤回身份查询"),
    "open_identity": _("查看身份"),
    "open_original": _("打开原件"),
    "mask": _("遮盖文字"),
    "unmask": _("取消遮盖"),
    "redact": _("永久删除文字"),
    "record_recovery": _("追回损失"),
    "grant_reward": _("发放奖励"),
    "begin_watch": _("保护观察"),
    "hold_report": _("保全"),
    "release_report": _("解除保全"),
}
_FACTS: dict[str, Text] = {
    "kind_of_fraud": _("类别"),
    "rank": _("被检举人的层级"),
    "accused": _("被检举人"),
    "company": _("公司"),
    "department": _("部门"),
    "partner": _("外部合作单位"),
    "what": _("发生了什么"),
    "when": _("时间"),
    "where": _("地点"),
    "channel": _("登记方式"),
}


@register.filter
def entry_name(kind: str) -> str:
    """Returns what kind of entry it is, in the reader's language."""
    move = next((move.label for move in REPORT.moves if move.verb == kind), kind)
    return str(_ENTRY_NAMES.get(kind, move))


@register.filter
def last_day(due_at: datetime | None) -> date | None:
    """Returns the last day in time: a step is due at the midnight that ends it."""
    if due_at is None:
        return None
    return timezone.localtime(due_at - timedelta(microseconds=1)).date()


@register.filter
def report_facts(entry: Entry) -> list[tuple[str, str]]:
    """Returns what the reporter filled in, with its labels, without what was left empty."""
    values = {
        **entry.content,
        "kind_of_fraud": FraudKind(entry.content["kind_of_fraud"]).label,
        "rank": Rank(entry.content["rank"]).label,
        "channel": Channel(channel).label if (channel := entry.content.get("channel")) else "",
    }
    return [(str(label), str(values[name])) for name, label in _FACTS.items() if values.get(name)]


@register.filter
def files_of(entry: Entry, files: Mapping[str, FileFacts]) -> list[Any]:
    """Returns the files that came with an entry."""
    return [files[name] for name in entry.content.get("files", []) if name in files]


@register.filter
def readable_name(name: str) -> str:
    """Returns a file name without signs that turn the direction of text."""
    return readable(name)
