"""Rules on their screens: what holds, what will, and a preview before anything is promised."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from complaints.classes import TicketClass
from complaints.models import CallBackPolicy, PromiseRule
from complaints.promises.explain import explain_promise
from complaints.rules.in_force import clock_rule, standing_rules
from complaints.rules.operations import publish_promise_rule
from complaints.rules.words import rule_in_words
from complaints.tickets.intake import open_ticket
from heating.roles import AUDITOR
from office.calendar import business_date
from office.case_files import Fields
from office.clock.terms import read_rule
from office.models import User
from tests.builders import a_member_of_staff, an_account
from tests.clock import present
from tests.service_desk import SAME_DAY, SYSTEM, Desk, a_desk, a_repair, a_ticket, t

pytestmark = pytest.mark.django_db

LIST = "admin:complaints_promiserule_changelist"
ADD = "admin:complaints_promiserule_add"
POLICY = "admin:complaints_callbackpolicy_add"


def signed_in(client: Client, user: User | None) -> Client:
    assert user is not None
    client.force_login(user)
    return client


def filled_form(desk: Desk, **changes: Any) -> dict[str, Any]:
    tomorrow = business_date(present()) + timedelta(days=1)
    return {
        "company": desk.company.pk,
        "ticket_class": "repair_minor",
        "kind": "elapsed",
        "hours": "4",
        "effective_from": f"{tomorrow}",
        "source": "太原客服办法",
    } | changes


class TestRuleInWords:
    @pytest.mark.parametrize(
        ("terms", "words"),
        [
            (SAME_DAY, "20:00 前受理，当日 24:00 前；之后受理，次日 12:00 前"),
            ({"kind": "calendar_days", "days": 3, "day_end": "24:00"}, "受理后第 3 天 24:00 前"),
            (
                {"kind": "working_days", "days": 1, "day_end": "18:00"},
                "受理后第 1 个工作日 18:00 前",
            ),
            ({"kind": "elapsed", "hours": "1.5"}, "受理后 1.5 小时内"),
        ],
    )
    def test_says_every_term(self, terms: dict[str, Any], words: str) -> None:
        assert rule_in_words(read_rule(Fields(terms, ""))) == words


class TestStanding:
    def test_the_groups_rule_and_where_a_company_differs(self, desk: Desk, client: Client) -> None:
        today = business_date(present())
        publish_promise_rule(
            desk.company,
            TicketClass.REPAIR_MINOR,
            {"kind": "elapsed", "hours": "4"},
            effective_from=today + timedelta(days=3),
            source="太原客服办法",
            by=SYSTEM,
            at=present(),
        )
        assert desk.manager.user is not None
        rows = [
            row
            for row in standing_rules(desk.manager.user, today)
            if row.ticket_class == TicketClass.REPAIR_MINOR
        ]
        assert [(row.company, row.now is not None, len(row.ahead)) for row in rows] == [
            (None, True, 0),
            (desk.company, False, 1),
        ]
        text = signed_in(client, desk.manager.user).get(reverse(LIST)).content.decode()
        assert "受理后 4 小时内" in text
        text = signed_in(client, a_desk("21").manager.user).get(reverse(LIST)).content.decode()
        assert "受理后 4 小时内" not in text
        assert "20:00 前受理" in text


class TestPublishPromiseRule:
    def test_is_previewed_then_published_and_alters_no_running_promise(
        self, desk: Desk, client: Client
    ) -> None:
        now = present()
        ticket = open_ticket(
            desk.company, a_repair(account=an_account(desk.company)), by=desk.agent, at=now
        )
        before = (ticket.due_at, explain_promise(ticket, at=now).promise.rule_id)
        client = signed_in(client, desk.manager.user)
        preview = client.post(reverse(ADD), {**filled_form(desk), "preview": "1"})
        assert preview.context["preview"]["words"] == "受理后 4 小时内"
        first = preview.context["preview"]["examples"][0]
        assert first.new - first.received == timedelta(hours=4)
        assert first.now == ticket.due_at
        assert not PromiseRule.objects.filter(company=desk.company).exists()
        seen = preview.context["seen"]
        done = client.post(reverse(ADD), {**filled_form(desk), "seen": seen, "publish": "1"})
        rule = PromiseRule.objects.get(company=desk.company)
        assert done["Location"] == reverse("admin:complaints_promiserule_change", args=[rule.pk])
        assert (rule.terms, rule.published_by) == (
            {"kind": "elapsed", "hours": "4"},
            desk.manager.user,
        )
        ticket.refresh_from_db()
        after = (ticket.due_at, explain_promise(ticket, at=now).promise.rule_id)
        assert after == before
        later = now + timedelta(days=2)
        next_one = open_ticket(
            desk.company, a_repair(account=an_account(desk.company)), by=desk.agent, at=later
        )
        assert next_one.due_at == later + timedelta(hours=4)

    def test_what_was_changed_after_the_preview_is_not_published(
        self, desk: Desk, client: Client
    ) -> None:
        client = signed_in(client, desk.manager.user)
        seen = client.post(reverse(ADD), filled_form(desk)).context["seen"]
        form = {**filled_form(desk, hours="400"), "seen": seen, "publish": "1"}
        answer = client.post(reverse(ADD), form)
        assert "内容在预览之后改过" in answer.content.decode()
        assert not PromiseRule.objects.filter(company=desk.company).exists()

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"hours": ""}, "请填写这一项"),
            (
                {
                    "kind": "same_day",
                    "cutoff": "20:00",
                    "day_end": "18:00",
                    "next_day_end": "12:00",
                },
                "时限规则有误",
            ),
            ({"kind": "working_days", "days": "3", "day_end": "25:00"}, "没有这样的时刻"),
            ({"effective_from": "2025-01-01", "publish": "1"}, "规则不能追溯到今天以前"),
            ({"source": ""}, "errorlist"),
            ({"company": ""}, "errorlist"),
        ],
    )
    def test_refused_in_place(
        self, desk: Desk, client: Client, changes: dict[str, Any], sentence: str
    ) -> None:
        client = signed_in(client, desk.manager.user)
        form = filled_form(desk, **changes)
        first = client.post(reverse(ADD), form)
        answer = client.post(reverse(ADD), {**form, "seen": first.context["seen"]})
        assert sentence in answer.content.decode()
        assert answer.status_code == 422
        assert not PromiseRule.objects.filter(company=desk.company).exists()

    def test_only_by_who_may_and_for_ones_own_company(self, desk: Desk, client: Client) -> None:
        other = a_desk("21")
        client = signed_in(client, desk.manager.user)
        answer = client.post(reverse(ADD), filled_form(other, publish="1"))
        assert answer.status_code == 422
        for user in (desk.agent.user, a_member_of_staff("审计甲", AUDITOR, desk.company)):
            client = signed_in(client, user)
            assert client.get(reverse(ADD)).status_code == 403
            assert client.get(reverse(POLICY)).status_code == 403
            assert client.get(reverse(LIST)).status_code == 200


class TestPublishCallBackPolicy:
    def test_is_previewed_then_published(self, desk: Desk, client: Client) -> None:
        client = signed_in(client, desk.manager.user)
        form = {
            "company": desk.company.pk,
            "sample_percent": "30",
            "most_attempts": "3",
            "hours_between": "4",
            "after_unanswered": "escalate",
            "effective_from": f"{business_date(present())}",
            "source": "回访办法",
        }
        for wrong in ("0", "73", ""):
            answer = client.post(reverse(POLICY), {**form, "hours_between": wrong})
            assert (answer.status_code, answer.context["seen"]) == (200, "") or (
                answer.status_code == 422
            )
        answer = client.post(reverse(POLICY), form)
        assert "未接通的两次之间至少隔 4 小时" in answer.content.decode()
        seen = answer.context["seen"]
        assert not CallBackPolicy.objects.filter(company=desk.company).exists()
        client.post(reverse(POLICY), {**form, "seen": seen, "publish": "1"})
        policy = CallBackPolicy.objects.get(company=desk.company)
        assert (policy.sample_percent, policy.hours_between, policy.after_unanswered) == (
            30,
            4,
            "escalate",
        )
        text = client.get(reverse("admin:complaints_callbackpolicy_changelist")).content.decode()
        assert "转客服主管回访" in text


def test_rules_are_read_as_they_were_published(desk: Desk) -> None:
    rule = PromiseRule.objects.filter(ticket_class="repair_minor").get()
    assert rule.effective_from == date(2025, 10, 1)
    assert rule_in_words(clock_rule(rule)).startswith("20:00 前受理")
    assert a_ticket(desk, "2026-01-12 23:50").due_at == t("2026-01-13 12:00")
