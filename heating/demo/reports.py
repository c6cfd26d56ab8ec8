"""The demo's auditors' desk: officers with passphrases, three reports, one of them named, watches,
pledges and a training.
"""

from datetime import date, datetime, timedelta

from office.calendar import business_date
from office.models import Appointment, Company, User
from suppliers.models import Ban
from whistleblowing.filing.operations import ANYBODY, file_report
from whistleblowing.findings.operations import send_findings
from whistleblowing.findings.paper import Findings
from whistleblowing.identity.operations import Identity, request_identity
from whistleblowing.integrity.operations import (
    record_pledges,
    record_training,
    set_pledge_posts,
)
from whistleblowing.keys.report_keys import Reader
from whistleblowing.models import Officer, Report
from whistleblowing.officers.operations import (
    Duties,
    appoint_officer,
    found_desk,
    set_first_passphrase,
)
from whistleblowing.process.operations import (
    Interview,
    Words,
    record_interview,
    take_step,
    write_to_reporter,
)
from whistleblowing.protection.operations import (
    EnteredChange,
    Protected,
    begin_watch,
    record_change,
)
from whistleblowing.rewards.operations import grant_reward, record_recovery
from whistleblowing.words import PledgeKind, ProtectedRole, WatchedChange

KEY_PASSPHRASE = "heating-demo-key-2026"  # noqa: S105
_COLLEAGUES = {
    "leader": Duties(watches_deadlines=True, guards_identity=True, holds_escrow=True),
    "secadmin": Duties(guards_identity=True, holds_escrow=True, protects_reporters=True),
    # Those above the accused are no guardians of that report: two must remain.
    "manager": Duties(guards_identity=True),
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
_THEFT = {
    **_KICKBACK,
    "kind_of_fraud": "misappropriation",
    "accused": "材料员乙",
    "department": "",
    "partner": "",
    "what": "库里的铜管少了两吨，过磅单是后来补的。",
    "when": "今年三月",
    "where": "城南仓库",
}
# The steps of the third report, each with the days before now on which it is taken.
_TO_THE_END = (
    ("begin_check", 80),
    ("open_case", 74),
    ("begin_investigation", 70),
    ("submit_findings", 30),
    ("decide_case", 26),
    ("give_feedback", 20),
    ("close_case", 16),
)
_FINDINGS = Findings(
    "材料员乙于三月分两次将铜管约两吨运出仓库变卖，并补开过磅单。",
    "盘点表、过磅单和门岗监控相互印证，本人承认。",
    "解除劳动合同，追回损失，移送公安机关。",
)
_RECOVERED_FEN, _REWARD_FEN = 8_600_000, 200_000


def tell_of_reports(staff: dict[str, User], at: datetime) -> Reader:
    """Founds the desk with the auditor, appoints three colleagues, and files three reports, of one
    of which the identity is asked for.

    Returns the head of the desk.
    """
    founded = at - timedelta(days=100)
    auditor = staff["auditor"]
    head = _with_key(found_desk(auditor, by="demo", at=founded), founded)
    colleagues = {
        name: _with_key(appoint_officer(staff[name], duties, by=head, at=founded), founded)
        for name, duties in _COLLEAGUES.items()
    }
    _file(_KICKBACK, at - timedelta(days=6))
    report = _file(_SHAM, at - timedelta(days=20), Identity("工地上的老王", "136 0000 0000"))
    words = Words("先核对验收单和照片。", "")
    write_to_reporter(report, "已收到，谢谢。请问有没有照片？", by=head, at=at - timedelta(days=18))
    take_step(report, "begin_check", words, by=head, at=at - timedelta(days=17))
    purpose = "请检举人说明照片是哪天拍的。"
    request_identity(report, purpose, by=head, at=at - timedelta(days=3))
    _tell_of_a_reward(head, colleagues, at)
    return head


def _tell_of_a_reward(head: Reader, colleagues: dict[str, Reader], at: datetime) -> None:
    """Takes a report to its end, with an interview, a paper for the leader, recovered loss, a
    reward and a watch over a helper.
    """
    report = _file(_THEFT, at - timedelta(days=90))
    words = Words("按盘点表、过磅单和监控核对。", "已查实，损失已追回，谢谢您。")
    for name, days in _TO_THE_END:
        report = take_step(report, name, words, by=head, at=at - timedelta(days=days))
        if name == "begin_investigation":
            day = business_date(at) - timedelta(days=66)
            interview = Interview("材料员乙", day, "两名审计员", "承认两次运出铜管，过磅单后补。")
            record_interview(report, interview, by=head, at=at - timedelta(days=65))
        elif name == "submit_findings":
            leader = colleagues["leader"].officer
            recipients = [leader] if leader else []
            send_findings(report, _FINDINGS, recipients, by=head, at=at - timedelta(days=29))
    record_recovery(report, _RECOVERED_FEN, "铜管折价退赔", by=head, at=at - timedelta(days=15))
    company = Company.objects.get(code="11")
    grant_reward(report, _REWARD_FEN, company, by=head, at=at - timedelta(days=14))
    helper = Protected("赵强", ProtectedRole.HELPER, "半年内不调岗，由工会每月访谈。")
    watch = begin_watch(report, helper, by=head, at=at - timedelta(days=60))
    heard_on = business_date(at) - timedelta(days=12)
    heard = EnteredChange(WatchedChange.APPRAISAL, heard_on, "季度考核由良好改为一般，正在核实。")
    record_change(watch, heard, by=colleagues["secadmin"], at=at - timedelta(days=10))


def tell_of_a_partner(head: Reader, at: datetime) -> None:
    """Watches over a supplier that helped with the third report and was banned afterwards."""
    banned = Ban.objects.filter(starts_at__isnull=False).order_by("pk")[0].supplier
    partner = Protected(banned.name, ProtectedRole.PARTNER, "合同和供货资格有变动时先询问对方。")
    report = Report.objects.get(received_at=at - timedelta(days=90))
    begin_watch(report, partner, by=head, at=at - timedelta(days=60))


def tell_of_pledges(head: Reader, at: datetime) -> None:
    """Makes buyers, heads and tills sign pledges, of whom some have; records a training."""
    first = date(at.year, 1, 1)
    day = business_date(at) - timedelta(days=45)
    for kind, posts in _PLEDGE_POSTS.items():
        set_pledge_posts(posts, kind, first, by=head, at=at)
    codes = _PLEDGE_POSTS[PledgeKind.INTEGRITY]
    seats = Appointment.objects.filter(post__code__in=codes, last_day=None)
    numbers = list(seats.order_by("post__code").values_list("person__number", flat=True))
    record_pledges(numbers[:-1], PledgeKind.INTEGRITY, day, by=head, at=at)
    record_training("反舞弊制度和典型案例", day, numbers, by=head, at=at)


_PLEDGE_POSTS = {
    PledgeKind.INTEGRITY: ["00-CG-01", "00-CG-02", "11-CW-01", "11-GC-01"],
    PledgeKind.CONFIDENTIALITY: ["00-SJ-01", "00-SJ-02", "00-XX-01", "00-XX-02"],
}


def _with_key(officer: Officer, at: datetime) -> Reader:
    private_key = set_first_passphrase(officer, KEY_PASSPHRASE, by=officer.user, at=at)
    officer.refresh_from_db()
    return Reader(private_key, officer=officer)


def _file(facts: dict[str, str], at: datetime, identity: Identity | None = None) -> Report:
    key = f"demo {facts['accused']}"
    file_report(facts, [], form_key=key, identity=identity, by=ANYBODY, at=at)
    return Report.objects.get(received_at=at)
