"""Enquiries: answered by citing an article of the knowledge base."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.classes import TicketKind
from complaints.locking import lock_ticket
from complaints.models import Answer, ArticleVersion, Ticket
from complaints.states import TICKET, ArticleState
from complaints.tickets.joined import check_joined_answer, lock_joined
from complaints.tickets.resolution import End, finish
from complaints.time_bounds import not_before, true_time
from office.actors import Actor
from office.permissions import authorise
from office.refusals import Invalid, Refused


@transaction.atomic
def answer_enquiry(
    ticket: Ticket,
    text: str,
    cites: ArticleVersion,
    *,
    happened_at: datetime | None = None,
    seen_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Answer:
    """Answers the enquiry by a published article of the company or the group and resolves it.

    The enquiries joined to it get the same answer; another joined ticket is named in the refusal.
    """
    authorise(by, "complaints.answer_enquiry", ticket.company)
    locked_ticket = lock_ticket(ticket, seen_version)
    if locked_ticket.kind != TicketKind.ENQUIRY:
        raise Refused("not_an_enquiry", _("只有咨询可以转办或答复，其他工单请派工处理。"))
    locked_ticket.state = TICKET.next_state(locked_ticket.state, "answer_enquiry")
    if not text.strip():
        raise Invalid("answer_missing", _("请填写答复内容。"))
    if cites.article.company_id not in (None, locked_ticket.company_id):
        raise Invalid("foreign_article", _("所引知识条目不属于该公司。"))
    if cites.state != ArticleState.PUBLISHED:
        raise Refused("article_not_published", _("所引知识条目尚未发布，请引用已发布的版本。"))
    answer = Answer(
        ticket=locked_ticket, text=text.strip(), cites=cites, answered_by=by.user, answered_at=at
    )
    done_at = true_time("answer_enquiry", answer, happened_at, at=at)
    answer.save(force_insert=True)
    finish(locked_ticket, text[:500], End("answer_enquiry", done_at), by=by, at=at)
    for joined in lock_joined(locked_ticket):
        check_joined_answer(joined)
        own_answer = Answer(
            ticket=joined, text=answer.text, cites=cites, answered_by=by.user, answered_at=at
        )
        own_done_at = not_before("answer_enquiry", own_answer, done_at)
        own_answer.save(force_insert=True)
        finish(joined, text[:500], End("resolve_joined", own_done_at), by=by, at=at)
    return answer
