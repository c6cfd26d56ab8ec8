"""The verbs of a ticket: each button calls an operation with the values of its form."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints.classes import Department, PauseReason, Severity, Subject, TicketKind
from complaints.dispatch.operations import assign_ticket
from complaints.hand_overs.operations import hand_over_enquiry
from complaints.promises.pauses import pause_ticket, resume_ticket
from complaints.states import LIVE_TICKETS
from complaints.tickets import forms
from complaints.tickets.classification import (
    join_duplicate,
    reclassify_ticket,
    separate_duplicate,
)
from complaints.tickets.enquiries import answer_enquiry
from complaints.tickets.notes import add_note
from complaints.tickets.resolution import close_ticket, reopen_ticket, resolve_ticket
from office.clock import ClockState
from office.documents.upload_form import attach_upload
from office.screens.records import Verb


def _live(ticket: Any) -> bool:
    return ticket.state in LIVE_TICKETS


def _running(ticket: Any) -> bool:
    return _live(ticket) and ticket.clock_state == ClockState.RUNNING


def _paused(ticket: Any) -> bool:
    return _live(ticket) and ticket.clock_state == ClockState.PAUSED


def _enquiry(ticket: Any) -> bool:
    return bool(ticket.kind == TicketKind.ENQUIRY)


def _work(ticket: Any) -> bool:
    return not _enquiry(ticket)


def _in_building(ticket: Any) -> bool:
    return ticket.building_id is not None and ticket.clock_state == ClockState.RUNNING


def _reclassify(ticket: Any, values: Any, by: Any, at: Any) -> object:
    return reclassify_ticket(
        ticket,
        kind=TicketKind(values["kind"]),
        subject=Subject(values["subject"]),
        severity=Severity(values["severity"]) if values["severity"] else None,
        reason=values["reason"],
        seen_version=values["seen_version"],
        by=by,
        at=at,
    )


def _pause(ticket: Any, values: Any, by: Any, at: Any) -> object:
    return pause_ticket(
        ticket,
        PauseReason(values["reason"]),
        values["form"].proof(),
        note=values["note"],
        happened_at=values["happened_at"],
        seen_version=values["seen_version"],
        by=by,
        at=at,
    )


def _resume(ticket: Any, values: Any, by: Any, at: Any) -> object:
    return resume_ticket(
        ticket,
        note=values["note"],
        happened_at=values["happened_at"],
        seen_version=values["seen_version"],
        by=by,
        at=at,
    )


def _answer(ticket: Any, values: Any, by: Any, at: Any) -> object:
    return answer_enquiry(
        ticket,
        values["text"],
        values["form"].cited(),
        happened_at=values["happened_at"],
        seen_version=values["seen_version"],
        by=by,
        at=at,
    )


VERBS = (
    Verb(
        "assign_ticket",
        _("派工"),
        "complaints.assign_ticket",
        lambda ticket, values, by, at: assign_ticket(
            ticket, values["crew"], seen_version=values["seen_version"], by=by, at=at
        ),
        _("已派工。"),
        form=forms.AssignForm,
        look="button-primary",
        allowed=_work,
    ),
    Verb(
        "answer_enquiry",
        _("答复"),
        "complaints.answer_enquiry",
        _answer,
        _("已答复并办结。"),
        form=forms.AnswerForm,
        look="button-primary",
        allowed=_enquiry,
    ),
    Verb(
        "hand_over_enquiry",
        _("转办"),
        "complaints.hand_over_enquiry",
        lambda ticket, values, by, at: hand_over_enquiry(
            ticket,
            Department(values["department"]),
            values["question"],
            seen_version=values["seen_version"],
            by=by,
            at=at,
        ),
        _("已转办，承诺时间不变。"),
        form=forms.HandOverForm,
        allowed=_enquiry,
    ),
    Verb(
        "resolve_ticket",
        _("办结"),
        "complaints.resolve_ticket",
        lambda ticket, values, by, at: resolve_ticket(
            ticket,
            values["resolution"],
            happened_at=values["happened_at"],
            seen_version=values["seen_version"],
            by=by,
            at=at,
        ),
        _("工单已办结。"),
        form=forms.ResolveForm,
        allowed=_work,
    ),
    Verb(
        "reclassify_ticket",
        _("改判类别"),
        "complaints.reclassify_ticket",
        _reclassify,
        _("已改判，承诺从首次受理重新计算。"),
        form=forms.ReclassifyForm,
        allowed=_live,
    ),
    Verb(
        "join_duplicate",
        _("并单"),
        "complaints.join_duplicate",
        lambda ticket, values, by, at: join_duplicate(
            ticket, values["main"], seen_version=values["seen_version"], by=by, at=at
        ),
        _("已并单，承诺和回访不变。"),
        form=forms.JoinForm,
        allowed=_in_building,
    ),
    Verb(
        "separate_duplicate",
        _("拆单"),
        "complaints.separate_duplicate",
        lambda ticket, values, by, at: separate_duplicate(
            ticket, reason=values["reason"], seen_version=values["seen_version"], by=by, at=at
        ),
        _("已拆单，单独处理。"),
        form=forms.SeparateForm,
    ),
    Verb(
        "pause_ticket",
        _("暂停计时"),
        "complaints.pause_ticket",
        _pause,
        _("已暂停计时。"),
        form=forms.PauseForm,
        allowed=_running,
    ),
    Verb(
        "resume_ticket",
        _("恢复计时"),
        "complaints.resume_ticket",
        _resume,
        _("已恢复计时，到期时间已重新推算。"),
        form=forms.ResumeForm,
        look="button-primary",
        allowed=_paused,
    ),
    Verb(
        "reopen_ticket",
        _("返工"),
        "complaints.reopen_ticket",
        lambda ticket, values, by, at: reopen_ticket(
            ticket, values["reason"], seen_version=values["seen_version"], by=by, at=at
        ),
        _("已返工，仍按首次计时。"),
        form=forms.ReopenForm,
        look="button-danger",
    ),
    Verb(
        "close_ticket",
        _("关闭"),
        "complaints.close_ticket",
        lambda ticket, values, by, at: close_ticket(
            ticket, seen_version=values["seen_version"], by=by, at=at
        ),
        _("工单已关闭。"),
        form=forms.CloseForm,
        question=_("请确认回访已完成，工单不再处理。"),
    ),
    Verb(
        "add_note",
        _("补充说明"),
        "complaints.add_note",
        lambda ticket, values, by, at: add_note(
            ticket, values["text"], form_key=values["form_key"], by=by, at=at
        ),
        _("补充说明已记下。"),
        form=forms.NoteForm,
    ),
    Verb(
        "attach_document",
        _("上传档案"),
        "office.attach_document",
        attach_upload,
        _("档案已上传。"),
        form=forms.AttachForm,
    ),
)
