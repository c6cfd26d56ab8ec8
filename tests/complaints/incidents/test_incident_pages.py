"""An incident on its screens: reach counted before saving, words previewed, flats still cold."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from complaints.incidents.operations import (
    Reach,
    attach_tickets,
    begin_incident,
    notify_affected,
    register_incident,
    restore_incident,
)
from complaints.models import Incident, Notice
from complaints.tickets.resolution import resolve_ticket
from customers.models import Community, HeatSource, HeatStation, Loop
from heating.roles import AUDITOR, CASHIER
from office.models import User
from office.refusals import Refused
from tests.builders import a_company, a_member_of_staff, an_account
from tests.clock import present
from tests.service_desk import DAY, HOUR, Desk, a_desk, a_repair, a_ticket, t

pytestmark = pytest.mark.django_db

MONDAY = t("2026-01-12 09:00")
ADD = "admin:complaints_incident_add"


def signed_in(client: Client, user: User | None) -> Client:
    assert user is not None
    client.force_login(user)
    return client


def page(incident: Incident, name: str = "change") -> str:
    return reverse(f"admin:complaints_incident_{name}", args=[incident.pk])


@pytest.fixture
def here(desk: Desk) -> Community:
    """Three flats of one community, two of which reported that they are cold."""
    accounts = [an_account(desk.company) for _ in range(3)]
    for account in accounts[:2]:
        a_ticket(desk, "2026-01-12 08:30", a_repair(account=account))
    return accounts[0].premise.building.community


def burst(desk: Desk, here: Community) -> Incident:
    incident = register_incident(
        desk.company,
        "二次网主管爆裂",
        Reach(communities=[here]),
        starts_at=MONDAY - HOUR,
        by=desk.dispatcher,
        at=MONDAY,
    )
    return begin_incident(incident, by=desk.dispatcher, at=MONDAY)


class TestRegisterIncident:
    def filled_form(self, desk: Desk, **changes: Any) -> dict[str, Any]:
        return {
            "company": desk.company.pk,
            "cause": "二次网主管爆裂",
            "starts_at": "2026-01-12T08:00",
        } | changes

    def test_is_searched_counted_and_saved(
        self, desk: Desk, here: Community, client: Client
    ) -> None:
        client = signed_in(client, desk.dispatcher.user)
        search = client.post(
            reverse(ADD), {"company": desk.company.pk, "text": "汾河", "find": "1"}
        )
        assert search.status_code == 200
        assert [place.key for place in search.context["matches"]] == [
            f"community:{here.pk}",
            f"building:{here.buildings.get().pk}",
        ]
        form = self.filled_form(desk, places=[f"community:{here.pk}"])
        counted = client.post(reverse(ADD), {**form, "count": "1"})
        reached = counted.context["reached"]
        assert (reached.accounts, reached.tickets) == (3, 2)
        assert not Incident.objects.exists()
        answer = client.post(reverse(ADD), {**form, "save": "1", "seen": reached.seen})
        incident = Incident.objects.get()
        assert (answer.status_code, answer["Location"]) == (302, page(incident))
        assert (incident.level, list(incident.communities.all())) == ("community", [here])
        assert incident.starts_at == t("2026-01-12 08:00")
        again = client.post(reverse(ADD), {**form, "save": "1", "seen": reached.seen})
        assert (again["Location"], Incident.objects.count()) == (page(incident), 1)

    def test_not_before_the_count_of_just_these_places_was_seen(
        self, desk: Desk, here: Community, client: Client
    ) -> None:
        client = signed_in(client, desk.dispatcher.user)
        form = self.filled_form(desk, places=[f"community:{here.pk}"], save="1", seen="building:1")
        answer = client.post(reverse(ADD), form)
        assert "请先核对影响的户数和工单" in answer.content.decode()
        assert not Incident.objects.exists()

    def test_a_count_of_nothing_says_what_to_tick(
        self, desk: Desk, here: Community, client: Client
    ) -> None:
        client = signed_in(client, desk.dispatcher.user)
        answer = client.post(reverse(ADD), self.filled_form(desk, count="1"))
        text = answer.content.decode()
        assert "请先查找并勾选影响范围，再核对影响。" in text
        assert 'value="二次网主管爆裂"' in text
        assert not Incident.objects.exists()

    def test_refused_in_place(self, desk: Desk, here: Community, client: Client) -> None:
        client = signed_in(client, desk.dispatcher.user)
        answer = client.post(reverse(ADD), self.filled_form(desk, save="1"))
        assert answer.status_code == 422
        assert "请选择受影响的热源、换热站、环路、小区或楼栋" in answer.content.decode()
        ahead = self.filled_form(
            desk, places=[f"community:{here.pk}"], save="1", seen=f"community:{here.pk}"
        ) | {"starts_at": f"{timezone.localtime(present()) + DAY:%Y-%m-%dT%H:%M}"}
        answer = client.post(reverse(ADD), ahead)
        assert "不能晚于现在" in answer.content.decode()
        assert "二次网主管爆裂" in answer.content.decode()
        assert not Incident.objects.exists()

    def test_another_companys_places_are_neither_found_nor_ticked(
        self, desk: Desk, here: Community, client: Client
    ) -> None:
        foreign = HeatStation.objects.create(company=a_company("21"), name="汾河站")
        client = signed_in(client, desk.dispatcher.user)
        form = {
            "company": desk.company.pk,
            "text": "汾河",
            "find": "1",
            "places": [f"heat_station:{foreign.pk}", "community:x", "loop"],
        }
        answer = client.post(reverse(ADD), form)
        assert f"heat_station:{foreign.pk}" not in answer.content.decode()
        assert answer.context["chosen"] == []
        form["company"] = a_company("21").pk
        answer = client.post(reverse(ADD), form)
        assert answer.context["matches"] == answer.context["chosen"] == []

    def test_a_source_and_a_loop_are_found_counted_and_saved(
        self, desk: Desk, here: Community, client: Client
    ) -> None:
        client = signed_in(client, desk.dispatcher.user)
        source = HeatSource.objects.create(company=desk.company, name="东山热源")
        station = HeatStation.objects.create(
            company=desk.company, name="东山站", heat_source=source
        )
        loop = Loop.objects.create(heat_station=station, name="低区环路")
        loop.buildings.set(here.buildings.all())
        form = {"company": desk.company.pk, "text": "东山", "find": "1"}
        matches = client.post(reverse(ADD), form).context["matches"]
        places = [f"heat_source:{source.pk}", f"heat_station:{station.pk}", f"loop:{loop.pk}"]
        assert [place.key for place in matches] == places
        form["text"] = "东山站 低区"
        matches = client.post(reverse(ADD), form).context["matches"]
        assert [(place.key, place.name) for place in matches] == [(places[2], "东山站 低区环路")]
        for ticked, level in ((places[0], "source"), (places[2], "loop")):
            scope = self.filled_form(desk, cause=level, places=[ticked])
            reached = client.post(reverse(ADD), {**scope, "count": "1"}).context["reached"]
            assert (reached.level, reached.accounts, reached.tickets) == (level, 3, 2)
            client.post(reverse(ADD), {**scope, "save": "1", "seen": reached.seen})
        by_source, by_loop = Incident.objects.order_by("pk")
        assert (by_source.level, list(by_source.heat_sources.all())) == ("source", [source])
        assert (by_loop.level, list(by_loop.loops.all())) == ("loop", [loop])
        assert "东山热源" in client.get(page(by_source)).content.decode()
        assert "东山站 低区环路" in client.get(page(by_loop)).content.decode()
        for incident in (by_source, by_loop):
            draft = client.get(page(incident, "notify_affected")).context["form"]["text"].value()
            assert draft.startswith(f"因{incident.cause}，汾河小区暂停供热")

    def test_another_companys_network_is_neither_found_nor_ticked(
        self, desk: Desk, client: Client
    ) -> None:
        source = HeatSource.objects.create(company=a_company("21"), name="东山热源")
        station = HeatStation.objects.create(
            company=a_company("21"), name="东山站", heat_source=source
        )
        loop = Loop.objects.create(heat_station=station, name="低区环路")
        client = signed_in(client, desk.dispatcher.user)
        form = {
            "text": "东山",
            "find": "1",
            "places": [f"heat_source:{source.pk}", f"loop:{loop.pk}"],
        }
        for company in (desk.company, a_company("21")):
            answer = client.post(reverse(ADD), {**form, "company": company.pk})
            assert answer.context["matches"] == answer.context["chosen"] == []

    def test_only_by_who_may(self, desk: Desk, client: Client) -> None:
        for user in (desk.agent.user, desk.manager.user, desk.repairer.user):
            assert signed_in(client, user).get(reverse(ADD)).status_code == 403


class TestNotifyAffected:
    def test_what_is_sent_is_what_was_previewed(
        self, desk: Desk, here: Community, client: Client
    ) -> None:
        incident = burst(desk, here)
        client = signed_in(client, desk.dispatcher.user)
        address = page(incident, "notify_affected")
        draft = client.get(address).context["form"]["text"].value()
        assert draft == ("因二次网主管爆裂，汾河小区暂停供热，正在抢修，恢复时间另行通知。")
        unseen = client.post(address, {"text": "改过的话", "seen": draft, "send": "1"})
        assert "内容在预览之后改过" in unseen.content.decode()
        assert not Notice.objects.exists()
        assert f"【{desk.company.short_name}】改过的话" in unseen.content.decode()
        sent = client.post(address, {"text": "改过的话", "seen": "改过的话", "send": "1"})
        assert sent["Location"] == page(incident)
        assert (Notice.objects.get().text, Notice.objects.get().accounts) == ("改过的话", 3)

    def test_the_same_words_are_sent_once(
        self, desk: Desk, here: Community, client: Client
    ) -> None:
        incident = burst(desk, here)
        notify_affected(incident, "正在抢修", by=desk.dispatcher, at=MONDAY)
        with pytest.raises(Refused, match="已经通知过"):
            notify_affected(incident, " 正在抢修", by=desk.dispatcher, at=MONDAY)
        client = signed_in(client, desk.dispatcher.user)
        again = {"text": "正在抢修", "seen": "正在抢修", "send": "1"}
        answer = client.post(page(incident, "notify_affected"), again)
        assert (answer.status_code, Notice.objects.count()) == (409, 1)

    def test_recipients_are_those_of_the_notice_and_of_the_company(
        self, desk: Desk, here: Community, client: Client
    ) -> None:
        notice = notify_affected(burst(desk, here), "抢修", by=desk.dispatcher, at=MONDAY)
        address = reverse("admin:complaints_noticerecipient_changelist")
        query = {"notice__id__exact": notice.pk}
        client = signed_in(client, desk.agent.user)
        assert len(client.get(address, query).context["cl"].result_list) == 3
        client = signed_in(client, a_desk("21").agent.user)
        assert client.get(address, query).context["cl"].result_list == []


class TestAnnounceOutage:
    def test_ahead_of_a_planned_one(self, desk: Desk, here: Community, client: Client) -> None:
        now = present()
        incident = register_incident(
            desk.company,
            "换热站检修",
            Reach(communities=[here]),
            starts_at=now + DAY,
            planned=True,
            by=desk.dispatcher,
            at=now,
        )
        client = signed_in(client, desk.dispatcher.user)
        assert "公告停热" in client.get(page(incident)).content.decode()
        address = page(incident, "announce_outage")
        text = client.get(address).context["form"]["text"].value()
        assert "计划于" in text
        client.post(address, {"text": text, "seen": text, "send": "1"})
        incident.refresh_from_db()
        assert (incident.state, incident.notices.get().accounts) == ("announced", 3)
        answer = client.post(address, {"text": "再来", "seen": "再来", "send": "1"})
        assert (answer.status_code, Notice.objects.count()) == (409, 1)


class TestAttachTickets:
    def test_some_or_all(self, desk: Desk, here: Community, client: Client) -> None:
        incident = burst(desk, here)
        client = signed_in(client, desk.dispatcher.user)
        shown = client.get(page(incident))
        assert shown.context["within_count"] == 2
        ticket = shown.context["within"][0]
        address = page(incident, "attach_tickets")
        none = client.post(address, {"chosen": "1"}, follow=True)
        assert "请先勾选要并入的工单" in none.content.decode()
        client.post(address, {"chosen": "1", "tickets": [ticket.pk]})
        assert list(incident.tickets.all()) == [ticket]
        client.post(address, {"all": "1"})
        assert incident.tickets.count() == 2

    def test_not_another_companys_ticket(self, desk: Desk, here: Community, client: Client) -> None:
        incident = burst(desk, here)
        foreign = a_ticket(a_desk("21"), "2026-01-12 08:30")
        client = signed_in(client, desk.dispatcher.user)
        form = {"chosen": "1", "tickets": [foreign.pk]}
        client.post(page(incident, "attach_tickets"), form)
        assert not incident.tickets.exists()


class TestIncidentPage:
    def test_a_flat_still_cold_stands_out_and_stays_open(
        self, desk: Desk, here: Community, client: Client
    ) -> None:
        incident = burst(desk, here)
        attach_tickets(incident, by=desk.dispatcher, at=MONDAY)
        client = signed_in(client, desk.dispatcher.user)
        client.post(page(incident, "restore_incident"), {"restored_at": "2026-01-12T12:00"})
        warm, cold = incident.tickets.order_by("pk")
        resolve_ticket(warm, "已来暖", by=desk.dispatcher, at=MONDAY + 6 * HOUR)
        text = client.get(page(incident)).content.decode()
        assert "还有 1 张工单未办结，可能仍未来暖" in text
        client.post(page(incident, "close_incident"))
        incident.refresh_from_db()
        cold.refresh_from_db()
        assert (incident.state, incident.restored_at, cold.state) == (
            "closed",
            t("2026-01-12 12:00"),
            "open",
        )
        shown = client.get(page(incident))
        assert "仍有 1 张工单未办结，照常计时、回访" in shown.content.decode()
        assert [ticket.pk for ticket in shown.context["tickets"]] == [cold.pk, warm.pk]
        assert shown.content.decode().count("still-cold") == 1

    def test_cancelled_with_a_reason(self, desk: Desk, here: Community, client: Client) -> None:
        incident = register_incident(
            desk.company,
            "误报",
            Reach(communities=[here]),
            starts_at=MONDAY,
            by=desk.dispatcher,
            at=MONDAY,
        )
        client = signed_in(client, desk.dispatcher.user)
        client.post(page(incident, "cancel_incident"), {"reason": ""})
        incident.refresh_from_db()
        assert incident.state == "registered"
        client.post(page(incident, "cancel_incident"), {"reason": "误报"})
        incident.refresh_from_db()
        assert incident.state == "cancelled"

    def test_who_only_reads_has_no_button(
        self, desk: Desk, here: Community, client: Client
    ) -> None:
        incident = burst(desk, here)
        client = signed_in(client, a_member_of_staff("auditor", AUDITOR, desk.company))
        text = client.get(page(incident)).content.decode()
        for word in ("恢复供热</summary>", "通知受影响用户", "全部并入"):
            assert word not in text
        for verb in ("restore_incident", "notify_affected", "attach_tickets", "close_incident"):
            assert client.post(page(incident, verb)).status_code == 403
        client = signed_in(client, a_member_of_staff("cashier", CASHIER, desk.company))
        assert client.get(page(incident)).status_code == 403

    def test_asks_as_often_for_many_tickets_as_for_few(
        self, desk: Desk, here: Community, client: Client
    ) -> None:
        incident = burst(desk, here)
        attach_tickets(incident, by=desk.dispatcher, at=MONDAY)
        begun = restore_incident(incident, by=desk.dispatcher, at=MONDAY + HOUR)
        client = signed_in(client, desk.dispatcher.user)
        account = an_account(desk.company)
        counts = []
        for rows in (1, 12):
            for _ in range(rows):
                a_ticket(desk, "2026-01-12 08:30", a_repair(account=account))
            client.get(page(begun))
            with CaptureQueriesContext(connection) as queries:
                client.get(page(begun))
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 25
