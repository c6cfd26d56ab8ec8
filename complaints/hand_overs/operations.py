"""Hand-overs: customer service gives an enquiry to a department, which replies to it once."""

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
from office.documents.operations import Upload, attach_document
from office.models import User
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
    """Gives the enquiry to a department; the promise continues, and its due time is copied.

    Several departments may be asked at the same time; each owes a reply of its own.
    """
    authorise(by, "complaints.hand_over_enquiry", ticket.company)
    locked_ticket = lock_ticket(ticket, seen_version)
    if locked_ticket.kind != TicketKind.ENQUIRY:
        raise Refused("not_an_enquiry", _("只有咨询可以转办或答复，其他工单请派工处理。"))
    locked_ticket.state = TICKET.next_state(locked_ticket.state, "hand_over_enquiry")
    if department not in ANSWERING:
        raise Invalid(
            "nobody_answers",
            _("%(department)s在系统中没有可答复的人员，请转办给其他部门。"),
            department=department.label,
        )
    if not question.strip():
        raise Invalid("question_missing", _("请写明需要该部门答复的问题。"))
    save_ticket(locked_ticket, "state")
    hand_over = HandOver.objects.create(
        ticket=locked_ticket,
        department=department,
        question=question.strip(),
        due_at=locked_ticket.due_at,
        handed_by=by.user,
        handed_at=at,
    )
    journal.record("hand_over_enquiry", locked_ticket, by=by, at=at, department=department.value)
    return hand_over


@transaction.atomic
def reply_to_hand_over(
    hand_over: HandOver, text: str, paper: Upload | None = None, *, by: Actor, at: datetime
) -> HandOverReply:
    """Records the department's reply, also a late one; the ticket stays with customer service.

    Refuses a second reply, and any reply once the ticket no longer waits for it. The ticket's
    version is raised, so that an agent who is about to answer without having read the reply is
    refused.
    """
    company = hand_over.ticket.company
    authorise(by, "complaints.reply_to_hand_over", company)
    replier = _of_the_department(by, hand_over)
    locked_ticket = lock_ticket(hand_over.ticket)
    _check_unanswered(hand_over)
    if locked_ticket.state != TicketState.HANDED_OVER:
        raise Refused(
            "reply_not_awaited",
            _("工单 %(number)s 现在是“%(here)s”，客服不再等待这次答复；如需补充，请联系客服。"),
            number=locked_ticket.number,
            here=TicketState(locked_ticket.state).label,
        )
    reply_text = text.strip()
    if not reply_text:
        raise Invalid("reply_missing", _("请填写答复内容。"))
    if len(reply_text) > LONGEST:
        raise Invalid(
            "reply_too_long",
            _("答复内容不能超过 %(longest)s 字，请精简或写入附件。"),
            longest=LONGEST,
        )
    reply = HandOverReply.objects.create(
        hand_over=hand_over,
        text=reply_text,
        document=attach_document(locked_ticket, paper, company=company, kind="paper", by=by, at=at)
        if paper
        else None,
        replied_by=replier,
        replied_at=at,
    )
    save_ticket(locked_ticket)
    journal.record(
        "reply_to_hand_over",
        locked_ticket,
        by=by,
        at=at,
        department=hand_over.department,
        late=reply.late,
    )
    return reply


def _of_the_department(by: Actor, hand_over: HandOver) -> User:
    """Returns the replying user; refuses a user who does not answer for the department."""
    if by.user is None or hand_over.department not in departments_of(by.user):
        raise NotAllowed()
    return by.user


def _check_unanswered(hand_over: HandOver) -> None:
    """Refuses a hand-over that already has a reply."""
    earlier_reply = (
        HandOverReply.objects.filter(hand_over=hand_over).select_related("replied_by").first()
    )
    if earlier_reply is not None:
        raise Refused(
            "hand_over_replied",
            _("%(who)s已于 %(when)s 答复过，每次转办只答复一次；如需更正，请联系客服重新转办。"),
            who=earlier_reply.replied_by.display_name,
            when=f"{timezone.localtime(earlier_reply.replied_at):%Y-%m-%d %H:%M}",
        )
