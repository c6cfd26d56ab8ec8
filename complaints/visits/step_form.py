"""Parsing of what a repairer's phone sends; unreadable input is refused with a sentence."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from complaints.classes import PauseReason
from complaints.models import ItemKind, VisitOutcome
from complaints.visits.steps import (
    Completion,
    Deed,
    Finding,
    Item,
    Measurement,
    Onward,
    Pause,
    Photo,
    Resumption,
    Room,
    Stamp,
)
from office.money import parse_yuan
from office.operations.documents import Upload
from office.refusals import Invalid

MOST_ITEMS = 40
_LONGEST = 500
_HIGHEST_FEN = 10**8

Files = MultiValueDict[str, Any]


def read_stamp(said: QueryDict) -> Stamp:
    """Reads the step's key and its times by the phone's clock."""
    key = _key(said.get("key", ""))
    if key is None:
        raise Invalid("form_expired", _("页面已失效，请刷新后重新提交。"))
    return Stamp(key, _time(said.get("happened_at", "")), _time(said.get("sent_at", "")))


def read_deed(said: QueryDict, files: Files) -> Deed:
    """Reads the content of the step, by the name of its operation."""
    verb = said.get("verb", "")
    if verb in {"accept_assignment", "depart", "arrive"}:
        return Onward(verb)
    readers: dict[str, Callable[[QueryDict, Files], Deed]] = {
        "record_finding": lambda said, _files: Finding(_text(said, "finding")),
        "complete_visit": _completion,
        "pause_ticket": _pause,
        "resume_ticket": lambda said, _files: Resumption(_text(said, "note")),
        "attach_document": _photo,
        "record_temperature_test": _measurement,
    }
    if verb not in readers:
        raise Invalid("verb_unknown", _("页面已失效，请刷新后重新提交。"))
    return readers[verb](said, files)


def _completion(said: QueryDict, files: Files) -> Completion:
    outcome = said.get("outcome", "")
    if outcome not in VisitOutcome.values:
        raise Invalid("outcome_missing", _("请选择上门结果。"))
    return Completion(
        VisitOutcome(outcome),
        _text(said, "work_done"),
        tuple(_item(raw) for raw in _items(said.get("items", ""))),
        _text(said, "confirmed_by", 80),
        _key(said.get("signature", "")),
    )


def _items(text: str) -> list[dict[str, Any]]:
    wrong = Invalid("items_wrong", _("用料与服务填写有误，请核对后重新提交。"))
    return _rows(text, wrong)


def _rows(text: str, wrong: Invalid) -> list[dict[str, Any]]:
    """Returns a JSON list of rows; empty if nothing was sent."""
    try:
        raw = json.loads(text or "[]")
        # Half of a surrogate pair is JSON, but neither UTF-8 nor anything PostgreSQL keeps.
        json.dumps(raw, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raw = None
    if not isinstance(raw, list) or len(raw) > MOST_ITEMS:
        raise wrong
    if not all(isinstance(item, dict) for item in raw):
        raise wrong
    return raw


def _item(raw: dict[str, Any]) -> Item:
    said = {name: value.strip() for name, value in raw.items() if isinstance(value, str)}
    agreed = _time(said.get("consented_at", ""))
    if said.get("kind") not in ItemKind.values or agreed is None:
        raise Invalid("items_wrong", _("用料与服务填写有误，请核对后重新提交。"))
    return Item(
        ItemKind(said["kind"]),
        _short(said.get("description", ""), 120),
        _quantity(said.get("quantity", "1")),
        _fen(said.get("yuan", "")),
        _short(said.get("consented_by", ""), 80),
        agreed,
        _key(said.get("consent", "")),
    )


def _pause(said: QueryDict, files: Files) -> Pause:
    reason, evidence = said.get("reason", ""), _key(said.get("evidence", ""))
    if reason not in PauseReason.values:
        raise Invalid("reason_missing", _("请选择暂停原因。"))
    if evidence is None:
        raise Invalid("evidence_missing", _("暂停须附照片为证，请先拍照。"))
    return Pause(PauseReason(reason), evidence, _text(said, "note", 200))


def _photo(said: QueryDict, files: Files) -> Photo:
    file = files.get("file")
    if file is None:
        raise Invalid("file_missing", _("没有收到照片，请重新拍照。"))
    return Photo(Upload(file.name or "photo", file), _text(said, "title", 120))


def _measurement(said: QueryDict, files: Files) -> Measurement:
    tester, customer = _key(said.get("tester", "")), _key(said.get("customer", ""))
    if tester is None or customer is None:
        raise Invalid("signature_missing", _("测温须双方签字：请测温人和用户都签字。"))
    try:
        until = parse_date(said.get("calibrated_until", ""))
    except ValueError:
        until = None
    if until is None:
        raise Invalid("calibration_missing", _("请填写仪器的检定有效期。"))
    wrong = Invalid("rooms_wrong", _("房间温度填写有误，请核对后重新提交。"))
    return Measurement(
        _text(said, "instrument", 40),
        until,
        tuple(_room(raw) for raw in _rows(said.get("rooms", ""), wrong)),
        _celsius(said.get("outside", "")),
        _celsius(said.get("required", "")),
        _text(said, "customer_name", 80),
        tester,
        customer,
    )


def _room(raw: dict[str, Any]) -> Room:
    said = {name: value.strip() for name, value in raw.items() if isinstance(value, str)}
    return Room(_short(said.get("room", ""), 20), _celsius(said.get("celsius", "")))


def _celsius(text: str) -> Decimal:
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        found = Decimal("NaN")
    if not (found.is_finite() and abs(found) < 100):
        raise Invalid("celsius_wrong", _("温度应为数字，如 18.5。"))
    return found


def _text(said: QueryDict, name: str, longest: int = _LONGEST) -> str:
    return _short(said.get(name, "").strip(), longest)


def _short(text: str, longest: int) -> str:
    if len(text) > longest:
        raise Invalid("text_too_long", _("文字超过 %(longest)s 字，请缩短。"), longest=longest)
    # PostgreSQL keeps no such character.
    return text.replace("\x00", "")


def _time(text: str) -> datetime | None:
    """Returns an aware instant; refuses anything else, since then the phone shows an outdated
    page.
    """
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 2000 < found.year < 2200:
        raise Invalid("time_wrong", _("时间无法读取，请刷新页面后重新提交。"))
    return found


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _quantity(text: str) -> Decimal:
    try:
        found = Decimal(text or "1")
    except InvalidOperation:
        found = Decimal("NaN")
    if not (found.is_finite() and 0 < found < 10**6 and found == round(found, 2)):
        raise Invalid("quantity_wrong", _("数量应大于零，最多两位小数。"))
    return found


def _fen(text: str) -> int:
    try:
        fen = parse_yuan(text.replace(",", "")) if text else 0
    except ValueError:
        fen = -1
    if not 0 <= fen <= _HIGHEST_FEN:
        raise Invalid("amount_wrong", _("金额应为元，最多两位小数，如 85.00。"))
    return fen
