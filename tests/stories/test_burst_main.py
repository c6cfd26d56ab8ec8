"""A main bursts: three hundred calls in ten minutes, one cause, every flat its own promise."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.call_backs.operations import Opinion, record_call_back
from complaints.classes import Severity
from complaints.escalations.operations import scan_breaches
from complaints.incidents.operations import (
    Reach,
    attach_tickets,
    begin_incident,
    close_incident,
    notify_affected,
    register_incident,
    restore_incident,
)
from complaints.incidents.reach import incidents_over
from complaints.models import (
    CallBack,
    CallOutcome,
    Escalation,
    NoticeRecipient,
    Promise,
    Satisfaction,
    Ticket,
)
from complaints.promises.explain import explain_promise
from complaints.tickets.intake import open_ticket
from complaints.tickets.resolution import close_ticket, resolve_ticket
from office.models import JournalEntry
from tests.builders import many_accounts
from tests.service_desk import (
    DAY,
    HOUR,
    MINUTE,
    a_desk,
    a_repair,
    publish_rules,
    repaired,
    t,
)

CALLS = 300
BURST = t("2026-01-12 19:50")


@pytest.mark.django_db
def test_three_hundred_calls_in_ten_minutes() -> None:
    publish_rules()
    desk = a_desk()
    accounts = many_accounts(desk.company, CALLS)

    # The calls come two seconds apart; the last ones after the cut-off of 20:00.
    for n, account in enumerate(accounts):
        at = BURST + timedelta(seconds=2 * n + 2)
        open_ticket(desk.company, a_repair(account=account), by=desk.agent, at=at)
    last = BURST + timedelta(seconds=2 * CALLS)
    tickets = list(Ticket.objects.order_by("pk"))
    assert [x.number for x in tickets] == [f"GD112026{n:08d}" for n in range(1, CALLS + 1)]
    assert {x.due_at for x in tickets} == {t("2026-01-13 00:00")}
    late = open_ticket(desk.company, a_repair(account=accounts[0]), by=desk.agent, at=last + MINUTE)
    assert late.due_at == t("2026-01-13 12:00")

    incident = register_incident(
        desk.company,
        "二次网主管爆裂",
        Reach(communities=[accounts[0].premise.building.community]),
        starts_at=BURST,
        by=desk.dispatcher,
        at=last + 2 * MINUTE,
    )
    begin_incident(incident, by=desk.dispatcher, at=last + 2 * MINUTE)
    with CaptureQueriesContext(connection) as queries:
        assert attach_tickets(incident, by=desk.dispatcher, at=last + 3 * MINUTE) == CALLS + 1
        notice = notify_affected(
            incident, "主管爆裂，正在抢修", by=desk.dispatcher, at=last + 3 * MINUTE
        )
    assert len(queries) < 30
    assert (notice.accounts, NoticeRecipient.objects.count()) == (CALLS, CALLS)
    assert list(incidents_over(accounts[7])) == [incident]
    assert Promise.objects.count() == CALLS + 1

    # At midnight the promises of those who called before eight are broken, in one scan.
    assert scan_breaches(t("2026-01-13 00:01")) == CALLS
    assert scan_breaches(t("2026-01-13 00:01")) == 0
    assert Counter(Escalation.objects.values_list("step", flat=True)) == {"breached": CALLS}

    restored = t("2026-01-13 06:00")
    restore_incident(incident, by=desk.dispatcher, at=restored)
    cold = tickets[41]
    for ticket in [*tickets, late]:
        if ticket.pk != cold.pk:
            resolve_ticket(ticket, "主管修复，户内已热", by=desk.dispatcher, at=restored + HOUR)
    close_incident(incident, by=desk.dispatcher, at=restored + 2 * HOUR)
    assert JournalEntry.objects.get(action="close_incident").facts == {"still_open": 1}
    cold.refresh_from_db()
    assert (cold.state, cold.clock_state) == ("open", "running")
    assert explain_promise(cold, at=restored + 2 * HOUR).breached
    assert not explain_promise(late, at=restored + 2 * HOUR).breached
    assert CallBack.objects.filter(state="due").count() == CALLS

    # The one flat that stayed cold had a trouble of its own.
    repaired(cold, desk, restored + 3 * HOUR)
    resolve_ticket(cold, "户内过滤器已清洗", by=desk.dispatcher, at=restored + 4 * HOUR)
    good = Opinion(Satisfaction.SATISFIED)
    for owed in CallBack.objects.order_by("pk"):
        at = restored + DAY
        record_call_back(owed, CallOutcome.ANSWERED, opinion=good, by=desk.agent, at=at)
        close_ticket(owed.ticket, by=desk.agent, at=at)
    assert Counter(Ticket.objects.values_list("state", flat=True)) == {"closed": CALLS + 1}
    assert {x.severity for x in tickets} == {Severity.MINOR}
