"""The demo's auditors' desk: officers with passphrases and two reports."""

from datetime import datetime, timedelta

from office.models import User
from whistleblowing.filing.operations import ANYBODY, file_report
from whistleblowing.keys.report_keys import Reader
from whistleblowing.models import Officer, Report
from whistleblowing.officers.operations import (
    Duties,
    appoint_officer,
    found_desk,
    set_first_passphrase,
)
from whistleblowing.process.operations import Words, take_step, write_to_reporter

KEY_PASSPHRASE = "heating-demo-key-2026"  # noqa: S105
_COLLEAGUES = {
    "leader": Duties(watches_deadlines=True, guards_identity=True, holds_escrow=True),
    "secadmin": Duties(guards_identity=True, holds_escrow=True),
}
_KICKBACK = {
    "kind_of_fraud": "bribery",
    "rank": "staff",
    "accused": "采购员甲",
    "company": "",
    "department": "采购部",
    "partner": "某阀门厂",
    "what": "阀门供应商按合同额的百分之三给采购员回扣，每季度在厂里结一次。",
    "when": "去年十月以来",
    "where": "太原",
}
_SHAM = {
    **_KICKBACK,
    "kind_of_fraud": "sham_payment",
    "rank": "department_head",
    "accused": "工程部某主管",
    "department": "工程部",
    "partner": "某工程队",
    "what": "三号换热站的防腐没有做，却按做完付了款。",
    "when": "今年六月",
    "where": "三号换热站",
}


def tell_of_reports(staff: dict[str, User], at: datetime) -> None:
    """Founds the desk with the auditor, appoints two colleagues, and files two reports."""
    founded = at - timedelta(days=30)
    auditor = staff["auditor"]
    head = _with_key(found_desk(auditor, by="demo", at=founded), founded)
    for name, duties in _COLLEAGUES.items():
        officer = appoint_officer(staff[name], duties, by=head, at=founded)
        _with_key(officer, founded)
    _file(_KICKBACK, at - timedelta(days=6))
    report = _file(_SHAM, at - timedelta(days=20))
    words = Words("先核对验收单和照片。", "")
    write_to_reporter(report, "已收到，谢谢。请问有没有照片？", by=head, at=at - timedelta(days=18))
    take_step(report, "begin_check", words, by=head, at=at - timedelta(days=17))


def _with_key(officer: Officer, at: datetime) -> Reader:
    private_key = set_first_passphrase(officer, KEY_PASSPHRASE, by=officer.user, at=at)
    officer.refresh_from_db()
    return Reader(private_key, officer=officer)


def _file(facts: dict[str, str], at: datetime) -> Report:
    file_report(facts, [], form_key=f"demo {facts['accused']}", by=ANYBODY, at=at)
    return Report.objects.get(received_at=at)
