"""Rosters on screen: published for some days or not at all, withdrawn, seen by the own company."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.models import DutyPeriod
from complaints.rosters.operations import Duty, publish_duty
from customers.models import Community
from heating.roles import DISPATCHER, SERVICE_MANAGER, STAFF_ROLES
from office.actors import Actor
from office.models import User
from office.zone import SHANGHAI
from tests.builders import a_member_of_staff
from tests.clock import present
from tests.service_desk import DAY, HOUR, Desk, a_desk
from tests.shown_form import send_shown

pytestmark = pytest.mark.django_db

LIST = "admin:complaints_dutyperiod_changelist"


def person(by: Actor) -> User:
    assert by.user is not None
    return by.user


def tomorrow() -> Any:
    return (present() + DAY).astimezone(SHANGHAI).replace(hour=17, minute=0, second=0)


def a_form(desk: Desk, **changes: Any) -> dict[str, Any]:
    starts = tomorrow()
    values = {
        "starts_at": f"{starts:%Y-%m-%dT%H:%M}",
        "ends_at": f"{starts + 15 * HOUR:%Y-%m-%dT%H:%M}",
        "days": "1",
        "members": [person(desk.repairer).pk],
        "phone": "0351-7654321",
    }
    return values | changes


@pytest.fixture
def dispatcher(client: Client, desk: Desk) -> Client:
    client.force_login(person(desk.dispatcher))
    return client


class TestPublishDuty:
    def address(self, desk: Desk) -> str:
        return reverse("admin:publish_duty", args=[desk.crew.pk])

    def test_three_nights_at_once(self, dispatcher: Client, desk: Desk) -> None:
        answer = dispatcher.post(self.address(desk), a_form(desk, days="3"), follow=True)
        assert "一班的 3 天值班已发布。" in answer.content.decode()
        starts = DutyPeriod.objects.order_by("starts_at").values_list("starts_at", flat=True)
        first = tomorrow().replace(microsecond=0)
        assert list(starts) == [first, first + DAY, first + 2 * DAY]

    def test_one_night_that_overlaps_stops_them_all(self, dispatcher: Client, desk: Desk) -> None:
        later = f"{tomorrow() + DAY:%Y-%m-%dT%H:%M}", f"{tomorrow() + DAY + HOUR:%Y-%m-%dT%H:%M}"
        form = a_form(desk, starts_at=later[0], ends_at=later[1])
        assert dispatcher.post(self.address(desk), form).status_code == 302
        answer = dispatcher.post(self.address(desk), a_form(desk, days="3"))
        assert answer.status_code == 409
        page = answer.content.decode()
        assert "的值班重叠，请先撤回原安排或调整时间。" in page
        assert 'value="0351-7654321"' in page
        assert DutyPeriod.objects.count() == 1

    def test_members_of_another_crew_are_no_choice(self, dispatcher: Client, desk: Desk) -> None:
        form = a_form(desk, members=[person(desk.other_repairer).pk])
        assert dispatcher.post(self.address(desk), form).status_code == 422
        assert not DutyPeriod.objects.exists()

    def test_another_companys_crew_is_not_there(self, dispatcher: Client, desk: Desk) -> None:
        foreign = a_desk("21")
        assert dispatcher.get(self.address(foreign)).status_code == 404
        assert dispatcher.post(self.address(foreign), a_form(foreign)).status_code == 404

    @pytest.mark.parametrize(
        "role",
        [role for role in STAFF_ROLES if role not in (DISPATCHER, SERVICE_MANAGER)],
        ids=lambda role: role.key,
    )
    def test_no_other_desk(self, role: Any, client: Client, desk: Desk) -> None:
        client.force_login(a_member_of_staff("somebody", role, desk.company))
        assert client.post(self.address(desk), a_form(desk)).status_code == 403
        assert not DutyPeriod.objects.exists()


class TestWithdrawDuty:
    def test_with_a_reason(self, dispatcher: Client, desk: Desk) -> None:
        duty = a_duty(desk)
        address = reverse("admin:complaints_dutyperiod_withdraw_duty", args=[duty.pk])
        dispatcher.post(address, {"reason": "换班"})
        duty.refresh_from_db()
        assert (duty.withdrawn_why, duty.withdrawn_by) == ("换班", desk.dispatcher.user)


class TestLists:
    def test_show_the_own_company_only(self, dispatcher: Client, desk: Desk) -> None:
        foreign = a_desk("21")
        own, other = a_duty(desk), a_duty(foreign)
        shown = {duty.pk for duty in dispatcher.get(reverse(LIST)).context["cl"].result_list}
        assert shown == {own.pk}
        page = reverse("admin:complaints_dutyperiod_change", args=[other.pk])
        assert dispatcher.get(page).status_code == 404

    def test_ask_as_often_for_many_as_for_one(self, dispatcher: Client, desk: Desk) -> None:
        a_duty(desk)
        self.questions(dispatcher)
        few = self.questions(dispatcher)
        for day in range(1, 20):
            a_duty(desk, day)
        assert self.questions(dispatcher) == few <= 15

    def questions(self, client: Client) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(LIST)).status_code == 200
        own = ("SAVEPOINT", "RELEASE")
        return len([query for query in queries if not query["sql"].startswith(own)])


class TestAreas:
    def test_a_crew_looks_after_places_of_its_own_company(self, client: Client, desk: Desk) -> None:
        client.force_login(person(desk.manager))
        own = Community.objects.create(company=desk.company, name="迎泽花园")
        foreign = Community.objects.create(company=a_desk("21").company, name="兰州小区")
        page = reverse("admin:complaints_crew_change", args=[desk.crew.pk])
        form = {"name": "一班", "members": [person(desk.repairer).pk], "active": "on"}
        send_shown(client, page, form | {"communities": [foreign.pk]})
        assert not desk.crew.communities.exists()
        assert send_shown(client, page, form | {"communities": [own.pk]}).status_code == 302
        assert list(desk.crew.communities.all()) == [own]


def a_duty(desk: Desk, day: int = 0) -> DutyPeriod:
    starts = tomorrow() + timedelta(days=day)
    duty = Duty(starts, starts + HOUR, [person(desk.repairer)], "1")
    return publish_duty(desk.crew, duty, by=desk.dispatcher, at=present())
