"""The process of a report: officers' steps, notes and messages, and what the reporter adds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office.calendar import business_date
from office.refusals import Invalid, NotAllowed, Refused
from whistleblowing.case_log.entries import append, opened_entries
from whistleblowing.clocks.promises import begin_step, finish_steps, may_object_until
from whistleblowing.figures.counting import count_case
from whistleblowing.files.reading import FileFacts, check_uploads, keep_files
from whistleblowing.files.upload import SealedUpload
from whistleblowing.keys.report_keys import KeyRing, Reader, key_ring, lock_report
from whistleblowing.models import Report, StepKind
from whistleblowing.process.moves import VERBS, conclusion_of
from whistleblowing.retention.steps import begin_retention, end_retention
from whistleblowing.states import REPORT
from whistleblowing.words import Conclusion, KeyPurpose

LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class Words:
    """The words of a step: for the auditors' file, and for the reporter."""

    file: str = ""
    talk: str = ""


@dataclass(frozen=True)
class Interview:
    """With whom the team spoke and when, who was present, and what was said."""

    person: str
    day: date
    present: str
    words: str


@transaction.atomic
def take_step(report: Report, name: str, words: Words, *, by: Reader, at: datetime) -> Report:
    """Moves a report by a verb of the process and writes its words into the log.

    Raises NotFound for who holds no key of it, and refuses a verb that the state does not allow:
    a case is not closed without feedback, because no move leads there.
    """
    locked_report = lock_report(report)
    ring = _authorise_officer(locked_report, by)
    state = REPORT.next_state(locked_report.state, name)
    verb = VERBS.get(name)
    if verb is None:
        # An objection is the reporter's.
        raise NotAllowed()
    entries = [
        (KeyPurpose.FILE, _needed(words.file, verb.file_label)),
        (KeyPurpose.TALK, _needed(words.talk, verb.talk_label)),
    ]
    locked_report.state = state
    if name in ("give_feedback", "uphold_result"):
        locked_report.feedback_at = at
    locked_report.save(update_fields=["state", "feedback_at"])
    for purpose, text in entries:
        if text:
            append(locked_report, purpose, name, {"text": text}, by=by.name, at=at)
    finish_steps(locked_report, verb.ends, at=at)
    for step in verb.begins:
        begin_step(locked_report, step, at=at)
    if name in ("close_case", "set_aside"):
        _conclude(locked_report, ring, counted=name == "close_case", at=at)
    elif name == "reopen_case":
        end_retention(locked_report)
    return locked_report


@transaction.atomic
def write_to_reporter(report: Report, text: str, *, by: Reader, at: datetime) -> None:
    """Sends the reporter a message; it acknowledges the report and answers what was written."""
    locked_report = lock_report(report)
    _authorise_officer(locked_report, by)
    content = {"text": _needed(text, _("消息"))}
    append(locked_report, KeyPurpose.TALK, "message", content, by=by.name, at=at)
    finish_steps(locked_report, (StepKind.ACKNOWLEDGE, StepKind.REPLY), at=at)


@transaction.atomic
def add_note(report: Report, text: str, *, by: Reader, at: datetime) -> None:
    """Adds a note to the auditors' file, which the reporter cannot open."""
    locked_report = lock_report(report)
    _authorise_officer(locked_report, by)
    content = {"text": _needed(text, _("备注"))}
    append(locked_report, KeyPurpose.FILE, "note", content, by=by.name, at=at)


@transaction.atomic
def record_interview(report: Report, interview: Interview, *, by: Reader, at: datetime) -> None:
    """Adds an interview to the auditors' file; its first line says with whom, when and who was
    present. The signed record is entered as evidence.
    """
    person = _needed(interview.person, _("谈话对象"))
    present = _needed(interview.present, _("在场人员"))
    words = _needed(interview.words, _("谈话内容"))
    locked_report = lock_report(report)
    _authorise_officer(locked_report, by)
    if not business_date(locked_report.received_at) <= interview.day <= business_date(at):
        raise Invalid("interview_day_wrong", _("谈话日期应在收到检举之日以后、今天或者以前。"))
    heading = f"{interview.day.isoformat()} {person}（在场：{present}）"
    content = {"text": f"{heading}\n{words}"}
    append(locked_report, KeyPurpose.FILE, "interview", content, by=by.name, at=at)


