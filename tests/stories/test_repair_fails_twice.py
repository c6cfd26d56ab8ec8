"""A repair that fails twice: one clock from the first call to the customer's satisfaction."""

import pytest

from complaints.call_backs.operations import (
    Opinion,
    answer_call_back,
    issue_call_back_link,
    record_call_back,
)
from complaints.classes import PauseReason, Severity, Subject, TicketKind
from complaints.models import CallOutcome, Satisfaction, Ticket
from complaints.promises.explain import explain_promise
from complaints.promises.pauses import pause_ticket, resume_ticket
from complaints.tickets.classification import reclassify_ticket
from complaints.tickets.resolution import close_ticket, resolve_ticket
from office import journal
from office.actors import Actor
from office.refusals import NotAllowed
from tests.service_desk import (
    HOUR,
    MINUTE,
    a_desk,
    a_paper,
    a_ticket,
    publish_rules,
    repaired,
    t,
)

CUSTOMER = Actor.customer("139****0001")
BAD = Opinion(Satisfaction.DISSATISFIED, "还是不热")


@pytest.mark.django_db
def test_a_repair_that_fails_twice() -> None:
    publish_rules()
    desk = a_desk()

    # Monday 23:50: after the cut-off, promised for Tuesday noon. Nobody is home in the morning.
    ticket = a_ticket(desk, "2026-01-12 23:50")
    assert ticket.due_at == t("2026-01-13 12:00")
    photo = a_paper(ticket, desk.company, by=desk.agent, at=t("2026-01-13 08:00"))
    pause_ticket(ticket, PauseReason.NOBODY_HOME, photo, by=desk.agent, at=t("2026-01-13 08:00"))
    resume_ticket(ticket, by=desk.agent, at=t("2026-01-13 10:00"))
    ticket.refresh_from_db()
    assert ticket.due_at == t("2026-01-13 14:00")

    # First repair, within the promise. By the link the customer says: still cold.
    repaired(ticket, desk, t("2026-01-13 11:00"))
    resolve_ticket(ticket, "清洗过滤器", by=desk.dispatcher, at=t("2026-01-13 12:00"))
    first = explain_promise(ticket, at=t("2026-01-13 12:00"))
    assert (first.breached, first.reading.elapsed_minutes) == (False, 610)
    token = issue_call_back_link(ticket.call_backs.get(), by=desk.agent, at=t("2026-01-13 12:05"))
    answer_call_back(token, BAD, by=CUSTOMER, at=t("2026-01-13 20:00"))
    ticket.refresh_from_db()
    assert (ticket.state, ticket.redo_count, ticket.due_at) == ("open", 1, t("2026-01-13 14:00"))
    again = explain_promise(ticket, at=t("2026-01-13 20:00"))
    assert (again.breached, again.reading.elapsed_minutes) == (True, 1090)

    # It is a medium repair, as it turns out: three days from the first call, less the pause.
    reclassify_ticket(
        ticket,
        kind=TicketKind.REPAIR,
        subject=Subject.NO_HEAT,
        severity=Severity.MEDIUM,
        reason="立管堵塞，须更换",
        by=desk.dispatcher,
        at=t("2026-01-13 20:30"),
    )
    ticket.refresh_from_db()
    assert ticket.due_at == t("2026-01-16 02:00")
    assert [p.due_at for p in ticket.promises.all()] == [
        t("2026-01-13 12:00"),
        t("2026-01-16 00:00"),
    ]

    # Second repair by the same crew; neither who did it nor who passed the first one verifies it.
    # Bad again, by telephone.
    repaired(ticket, desk, t("2026-01-14 09:00"))
    for by in (desk.repairer, desk.dispatcher):
        with pytest.raises(NotAllowed):
            resolve_ticket(ticket, "已更换", by=by, at=t("2026-01-14 10:00"))
    resolve_ticket(ticket, "已更换立管", by=desk.other_dispatcher, at=t("2026-01-14 10:00"))
    second = ticket.call_backs.latest("ordinal")
    record_call_back(second, CallOutcome.NO_ANSWER, by=desk.agent, at=t("2026-01-14 11:00"))
    record_call_back(
        second, CallOutcome.ANSWERED, opinion=BAD, by=desk.other_agent, at=t("2026-01-14 12:00")
    )
    ticket.refresh_from_db()
    assert (ticket.state, ticket.redo_count, ticket.verified_by) == ("open", 2, None)

    # Third time, another crew, another verifier.
    repaired(ticket, desk, t("2026-01-15 09:00"), other=True)
    with pytest.raises(NotAllowed, match="上次是您办结的"):
        resolve_ticket(ticket, "阀门反装已纠正", by=desk.other_dispatcher, at=t("2026-01-15 10:00"))
    done = resolve_ticket(ticket, "阀门反装已纠正", by=desk.manager, at=t("2026-01-15 10:00"))
    assert (done.verified_by, done.repaired_by) == (
        desk.manager.user,
        desk.other_repairer.user,
    )
    explanation = explain_promise(ticket, at=t("2026-03-01 00:00"))
    assert [(i.starts, i.ends, i.counted, i.reason) for i in explanation.intervals] == [
        (t("2026-01-12 23:50"), t("2026-01-13 08:00"), True, "连续计时"),
        (t("2026-01-13 08:00"), t("2026-01-13 10:00"), False, "等待用户：用户不在家"),
        (t("2026-01-13 10:00"), t("2026-01-13 12:00"), True, "连续计时"),
        (t("2026-01-13 12:00"), t("2026-01-13 20:00"), True, "返工，首次计时不停"),
        (t("2026-01-13 20:00"), t("2026-01-14 10:00"), True, "连续计时"),
        (t("2026-01-14 10:00"), t("2026-01-14 12:00"), True, "返工，首次计时不停"),
        (t("2026-01-14 12:00"), t("2026-01-15 10:00"), True, "连续计时"),
    ]
    assert (explanation.breached, explanation.due) == (False, t("2026-01-16 02:00"))

    third = ticket.call_backs.latest("ordinal")
    record_call_back(
        third,
        CallOutcome.ANSWERED,
        opinion=Opinion(Satisfaction.FAIR, "终于好了"),
        by=desk.agent,
        at=t("2026-01-15 11:00"),
    )
    close_ticket(ticket, by=desk.agent, at=t("2026-01-15 11:00") + HOUR + MINUTE)
    stored_ticket = Ticket.objects.get(pk=ticket.pk)
    assert (
        stored_ticket.state,
        stored_ticket.visits.count(),
        stored_ticket.call_backs.count(),
    ) == ("closed", 3, 3)
    assert [x.satisfaction for x in stored_ticket.call_backs.all()] == [
        "dissatisfied",
        "dissatisfied",
        "fair",
    ]
    acted = list(journal.timeline(stored_ticket).values_list("action", flat=True))
    assert acted.count("reopen_ticket") == 2
    assert acted.count("resolve_ticket") == 3
