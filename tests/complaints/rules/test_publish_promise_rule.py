"""A published rule of promises: what it changes, and what it leaves as promised."""

from datetime import date

import pytest

from complaints.classes import TicketClass
from complaints.models import PromiseRule
from complaints.promises.explain import explain_promise
from complaints.promises.pauses import resume_ticket
from complaints.rules.operations import publish_promise_rule
from office.refusals import Invalid, NotAllowed
from tests.complaints.promises.clocked_tickets import MONDAY, pause
from tests.service_desk import (
    DAY,
    HOUR,
    SAME_DAY,
    Desk,
    a_desk,
    a_repair,
    a_ticket,
    t,
)

pytestmark = pytest.mark.django_db


class TestPublishPromiseRule:
    def test_tomorrows_rule_alters_no_running_promise(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        rule = publish_promise_rule(
            desk.company,
            TicketClass.REPAIR_MINOR,
            {"kind": "elapsed", "hours": "2"},
            effective_from=date(2026, 1, 13),
            source="新承诺",
            by=desk.manager,
            at=MONDAY,
        )
        pause(ticket, desk, MONDAY + HOUR)
        at = MONDAY + 2 * DAY
        ticket = resume_ticket(ticket, by=desk.agent, at=at)
        assert ticket.due_at == t("2026-01-13 00:00") + 2 * DAY - HOUR
        assert explain_promise(ticket, at=at).promise.rule != rule
        assert a_ticket(desk, "2026-01-13 09:00").due_at == t("2026-01-13 11:00")
        late = a_repair(reported_at=t("2026-01-12 23:00"))
        assert a_ticket(desk, "2026-01-13 09:00", late).due_at == t("2026-01-13 12:00")

    def test_refused_backdated_once_something_was_promised(self, desk: Desk) -> None:
        with pytest.raises(Invalid, match="不能追溯"):
            publish_promise_rule(
                desk.company,
                TicketClass.REPAIR_MINOR,
                SAME_DAY,
                effective_from=date(2026, 1, 11),
                source="手册",
                by=desk.manager,
                at=MONDAY,
            )
        assert PromiseRule.objects.count() == 7

    @pytest.mark.parametrize(
        "terms",
        [
            {},
            {"kind": "soon"},
            {"kind": "elapsed", "hours": 2, "minutes": 5},
            {"kind": "elapsed", "hours": -1},
            {"kind": "working_days", "days": 0, "day_end": "18:00"},
            {"kind": "calendar_days", "days": 0, "day_end": "18:00"},
            {"kind": "same_day", "cutoff": "25:00", "day_end": "24:00", "next_day_end": "12:00"},
        ],
    )
    def test_refused_what_the_clock_cannot_follow(self, desk: Desk, terms: object) -> None:
        with pytest.raises(Invalid, match="时限规则有误"):
            publish_promise_rule(
                desk.company,
                TicketClass.REPAIR_MINOR,
                terms,  # type: ignore[arg-type]
                effective_from=date(2026, 1, 13),
                source="手册",
                by=desk.manager,
                at=MONDAY,
            )
        assert PromiseRule.objects.count() == 7

    def test_refused_to_others_and_for_the_whole_group(self, desk: Desk) -> None:
        for by, company in (
            (desk.agent, desk.company),
            (a_desk("21").manager, desk.company),
            (desk.manager, None),
        ):
            with pytest.raises(NotAllowed):
                publish_promise_rule(
                    company,
                    TicketClass.REPAIR_MINOR,
                    SAME_DAY,
                    effective_from=date(2026, 1, 13),
                    source="手册",
                    by=by,
                    at=MONDAY,
                )
        assert PromiseRule.objects.count() == 7
