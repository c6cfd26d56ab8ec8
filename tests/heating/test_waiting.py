"""What waits is the same figure on the front page, in the sidebar and in the list it leads to."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.alarms.operations import raise_alarm
from billing.models import Alarm, BillingRun
from billing.runs.kind import BILLING_RUN_APPROVAL
from billing.runs.operations import create_billing_run
from complaints.classes import Department
from complaints.escalations.operations import scan_breaches
from complaints.hand_overs.operations import hand_over_enquiry
from complaints.models import Escalation, HandOver, Ticket
from complaints.tickets.intake import open_ticket
from complaints.waiting_kinds import DESK
from heating.roles import AGENT, CASHIER, CLERK, MANAGER
from heating.sidebar import GROUPS
from heating.waiting import KINDS
from office.actors import Actor
from office.approvals.steps import open_approval
from office.models import Approval, User
from office.waiting import waits_of
from tests.builders import a_company, a_member_of_staff, a_season, an_account
from tests.clock import present
from tests.service_desk import a_desk, a_repair, an_enquiry, publish_rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return a_member_of_staff("计费主管", MANAGER, a_company())


def runs_to_approve(count: int, code: str = "11") -> None:
    company = a_company(code)
    clerk = Actor.staff(a_member_of_staff(f"计费员{code}{count}", CLERK, company))
    now = present()
    season = a_season(company)
    for _ in range(count):
        run: BillingRun = create_billing_run(season, by=clerk, at=now)
        open_approval(run, BILLING_RUN_APPROVAL, company=company, drafted_by=run.created_by, at=now)


def alarms(count: int, code: str = "11") -> None:
    for number in range(count):
        raise_alarm(
            "a",
            key=f"{code}.{count}.{number}",
            sentence="金额不符",
            at=present(),
            company=a_company(code),
        )


def hand_overs(late: int, ahead: int) -> None:
    """Enquiries handed to the finance department: past their promise, and of this very hour."""
    publish_rules()
    desk = a_desk()
    now = present()
    for reported_at in [now - timedelta(days=40)] * late + [now] * ahead:
        ticket = open_ticket(desk.company, an_enquiry(), by=desk.agent, at=reported_at)
        hand_over_enquiry(ticket, Department.FINANCE, "为何多收", by=desk.agent, at=reported_at)


def on_the_front_page(page: str) -> dict[str, int]:
    """The count in the title of each card."""
    named = {str(kind.title): kind.key for kind in KINDS}
    titles = re.findall(r'<h2 class="card-title">([^<（]+)（([\d,]+)）</h2>', page)
    return {named[title]: int(count.replace(",", "")) for title, count in titles if title in named}


def figures(page: str) -> dict[str, tuple[int, int]]:
    """The queues of the service desk: how much waits in each, and how much is past its promise."""
    addresses = {kind.address: kind.key for kind in DESK}
    matches = re.findall(r'<div class="figure">\s*<dt><a href="([^"]+)">(.*?)</div>', page, re.S)
    shown = {}
    for address, figure in matches:
        [count] = re.findall(r"<dd[^>]*>([\d,]+)</dd>", figure)
        late = re.findall(r"其中 (\d+) 个已过时限", figure) or ["0"]
        shown[addresses[address]] = (int(count), int(count if "money-owed" in figure else late[0]))
    return shown


def in_the_sidebar(page: str) -> dict[str, tuple[int, bool]]:
    """The figure beside each page's title, and whether it is red."""
    badges = {}
    in_use = {item.waits for group in GROUPS for item in group.items}
    for kind in (kind for kind in KINDS if kind.key in in_use):
        whole = "" if kind.key == "suspense" else r"(?:\?[^\"]*)?"
        address = kind.address if kind.key == "suspense" else reverse(f"admin:{kind.page}")
        line = re.search(rf'<a href="{re.escape(address)}{whole}" class=.*?</a>', page, re.S)
        if line is None:
            continue
        badge = re.search(r'<span class="(font-semibold[^"]*)">\s*(\d+)\s*</span>', line[0])
        if badge:
            badges[kind.key] = (int(badge[2]), "bg-red" in badge[1])
    return badges


def in_the_list(client: Client, address: str) -> int:
    return len(client.get(address).context["cl"].result_list)


