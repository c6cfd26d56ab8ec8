"""Cases that are taken to their end, for figures and retention."""

from datetime import datetime

from tests.whistleblowing.island_records import NOON, a_report
from whistleblowing.keys.report_keys import Reader
from whistleblowing.models import Report
from whistleblowing.process.operations import Words, take_step

_WORDS = Words("案卷里的话", "给检举人的话")
_OPENED = ("open_case", "begin_investigation", "submit_findings", "decide_case")
_DECLINED = ("decline_case",)


def a_closed_case(
    officer: Reader,
    key: str = "x",
    *,
    opened: bool = True,
    last: str = "close_case",
    at: datetime = NOON,
    **facts: str,
) -> Report:
    """A report that is closed at a moment, after a case was opened or declined."""
    report, _ = a_report(form_key=key * 40, at=at, **facts)
    steps = _OPENED if opened else _DECLINED
    for name in ("begin_check", *steps, "give_feedback", last):
        report = take_step(report, name, _WORDS, by=officer, at=at)
    return report
