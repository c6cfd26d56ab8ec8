"""Which operation a form of the case page asks for."""

from collections.abc import Callable
from typing import cast

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from office.forms.yuan_field import YuanField
from office.models import Company
from office.refusals import Invalid, NotFound
from whistleblowing.files.upload import SealedUpload
from whistleblowing.identity.operations import request_identity
from whistleblowing.keys.report_keys import Reader
from whistleblowing.masking.operations import mask_text, redact_text, unmask_text
from whistleblowing.models import Officer, Report
from whistleblowing.process.operations import (
    Words,
    add_evidence,
    add_note,
    take_step,
    write_to_reporter,
)
from whistleblowing.protection.operations import Protected, begin_watch
from whistleblowing.retention.operations import hold_report, release_report
from whistleblowing.rewards.operations import grant_reward, record_recovery
from whistleblowing.team.operations import grant_access, remove_reader

ROLES = (("reporter", _("检举人")), ("helper", _("协助人")))


def action_of(request: HttpRequest, report: Report, reader: Reader) -> Callable[[], object]:
    """Returns the operation that a form of the case page asks for, not yet carried out."""
    at, name = timezone.now(), request.POST.get("action", "")
    text = request.POST.get("text", "")
    words = Words(request.POST.get("file_text", ""), request.POST.get("talk_text", ""))
    uploads = cast("list[SealedUpload]", request.FILES.getlist("files"))

    def colleague() -> Officer:
        wanted = request.POST.get("officer", "")
        officer = next((row for row in Officer.objects.all() if str(row.pk) == wanted), None)
        if officer is None:
            raise NotFound()
        return officer

    def amount_fen() -> int:
        try:
            fen = YuanField(label=_("金额（元）")).clean(request.POST.get("amount", ""))
        except ValidationError as error:
            raise Invalid("amount_wrong", " ".join(error.messages)) from None
        return int(fen or 0)

    def company() -> Company:
        wanted = request.POST.get("company", "")
        row = next((row for row in Company.objects.all() if str(row.pk) == wanted), None)
        if row is None:
            raise Invalid("company_missing", _("请选择兑付公司。"))
        return row

    def protected() -> Protected:
        role = request.POST.get("role", "")
        name = next((str(label) for key, label in ROLES if key == role), "")
        return Protected(request.POST.get("name", ""), name, text)

    def number() -> int:
        typed = request.POST.get("number", "")
        return int(typed) if typed.isdecimal() and len(typed) < 9 else 0

    typed_words = request.POST.get("words", "")
    actions: dict[str, Callable[[], object]] = {
        "mask_text": lambda: mask_text(report, typed_words, by=reader, at=at),
        "unmask_text": lambda: unmask_text(report, number(), by=reader, at=at),
        "redact_text": lambda: redact_text(report, typed_words, text, by=reader, at=at),
        "record_recovery": lambda: record_recovery(report, amount_fen(), text, by=reader, at=at),
        "grant_reward": lambda: grant_reward(report, amount_fen(), company(), by=reader, at=at),
        "begin_watch": lambda: begin_watch(report, protected(), by=reader, at=at),
        "write_to_reporter": lambda: write_to_reporter(report, text, by=reader, at=at),
        "add_note": lambda: add_note(report, text, by=reader, at=at),
        "add_evidence": lambda: add_evidence(report, uploads, text, by=reader, at=at),
        "request_identity": lambda: request_identity(report, text, by=reader, at=at),
        "grant_access": lambda: grant_access(report, colleague(), by=reader, at=at),
        "hold_report": lambda: hold_report(report, text, by=reader, at=at),
        "release_report": lambda: release_report(report, text, by=reader, at=at),
        "remove_reader": lambda: remove_reader(report, colleague(), text, by=reader, at=at),
    }
    return actions.get(name, lambda: take_step(report, name, words, by=reader, at=at))
