"""Enquiries that another department knows the answer to: handed over, and replied to once."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.classes import Department, TicketKind
from complaints.departments import ANSWERING
from complaints.locking import lock_ticket, save_ticket
from complaints.models import HandOver, HandOverReply, Ticket, departments_of
from complaints.states import TICKET, TicketState
from office import journal
from office.actors import Actor
from office.models import User
from office.operations.documents import Upload, attach_document
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused

LONGEST = 1000


@transaction.atomic
def hand_over_enquiry(
    ticket: Ticket,
    department: Department,
    question: str,
    *,
    seen_version: int | None = None,
    by: Actor,
    at: datetime,
) -> HandOver:
    """Give the enquiry to a department; the promise goes on, and its due time goes with it.

    While one department has not replied another may be asked too: each owes its own reply.
    """
    authorise(by, "complaints.hand_over_enquiry", ticket.company)
    held = lock_ticket(ticket, seen_version)
    if held.kind != TicketKind.ENQUIRY:
        raise Refused("not_an_enquiry", _("只有咨询可以转办或答复，其他工单请派工处理。"))
    held.state = TICKET.next_state(held.state, "hand_over_enquiry")
    if department not in ANSWERING:
        raise Invalid(
            "nobody_answers",
            _("%(department)s在系统中没有可答复的人员，请转办给其他部门。"),
            department=department.label,
        )
    if not question.strip():
        raise Invalid("question_missing", _("请写明需要该部门答复的问题。"))
    save_ticket(held, "state")
    hand_over = HandOver.objects.create(
        ticket=held,
        department=department,
        question=question.strip(),
        due_at=held.due_at,
        handed_by=by.user,
        handed_at=at,
    )
    journal.record("hand_over_enquiry", held, by=by, at=at, department=department.value)
    return hand_over


@transaction.atomic
def reply_to_hand_over(
    hand_over: HandOver, text: str, paper: Upload | None = None, *, by: Actor, at: datetime
) -> HandOverReply:
    """Say what the department knows, once, also late; the ticket stays with customer service.

    Refused once the ticket no longer waits for it. The ticket's version goes up, so that whoever
    is about to answer without the reply is told of it.
    """
    company = hand_over.ticket.company
    authorise(by, "complaints.reply_to_hand_over", company)
    replier = _of_the_department(by, hand_over)
    held = lock_ticket(hand_over.ticket)
    _check_unanswered(hand_over)
    if held.state != TicketState.HANDED_OVER:
        raise Refused(
            "reply_not_awaited",
            _("工单 %(number)s 现在是“%(here)s”，客服不再等待这次答复；如需补充，请联系客服。"),
            number=held.number,
            here=TicketState(held.state).label,
        )
    said = text.strip()
    if not said:
        raise Invalid("reply_missing", _("请填写答复内容。"))
    if len(said) > LONGEST:
        raise Invalid(
            "reply_too_long",
            _("答复内容不能超过 %(longest)s 字，请精简或写入附件。"),
            longest=LONGEST,
        )
    reply = HandOverReply.objects.create(
        hand_over=hand_over,
        text=said,
        document=attach_document(held, paper, company=company, kind="paper", by=by, at=at)
        if paper
        else None,
        replied_by=replier,
        replied_at=at,
    )
    save_ticket(held)
    journal.record(
        "reply_to_hand_over", held, by=by, at=at, department=hand_over.department, late=reply.late
    )
    return reply


def _of_the_department(by: Actor, hand_over: HandOver) -> User:
    if by.user is None or hand_over.department not in departments_of(by.user):
        raise NotAllowed()
    return by.user


def _check_unanswered(hand_over: HandOver) -> None:
    said = HandOverReply.objects.filter(hand_over=hand_over).select_related("replied_by").first()
    if said is not None:
        raise Refused(
            "hand_over_replied",
            _("%(who)s已于 %(when)s 答复过，每次转办只答复一次；如需更正，请联系客服重新转办。"),
            who=said.replied_by.display_name,
            when=f"{timezone.localtime(said.replied_at):%m-%d %H:%M}",
        )