class TestServiceDesk:
    @pytest.fixture
    def agent(self) -> User:
        """An agent with a repair past its promise, one and an enquiry of this hour."""
        publish_rules()
        desk = a_desk()
        now = present()
        late = a_repair(account=an_account(desk.company))
        open_ticket(desk.company, late, by=desk.agent, at=now - timedelta(days=40))
        open_ticket(desk.company, a_repair(account=an_account(desk.company)), by=desk.agent, at=now)
        open_ticket(desk.company, an_enquiry(), by=desk.agent, at=now)
        assert desk.agent.user is not None
        return desk.agent.user

    def test_its_queues_are_figures_of_the_front_page_with_what_is_late(
        self, client: Client, agent: User
    ) -> None:
        client.force_login(agent)
        page = client.get(reverse("admin:index")).content.decode()
        shown = figures(page)
        assert list(shown) == [kind.key for kind in DESK]
        assert (shown["overdue"], shown["unassigned"]) == ((1, 1), (2, 1))
        assert (shown["enquiries"], shown["mended"], shown["call_backs"]) == (
            (1, 0),
            (0, 0),
            (0, 0),
        )
        assert in_the_sidebar(page)["overdue"] == (1, True)
        lists = {kind.key: in_the_list(client, kind.address) for kind in DESK}
        assert lists == {key: count for key, (count, _late) in shown.items()}

    def test_the_oldest_of_a_queue_gives_its_age(self, agent: User) -> None:
        oldest = {waits.kind.key: waits.oldest for waits in waits_of(DESK, agent, present())}
        assert oldest["unassigned"] == Ticket.objects.order_by("reported_at")[0].reported_at
        assert oldest["mended"] is None

    def test_all_queues_of_tickets_cost_one_statement(self, agent: User) -> None:
        user = User.objects.get(pk=agent.pk)
        user.get_all_permissions()
        assert user.company_ids
        with CaptureQueriesContext(connection) as captured:
            waits_of(DESK, user, present())
        # The queues together, and the call-backs.
        assert len(captured) == 2

    def test_what_counts_as_late_is_what_the_scan_finds_breached(self, agent: User) -> None:
        scan_breaches(present())
        breached = Escalation.objects.filter(step__in=["breached", "breached_a_day"])
        [waits] = waits_of([kind for kind in DESK if kind.key == "overdue"], agent, present())
        assert {row.ticket_id for row in breached} == {ticket.pk for ticket in waits.rows}
        assert waits.late == 1


class TestWaiting:
    def test_front_page_sidebar_and_list_say_the_same(self, client: Client, manager: User) -> None:
        runs_to_approve(2)
        runs_to_approve(3, "21")
        alarms(9)
        alarms(4, "21")
        hand_overs(late=2, ahead=1)
        client.force_login(manager)
        page = client.get(reverse("admin:index")).content.decode()
        expected = {"approvals": 2, "alarms": 9, "hand_overs": 3}
        nothing_waits = dict.fromkeys(
            (
                "adjustments",
                "broken_plans",
                "dunning_tasks",
                "large_payments",
                "suspense",
                "channel_days",
                "held_readings",
            ),
            0,
        )
        assert on_the_front_page(page) == expected | nothing_waits
        assert in_the_sidebar(page) == {
            "approvals": (2, False),
            "alarms": (9, False),
            "hand_overs": (3, True),
        }
        lists = {
            kind.key: in_the_list(client, kind.address) for kind in KINDS if kind.key in expected
        }
        assert lists == expected

    def test_late_is_after_the_due_time_not_at_it(self, manager: User) -> None:
        hand_overs(late=0, ahead=1)
        due_at = HandOver.objects.get().due_at
        assert due_at
        moments = (due_at, due_at + timedelta(microseconds=1))
        kinds = [kind for kind in KINDS if kind.key == "hand_overs"]
        assert [waits_of(kinds, manager, at)[0].late for at in moments] == [0, 1]

    def test_the_oldest_row_of_each_kind_gives_its_age(self, client: Client, manager: User) -> None:
        alarms(3)
        now = present()
        ages = zip(Alarm.objects.order_by("pk"), (2, 50, 3), strict=True)
        for alarm, hours in ages:
            Alarm.objects.filter(pk=alarm.pk).update(raised_at=now - timedelta(hours=hours))
        kinds = [kind for kind in KINDS if kind.key in ("alarms", "approvals")]
        oldest = {waits.kind.key: waits.oldest for waits in waits_of(kinds, manager, now)}
        assert oldest == {"alarms": now - timedelta(hours=50), "approvals": None}
        client.force_login(manager)
        page = client.get(reverse("admin:index")).content.decode()
        assert re.findall(r'<span class="muted nowrap">(最久[^<]+)</span>', page) == [
            "最久 2 天 2 小时"
        ]

    def test_what_is_done_waits_no_more(self, client: Client, manager: User) -> None:
        alarms(1)
        client.force_login(manager)
        assert in_the_sidebar(client.get(reverse("admin:index")).content.decode()) == {
            "alarms": (1, False)
        }
        Alarm.objects.update(resolved_at=present())
        assert in_the_sidebar(client.get(reverse("admin:index")).content.decode()) == {}

    def test_many_rows_cost_as_many_statements_as_one(self, manager: User) -> None:
        user = User.objects.get(pk=manager.pk)
        user.get_all_permissions()
        assert user.company_ids
        # The kinds of records that papers belong to are loaded once for the process.
        waits_of(KINDS, user, present())
        statements = []
        for count in (1, 20):
            alarms(count)
            with CaptureQueriesContext(connection) as captured:
                waits = waits_of(KINDS, user, present())
            statements.append(len(captured))
        assert [waiting.count for waiting in waits if waiting.kind.key == "alarms"] == [21]
        assert statements[0] == statements[1] <= 4

    def test_nobody_sees_what_is_no_business_of_theirs(self, client: Client) -> None:
        alarms(3)
        runs_to_approve(1)
        assert Approval.objects.count() == 1
        # Bank receipts are a cashier's business; notes, applications and contracts an agent's.
        agents_work = {"unheard_notes": 0, "connection_applications": 0, "expiring_contracts": 0}
        for role, own_work in ((CASHIER, {"statement_lines": 0}), (AGENT, agents_work)):
            client.force_login(a_member_of_staff(f"同事{role.key}", role, a_company()))
            page = client.get(reverse("admin:index")).content.decode()
            assert (on_the_front_page(page), in_the_sidebar(page)) == (own_work, {})
