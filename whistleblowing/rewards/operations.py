"""Recovered loss is recorded, and a reward granted out of it as an amount and a code."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office.models import Company
from office.money import yuan_text
from office.refusals import Invalid, NotAllowed, Refused
from whistleblowing.case_log.entries import Entry, append, opened_entries
from whistleblowing.keys.report_keys import KeyRing, Reader, key_ring, lock_report
from whistleblowing.models import Report
from whistleblowing.rewards.codes import new_code
from whistleblowing.rewards.vouchers import issue_voucher
from whistleblowing.states import ReportState
from whistleblowing.words import KeyPurpose

AFTER_DECISION = (ReportState.DECIDED, ReportState.FED_BACK, ReportState.CLOSED)


@transaction.atomic
def record_recovery(
    report: Report, amount_fen: int, text: str, *, by: Reader, at: datetime
) -> None:
    """Records a loss in fen that was recovered because of the report, and how."""
    locked_report, _ring = _lock_decided(report, by)
    _check_amount(amount_fen)
    if not text.strip():
        raise Invalid("recovery_unexplained", _("请填写追回的方式和依据。"))
    content = {"text": f"{yuan_text(amount_fen)} 元：{text.strip()}", "recovered_fen": amount_fen}
    append(locked_report, KeyPurpose.FILE, "record_recovery", content, by=by.name, at=at)


@transaction.atomic
def grant_reward(
    report: Report, amount_fen: int, company: Company, *, by: Reader, at: datetime
) -> str:
    """Grants a reward out of what was recovered and tells the reporter amount, code and where.

    Returns the code. The voucher has nothing else; rewards together never exceed what was
    recovered.
    """
    locked_report, ring = _lock_decided(report, by)
    _check_amount(amount_fen)
    left_fen = _left_fen(opened_entries(ring))
    if amount_fen > left_fen:
        raise Refused(
            "reward_above_recovery",
            _("奖励合计不能超过追回的损失，还可发放 %(left)s 元。"),
            left=yuan_text(left_fen),
        )
    code = new_code()
    words = (
        f"奖励 {yuan_text(amount_fen)} 元，兑付码 {code}，"
        f"可在{company.name}任一收费窗口凭码和金额领取现金，不问姓名，只付一次。"
    )
    append(locked_report, KeyPurpose.TALK, "grant_reward", {"text": words}, by=by.name, at=at)
    content = {"text": f"{yuan_text(amount_fen)} 元，{company.name}", "reward_fen": amount_fen}
    append(locked_report, KeyPurpose.FILE, "grant_reward", content, by=by.name, at=at)
    issue_voucher(code, amount_fen, company, at)
    return code


def _left_fen(entries: Iterable[Entry]) -> int:
    """Returns what was recovered less what was granted, in fen."""
    log = list(entries)
    recovered = sum(int(entry.content.get("recovered_fen", 0)) for entry in log)
    return recovered - sum(int(entry.content.get("reward_fen", 0)) for entry in log)


def _check_amount(amount_fen: int) -> None:
    if amount_fen <= 0:
        raise Invalid("amount_not_positive", _("金额须大于零。"))


def _lock_decided(report: Report, by: Reader) -> tuple[Report, KeyRing]:
    """Locks a decided report; raises NotFound for who holds no key of it."""
    # Two rewards at one moment would together exceed what was recovered.
    locked_report = lock_report(report)
    if by.officer is None:
        raise NotAllowed()
    ring = key_ring(locked_report, by)
    if locked_report.state not in AFTER_DECISION:
        raise Refused("not_decided", _("作出处理决定以后才能登记追回的损失和奖励。"))
    return locked_report, ring
