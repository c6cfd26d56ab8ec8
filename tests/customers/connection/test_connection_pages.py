"""The screens of grid connection: the counter's form, the page with its buttons, the board."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.connection.ends import hold_connection
from customers.connection_states import ConnectionState
from customers.models import Connection, ConnectionPaperRule, ConnectionRule
from office.actors import Actor
from tests.clock import present
from tests.customers.connection_records import (
    EXPERT,
    NOON,
    TAIL,
    People,
    accepted,
    applied,
    designed,
    facts,
    invited,
    people,
    planned,
    publish_connection_rules,
    surveyed,
)
from tests.shown_form import send_shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> People:
    return people()


def signed_in(client: Client, actor: Actor) -> Client:
    assert actor.user
    client.force_login(actor.user)
    return client


def client_board(client: Client) -> dict[str, Any]:
    """The columns of the board by their titles."""
    answer = client.get(reverse("admin:connection_board"))
    return {str(column.title): column for column in answer.context["columns"]}


def press(client: Client, connection: Connection, verb: str, **values: object) -> str:
    """Presses a button of the page and returns the page that is shown then."""
    address = reverse(f"admin:customers_connection_{verb}", args=[connection.pk])
    return client.post(address, values, follow=True).content.decode()


class TestCounter:
    def test_from_the_form_to_the_survey(self, client: Client, staff: People) -> None:
        company = publish_connection_rules()
        signed_in(client, staff.agent)
        entered = facts(wanted_on=date(2027, 11, 1))
        values = {**vars(entered), "company": company.pk}
        page = client.post(reverse("admin:customers_connection_add"), values, follow=True)
        connection = Connection.objects.get()
        assert entered.project in page.content.decode()
        assert "还缺材料：营业执照、规划许可证" in press(client, connection, "accept_application")
        for rule in client.get(
            reverse("admin:customers_connection_change", args=[connection.pk])
        ).context["papers"]:
            scan = SimpleUploadedFile("a.pdf", b"%PDF-1.7 " + rule[0].name.encode())
            page_text = press(
                client, connection, "hand_in_connection_paper", rule=rule[0].pk, scan=scan
            )
            assert "材料已登记" in page_text
        assert "已受理" in press(client, connection, "accept_application")
        connection.refresh_from_db()
        assert connection.state == ConnectionState.SURVEY

    def test_a_wrong_form_is_shown_again(self, client: Client, staff: People) -> None:
        company = publish_connection_rules()
        signed_in(client, staff.agent)
        values = {**vars(facts(credit_code="")), "company": company.pk, "wanted_on": "2027-11-01"}
        answer = client.post(reverse("admin:customers_connection_add"), values)
        assert answer.status_code == 422
        assert "单位申请须填写统一社会信用代码" in answer.content.decode()
        assert not Connection.objects.exists()

    def test_a_sent_form_takes_only_what_the_page_offers(
        self, client: Client, staff: People
    ) -> None:
        connection = accepted(staff)
        signed_in(client, staff.engineer)
        assert staff.agent.user
        # The agent makes no surveys, and the form does not offer her.
        page = press(
            client,
            connection,
            "plan_survey",
            surveyor=staff.agent.user.pk,
            planned_for=f"{present():%Y-%m-%d}",
        )
        assert "所选内容不在可选范围内，请重新选择。" in page
        assert not connection.surveys.exists()
        application = applied(staff)
        signed_in(client, staff.agent)
        papers = application.papers.count()
        # Nor are the papers that another company asks for.
        other = ConnectionPaperRule.objects.filter(company=publish_connection_rules("21"))[0]
        scan = SimpleUploadedFile("a.pdf", b"%PDF-1.7 x")
        page = press(client, application, "hand_in_connection_paper", rule=other.pk, scan=scan)
        assert "所选内容不在可选范围内，请重新选择。" in page
        assert application.papers.count() == papers

    def test_the_survey_on_the_engineers_page(self, client: Client, staff: People) -> None:
        connection = accepted(staff)
        signed_in(client, staff.engineer)
        assert staff.engineer.user
        today = f"{present():%Y-%m-%d}"
        press(
            client,
            connection,
            "plan_survey",
            surveyor=staff.engineer.user.pk,
            planned_for=today,
        )
        photo = BytesIO(b"\xff\xd8\xff 1")
        photo.name = "现场.jpg"
        page = press(
            client,
            connection,
            "pass_survey",
            surveyed_on=today,
            heat_load_kw="960.5",
            distance_m="350",
            conclusion="具备接入条件",
            photo=photo,
        )
        assert "踏勘可行，进入初步设计" in page
        assert "960.50 kW" in page


class TestBoard:
    def test_says_where_how_long_how_much_and_with_whom(
        self, client: Client, staff: People
    ) -> None:
        applied(staff)
        surveyed(staff)
        hold_connection(surveyed(staff), reason="等规划", by=staff.manager, at=NOON)
        applied(people("21"), "21")
        signed_in(client, staff.agent)
        columns = client_board(client)
        assert {title: len(column.cards) for title, column in columns.items()} == {
            "待受理": 1,
            "待补正": 0,
            "踏勘": 0,
            "初步设计": 2,
            **dict.fromkeys(
                ["联合会审", "方案与预算", "方案审批", "待签合同", "待启动", "施工", "待通热"], 0
            ),
        }
        days = (present() - NOON).days
        assert f"{columns['初步设计'].area}" == "48001.00"
        assert columns["初步设计"].oldest == days
        late_card, held_card = columns["初步设计"].cards
        assert (late_card.people, late_card.days, late_card.late, held_card.late) == (
            "工程乙11、工程甲11",
            days,
            True,
            False,
        )
        assert columns["待受理"].cards[0].people == "客服11、客服主管11"

    def test_asks_as_often_for_many_as_for_few(self, client: Client, staff: People) -> None:
        signed_in(client, staff.agent)
        counts = []
        for _ in range(2):
            accepted(staff)
            surveyed(staff)
            # Once beforehand: the sidebar's figures are remembered for a while.
            client.get(reverse("admin:connection_board"))
            with CaptureQueriesContext(database) as captured:
                client.get(reverse("admin:connection_board"))
            counts.append(len(captured))
        assert counts[0] == counts[1] <= 15


class TestReviewPages:
    def test_invited_on_the_page_and_signed_by_the_link(
        self, client: Client, staff: People
    ) -> None:
        connection = designed(staff)
        signed_in(client, staff.engineer)
        assert staff.technician.user
        answer = client.post(
            reverse("admin:invite_reviewers", args=[connection.pk]),
            {
                "users": [staff.technician.user.pk],
                "outside": f"{EXPERT.name}，{EXPERT.organisation}，{EXPERT.phone}",
            },
        )
        ((reviewer, link),) = answer.context["links"]
        assert link in answer.content.decode()
        outsider = Client()
        page = outsider.get(link)
        assert connection.project in page.content.decode()
        (drawing,) = page.context["drawings"]
        file: Any = outsider.get(f"{link}/drawing?pk={drawing.pk}")
        assert b"".join(file).startswith(b"%PDF-1.7")
        values = {"verdict": "agree", "text": "可行", "signature": "别人", "phone_tail": TAIL}
        assert "与受邀专家不符" in outsider.post(link, values).content.decode()
        thanks = outsider.post(link, values | {"signature": EXPERT.name}, follow=True)
        assert "意见已签署" in thanks.content.decode()
        assert reviewer.opinion.verdict == "agree"
        assert outsider.get(link).status_code == 404
        assert outsider.get(f"{link}/drawing?pk={drawing.pk}").status_code == 404

    def test_who_was_invited_reads_it_on_the_front_page_and_signs(
        self, client: Client, staff: People
    ) -> None:
        connection = designed(staff)
        invited(connection, staff)
        signed_in(client, staff.technician)
        assert "待我会审的设计（1）" in client.get(reverse("admin:index")).content.decode()
        page = press(client, connection, "give_review_opinion", verdict="agree", text="可行")
        assert "会审意见已签署" in page
        cache.clear()
        assert "待我会审的设计（1）" not in client.get(reverse("admin:index")).content.decode()

    def test_a_leader_approves_on_the_page(self, client: Client, staff: People) -> None:
        connection = planned(staff)
        board = client_board(signed_in(client, staff.manager))
        assert board["方案审批"].cards[0].people == "客服主管11"
        page = press(client, connection, "approve_connection_plan", text="同意")
        assert "意见已登记" in page
        assert "380,000.00" in page


class TestLateConnections:
    def test_the_list_shows_what_the_front_page_counts(self, client: Client, staff: People) -> None:
        late = applied(staff)
        applied(staff, at=present(), wanted_on=date(2027, 11, 1))
        signed_in(client, staff.manager)
        rows = client.get(reverse("admin:customers_connection_changelist"), {"now": "late"})
        assert list(rows.context["cl"].result_list) == [late]
        # The area in groups of three, and the number of the connection in one line.
        cells = rows.content.decode()
        assert "24,000.50" in cells
        assert "nowrap" in cells.split('class="field-number', 1)[1].split('"', 1)[0]
        page = client.get(reverse("admin:index")).content.decode()
        assert "超期的入网（1）" in page
        assert "待受理的入网申请（2）" in page


class TestRules:
    def test_a_rule_that_binds_is_not_edited(self, client: Client, staff: People) -> None:
        publish_connection_rules()
        rule = ConnectionRule.objects.get()
        signed_in(client, staff.manager)
        address = reverse("admin:customers_connectionrule_change", args=[rule.pk])
        send_shown(client, address, {"accept_days": 30})
        rule.refresh_from_db()
        assert rule.accept_days == 3
