"""The network on its screens: a source's stations are ticked, a loop's buildings are searched."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import Building, Community, HeatSource, HeatStation, Loop
from heating.roles import CLERK, DISPATCHER, ENGINEER
from office.models import Company, JournalEntry, User
from tests.builders import a_company, a_member_of_staff
from tests.shown_form import send_shown

pytestmark = pytest.mark.django_db

ADD_SOURCE = "admin:customers_heatsource_add"
ADD_LOOP = "admin:customers_loop_add"


def of_source(source: HeatSource) -> str:
    return reverse("admin:customers_heatsource_change", args=[source.pk])


def of_loop(loop: Loop) -> str:
    return reverse("admin:customers_loop_change", args=[loop.pk])


@pytest.fixture
def company(db: None) -> Company:
    return a_company()


@pytest.fixture
def dispatcher(company: Company, client: Client) -> Client:
    client.force_login(a_member_of_staff("dispatcher", DISPATCHER, company))
    return client


@pytest.fixture
def stations(company: Company) -> list[HeatStation]:
    return [HeatStation.objects.create(company=company, name=name) for name in ("一站", "二站")]


def a_building(company: Company, name: str) -> Building:
    community, _new = Community.objects.get_or_create(company=company, name="金色家园")
    return Building.objects.create(community=community, name=name)


def of_both(company: Company, other: Company) -> User:
    user = a_member_of_staff("both", DISPATCHER, company)
    user.companies.add(other)
    return user


def fed(source: HeatSource) -> list[str]:
    return [station.name for station in source.heat_stations.all()]


class TestAddHeatSource:
    def test_with_the_stations_that_were_ticked(
        self, dispatcher: Client, company: Company, stations: list[HeatStation]
    ) -> None:
        form = {"company": company.pk, "name": "东热源", "stations": [stations[0].pk]}
        assert dispatcher.post(reverse(ADD_SOURCE), form).status_code == 302
        source = HeatSource.objects.get()
        assert (source.company, source.name, fed(source)) == (company, "东热源", ["一站"])
        entry = JournalEntry.objects.get(action="add_heatsource")
        assert (entry.company, entry.record_id) == (company, source.pk)

    def test_refused_for_a_station_that_has_another_source(
        self, dispatcher: Client, company: Company, stations: list[HeatStation]
    ) -> None:
        other = HeatSource.objects.create(company=company, name="西热源")
        other.heat_stations.set(stations)
        form = {"company": company.pk, "name": "东热源", "stations": [stations[0].pk]}
        assert dispatcher.post(reverse(ADD_SOURCE), form).status_code == 200
        assert HeatSource.objects.get() == other
        assert fed(other) == ["一站", "二站"]

    def test_another_companys_stations_are_not_offered_and_not_taken(
        self, dispatcher: Client, company: Company
    ) -> None:
        foreign = HeatStation.objects.create(company=a_company("21"), name="兰州站")
        assert "兰州站" not in dispatcher.get(reverse(ADD_SOURCE)).content.decode()
        for owner in (company, a_company("21")):
            form = {"company": owner.pk, "name": "东热源", "stations": [foreign.pk]}
            assert dispatcher.post(reverse(ADD_SOURCE), form).status_code == 200
        assert not HeatSource.objects.exists()

    def test_stations_of_two_companies_never_hang_on_one_source(
        self, client: Client, company: Company, stations: list[HeatStation]
    ) -> None:
        other = a_company("21")
        client.force_login(of_both(company, other))
        foreign = HeatStation.objects.create(company=other, name="兰州站")
        ticked = [stations[0].pk, foreign.pk]
        form = {"company": company.pk, "name": "东热源", "stations": ticked}
        answer = client.post(reverse(ADD_SOURCE), form)
        assert "兰州站 不属于该公司，请先核对。" in answer.content.decode()
        assert not HeatSource.objects.exists()


class TestChangeHeatSource:
    def test_stations_come_and_go(
        self, dispatcher: Client, company: Company, stations: list[HeatStation]
    ) -> None:
        source = HeatSource.objects.create(company=company, name="东热源")
        source.heat_stations.set(stations[:1])
        form = {"name": "东热源厂", "stations": [stations[1].pk]}
        assert send_shown(dispatcher, of_source(source), form).status_code == 302
        source.refresh_from_db()
        assert (source.name, fed(source), source.company) == ("东热源厂", ["二站"], company)
        entry = JournalEntry.objects.get(action="change_heatsource")
        assert entry.facts["fields"] == ["name", "stations"]

    def test_the_company_stays_and_no_name_is_there_twice(
        self, dispatcher: Client, company: Company
    ) -> None:
        HeatSource.objects.create(company=company, name="西热源")
        source = HeatSource.objects.create(company=company, name="东热源")
        form = {"name": "西热源", "company": a_company("21").pk}
        assert send_shown(dispatcher, of_source(source), form).status_code == 200
        source.refresh_from_db()
        assert (source.name, source.company) == ("东热源", company)

    def test_others_look_but_do_not_draw(
        self, client: Client, company: Company, stations: list[HeatStation]
    ) -> None:
        source = HeatSource.objects.create(company=company, name="东热源")
        source.heat_stations.set(stations)
        for role in (CLERK, ENGINEER):
            client.force_login(a_member_of_staff(role.key, role, company))
            assert "一站、二站" in client.get(of_source(source)).content.decode()
            form = {"name": "改名", "stations": []}
            assert client.post(of_source(source), form).status_code == 403
            assert client.get(reverse(ADD_SOURCE)).status_code == 403
        source.refresh_from_db()
        assert (source.name, fed(source)) == ("东热源", ["一站", "二站"])


class TestAddLoop:
    def test_with_buildings_of_its_company(
        self, dispatcher: Client, company: Company, stations: list[HeatStation]
    ) -> None:
        houses = [a_building(company, name) for name in ("1号楼", "2号楼")]
        form = {
            "heat_station": stations[0].pk,
            "name": "低区",
            "buildings": [house.pk for house in houses],
        }
        assert dispatcher.post(reverse(ADD_LOOP), form).status_code == 302
        loop = Loop.objects.get()
        assert (str(loop), list(loop.buildings.all())) == ("一站 低区", houses)
        assert JournalEntry.objects.get(action="add_loop").company == company
        # The high zone of a tower hangs on a loop of its own.
        form |= {"heat_station": stations[1].pk, "name": "高区", "buildings": [houses[0].pk]}
        assert dispatcher.post(reverse(ADD_LOOP), form).status_code == 302
        assert houses[0].loops.count() == 2

    def test_refused_for_another_companys_station_or_building(
        self, dispatcher: Client, company: Company, stations: list[HeatStation]
    ) -> None:
        other = a_company("21")
        station = HeatStation.objects.create(company=other, name="兰州站")
        house = a_building(other, "9号楼")
        for form in (
            {"heat_station": station.pk, "name": "低区", "buildings": []},
            {"heat_station": stations[0].pk, "name": "低区", "buildings": [house.pk]},
        ):
            assert dispatcher.post(reverse(ADD_LOOP), form).status_code == 200
        client = Client()
        client.force_login(of_both(company, other))
        answer = client.post(reverse(ADD_LOOP), form)
        assert "金色家园9号楼 不属于该公司" in answer.content.decode()
        assert not Loop.objects.exists()

    def test_buildings_are_searched_by_community_and_number(
        self, dispatcher: Client, company: Company
    ) -> None:
        houses = [a_building(company, f"{number}号楼") for number in range(1, 13)]
        a_building(a_company("21"), "12号楼")
        query = {"app_label": "customers", "model_name": "loop", "field_name": "buildings"}
        address = reverse("admin:autocomplete")
        answer = dispatcher.get(address, {**query, "term": "金色 12号"})
        assert [row["id"] for row in answer.json()["results"]] == [str(houses[11].pk)]
        with CaptureQueriesContext(connection) as queries_for_one:
            dispatcher.get(address, {**query, "term": "金色 12号"})
        with CaptureQueriesContext(connection) as all_of_them:
            dispatcher.get(address, {**query, "term": "金色"})
        assert len(all_of_them) == len(queries_for_one)


class TestChangeLoop:
    def test_it_stays_with_its_station(
        self, dispatcher: Client, company: Company, stations: list[HeatStation]
    ) -> None:
        loop = Loop.objects.create(heat_station=stations[0], name="低区")
        Loop.objects.create(heat_station=stations[0], name="高区")
        house = a_building(company, "1号楼")
        form = {"heat_station": stations[1].pk, "name": "中区", "buildings": [house.pk]}
        assert send_shown(dispatcher, of_loop(loop), form).status_code == 302
        loop.refresh_from_db()
        assert (loop.heat_station, loop.name, list(loop.buildings.all())) == (
            *(stations[0], "中区"),
            [house],
        )
        assert send_shown(dispatcher, of_loop(loop), {"name": "高区"}).status_code == 200
        loop.refresh_from_db()
        assert loop.name == "中区"


def test_lists_ask_as_often_for_many_as_for_few(dispatcher: Client, company: Company) -> None:
    counts = []
    for many in (1, 20):
        source = HeatSource.objects.create(company=company, name=f"热源{many}")
        for number in range(many):
            station = HeatStation.objects.create(
                company=company, name=f"{many}区{number}站", heat_source=source
            )
            Loop.objects.create(heat_station=station, name="低区")
        for name in ("heatsource", "heatstation", "loop"):
            address = reverse(f"admin:customers_{name}_changelist")
            dispatcher.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert dispatcher.get(address).status_code == 200
            counts.append(len(queries))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 15


def test_names_are_told_apart_and_parents_stay(company: Company) -> None:
    source = HeatSource.objects.create(company=company, name="东热源")
    station = HeatStation.objects.create(company=company, name="一站", heat_source=source)
    Loop.objects.create(heat_station=station, name="低区")
    for repeat in (
        lambda: HeatSource.objects.create(company=company, name="东热源"),
        lambda: Loop.objects.create(heat_station=station, name="低区"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            repeat()
    assert HeatSource.objects.create(company=a_company("21"), name="东热源").pk