@transaction.atomic
def add_evidence(
    report: Report, uploads: Sequence[SealedUpload], custody: str, *, by: Reader, at: datetime
) -> None:
    """Adds sealed files to the auditors' file, with where they come from and who has the original.

    Their hashes stand in the log too, so that the chain vouches for them.
    """
    files = check_uploads(uploads)
    if not files:
        raise Invalid("no_file", _("请选择文件。"))
    locked_report = lock_report(report)
    _authorise_officer(locked_report, by)
    text = _needed(custody, _("来源和保管"))
    ids = keep_files(locked_report, files, KeyPurpose.FILE, at=at)
    content = {"text": text, "files": ids, "sha256": [upload.digest for upload in files]}
    append(locked_report, KeyPurpose.FILE, "evidence", content, by=by.name, at=at)


@transaction.atomic
def open_original(
    report: Report, facts: FileFacts, reason: str, *, by: Reader, at: datetime
) -> FileFacts:
    """Records why a reader opens an original, which may say who made it and where."""
    locked_report = lock_report(report)
    _authorise_officer(locked_report, by)
    content = {"text": f"{facts.name}：{_needed(reason, _('打开原件的原因'))}"}
    append(locked_report, KeyPurpose.FILE, "open_original", content, by=by.name, at=at)
    return facts


@transaction.atomic
def write_as_reporter(
    report: Report, text: str, uploads: Sequence[SealedUpload], *, by: Reader, at: datetime
) -> None:
    """Adds the reporter's words and files, at any time, also after closing; a reply is owed."""
    files = check_uploads(uploads)
    locked_report = lock_report(report)
    key_ring(locked_report, by)
    if not text.strip() and not files:
        raise Invalid("nothing_to_send", _("请填写内容或者选择文件。"))
    if len(text) > LONGEST_TEXT:
        raise Invalid("text_too_long", _("内容过长，请分几次提交。"))
    ids = keep_files(locked_report, files, KeyPurpose.TALK, at=at)
    content = {"text": text.strip(), "files": ids}
    append(locked_report, KeyPurpose.TALK, "message", content, by="", at=at)
    begin_step(locked_report, StepKind.REPLY, at=at)


@transaction.atomic
def object_to_result(report: Report, text: str, *, by: Reader, at: datetime) -> Report:
    """Records the reporter's objection to the result, while the time for it runs."""
    locked_report = lock_report(report)
    key_ring(locked_report, by)
    if by.officer is not None:
        raise NotAllowed()
    state = REPORT.next_state(locked_report.state, "object_to_result")
    until = may_object_until(locked_report)
    if until is None or at > until:
        raise Refused("too_late_to_object", _("提出异议的期限已过；您仍可以补充材料。"))
    content = {"text": _needed(text, _("异议的理由"))}
    locked_report.state = state
    locked_report.save(update_fields=["state"])
    append(locked_report, KeyPurpose.TALK, "object_to_result", content, by="", at=at)
    begin_step(locked_report, StepKind.REPLY, at=at)
    return locked_report


def _authorise_officer(report: Report, by: Reader) -> KeyRing:
    """Returns the officer's keys of the report; raises NotFound where there are none."""
    if by.officer is None:
        raise NotAllowed()
    return key_ring(report, by)


def _conclude(report: Report, ring: KeyRing, *, counted: bool, at: datetime) -> None:
    """Adds a closed report to the figures by what its log says, and begins its retention."""
    entries = opened_entries(ring)
    conclusion = conclusion_of(entry.kind for entry in entries)
    if counted:
        facts = next(entry.content for entry in entries if entry.kind == "file_report")
        opened = conclusion is Conclusion.OPENED
        count_case(report, facts, year=business_date(at).year, opened=opened)
    begin_retention(report, conclusion, at=at)


def _needed(text: str, label: object) -> str:
    """Returns the words, refused when they are empty but asked for, or too long."""
    stripped = text.strip()
    if label and not stripped:
        raise Invalid("text_missing", _("请填写“%(label)s”。"), label=str(label))
    if len(stripped) > LONGEST_TEXT:
        raise Invalid("text_too_long", _("内容过长，请分几次提交。"))
    return stripped if label else ""
