"""One cause over source, station, loop and building: whom it reaches, said once in each way."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.incidents.notice_texts import Touched, outage_now
from complaints.incidents.operations import (
    Reach,
    attach_tickets,
    begin_incident,
    notify_affected,
    register_incident,
)
from complaints.incidents.reach import (
    Spot,
    affected_accounts,
    incidents_over,
    open_incidents_at,
    tickets_within,
)
from complaints.incidents.touched_communities import touched_communities
from complaints.models import Incident, IncidentLevel
from complaints.portal.own_tickets import own_incidents
from complaints.tickets.intake import Place
from customers.models import Account, Building, Community, HeatSource, HeatStation, Loop
from office.models import JournalEntry
from office.refusals import Invalid
from tests.builders import an_account
from tests.service_desk import HOUR, Desk, a_desk, a_repair, a_ticket, t

pytestmark = pytest.mark.django_db

MONDAY = t("2026-01-12 09:00")


class Network:
    """A source over two stations, the first with a loop; a station without a source."""

    def __init__(self, desk: Desk) -> None:
        company = desk.company
        self.source = HeatSource.objects.create(company=company, name="东热源")
        self.fed, self.also_fed, self.alone = (
            HeatStation.objects.create(company=company, name=name, heat_source=source)
            for name, source in (("一站", self.source), ("二站", self.source), ("孤站", None))
        )
        self.loop = Loop.objects.create(heat_station=self.fed, name="低区")
        # Who is where: the station on file, and whether the building hangs on the loop.
        self.on_file = self._account(desk, "1号楼", self.fed)
        self.also_on_file = self._account(desk, "2号楼", self.also_fed)
        self.elsewhere = self._account(desk, "3号楼", self.alone)
        self.nowhere = self._account(desk, "4号楼", None)
        self.only_by_loop = self._account(desk, "5号楼", None)
        self.two_zones = self._account(desk, "6号楼", self.alone)
        self.everybody = [
            *(self.on_file, self.also_on_file, self.elsewhere),
            *(self.nowhere, self.only_by_loop, self.two_zones),
        ]
        self.loop.buildings.set(
            [self.only_by_loop.premise.building, self.two_zones.premise.building]
        )

    def _account(self, desk: Desk, building: str, station: HeatStation | None) -> Account:
        account = an_account(desk.company)
        premise = account.premise
        community = premise.building.community
        premise.building, _new = Building.objects.get_or_create(community=community, name=building)
        premise.heat_station = station
        premise.save()
        return account


@pytest.fixture
def network(desk: Desk) -> Network:
    return Network(desk)


def cause(desk: Desk, reach: Reach) -> Incident:
    incident = register_incident(
        desk.company,
        f"{reach.level.label}故障",
        reach,
        starts_at=MONDAY - HOUR,
        by=desk.dispatcher,
        at=MONDAY,
    )
    return begin_incident(incident, by=desk.dispatcher, at=MONDAY)


def reached(incident: Incident, network: Network) -> list[Account]:
    """Returns the accounts that the incident reaches; four ways to ask must agree."""
    accounts = list(affected_accounts(incident).order_by("pk"))
    spots = [Spot.of(account.premise) for account in network.everybody]
    at_once = open_incidents_at(spots)
    accounts_asked_together = [
        account
        for account, over in zip(network.everybody, at_once, strict=True)
        if incident in over
    ]
    one_by_one = [a for a in network.everybody if incident in incidents_over(a)]
    incidents = own_incidents(network.everybody)
    assert accounts == accounts_asked_together == one_by_one
    assert [account.pk for own_incident in incidents for account in own_incident.accounts] == [
        a.pk for a in accounts
    ]
    return accounts


class TestRegisterIncident:
    def test_a_source_reaches_what_its_stations_feed(self, desk: Desk, network: Network) -> None:
        incident = cause(desk, Reach(heat_sources=[network.source]))
        assert reached(incident, network) == [
            *(network.on_file, network.also_on_file, network.only_by_loop)
        ]

    def test_a_station_reaches_its_flats_and_the_unfed_ones_of_its_loops(
        self, desk: Desk, network: Network
    ) -> None:
        incident = cause(desk, Reach(heat_stations=[network.fed]))
        assert reached(incident, network) == [network.on_file, network.only_by_loop]

    def test_a_loop_reaches_its_buildings_whole(self, desk: Desk, network: Network) -> None:
        incident = cause(desk, Reach(loops=[network.loop]))
        assert reached(incident, network) == [network.only_by_loop, network.two_zones]

    def test_several_kinds_reach_everybody_once(self, desk: Desk, network: Network) -> None:
        reach = Reach(
            heat_sources=[network.source],
            heat_stations=[network.fed],
            loops=[network.loop],
            communities=[network.elsewhere.premise.building.community],
            buildings=[network.on_file.premise.building],
        )
        incident = cause(desk, reach)
        assert incident.level == IncidentLevel.SOURCE
        assert reached(incident, network) == network.everybody
        notice = notify_affected(incident, "正在抢修", by=desk.dispatcher, at=MONDAY)
        assert notice.accounts == notice.recipients.count() == 6

    def test_it_lies_on_the_level_of_the_widest_place(self, desk: Desk, network: Network) -> None:
        building = network.on_file.premise.building
        narrowing = [
            ("source", Reach([network.source], [network.fed], [network.loop])),
            ("station", Reach([], [network.fed], [network.loop], [building.community])),
            ("loop", Reach(loops=[network.loop], communities=[building.community])),
            ("community", Reach(communities=[building.community], buildings=[building])),
            ("building", Reach(buildings=[building])),
        ]
        for level, reach in narrowing:
            incident = cause(desk, reach)
            assert incident.level == level
            entry = JournalEntry.objects.filter(action="register_incident").latest("pk")
            assert entry.facts["level"] == level

    def test_a_house_moved_to_another_loop_is_reached_there(
        self, desk: Desk, network: Network
    ) -> None:
        incident = cause(desk, Reach(loops=[network.loop]))
        network.loop.buildings.set([network.nowhere.premise.building])
        assert reached(incident, network) == [network.nowhere]

    def test_refused_over_another_companys_network(self, desk: Desk, network: Network) -> None:
        foreign = Network(a_desk("21"))
        for reach in (
            Reach(heat_sources=[foreign.source]),
            Reach(loops=[foreign.loop]),
            Reach(heat_sources=[network.source], loops=[foreign.loop]),
        ):
            with pytest.raises(Invalid, match="不属于该公司"):
                cause(desk, reach)
        assert not Incident.objects.exists()

    def test_another_company_is_never_reached(self, desk: Desk, network: Network) -> None:
        foreign = Network(a_desk("21"))
        # Whatever the drawing says: a foreign house stays out of reach.
        network.loop.buildings.add(foreign.nowhere.premise.building)
        incident = cause(desk, Reach(loops=[network.loop]))
        assert reached(incident, network) == [network.only_by_loop, network.two_zones]
        assert list(incidents_over(foreign.nowhere)) == []
        assert open_incidents_at([Spot.of(a.premise) for a in foreign.everybody]) == [[]] * 6


class TestAttachTickets:
    def test_from_below_a_source_and_a_loop(self, desk: Desk, network: Network) -> None:
        tickets = {
            account.pk: a_ticket(desk, "2026-01-12 08:30", a_repair(account=account))
            for account in network.everybody
        }
        building = network.only_by_loop.premise.building
        neighbour = a_ticket(desk, "2026-01-12 08:30", a_repair(place=Place(building=building)))
        by_loop = cause(desk, Reach(loops=[network.loop]))
        assert set(tickets_within(by_loop)) == {
            *(tickets[network.only_by_loop.pk], tickets[network.two_zones.pk], neighbour)
        }
        by_source = cause(desk, Reach(heat_sources=[network.source]))
        assert attach_tickets(by_source, by=desk.dispatcher, at=MONDAY) == 4
        assert set(by_source.tickets.all()) == {
            *(tickets[network.on_file.pk], tickets[network.also_on_file.pk]),
            *(tickets[network.only_by_loop.pk], neighbour),
        }
        assert attach_tickets(by_loop, by=desk.dispatcher, at=MONDAY) == 1


def test_many_places_are_asked_for_in_two_queries(desk: Desk, network: Network) -> None:
    for _ in range(3):
        cause(desk, Reach(heat_sources=[network.source]))
        cause(desk, Reach(loops=[network.loop]))
    spots = [Spot.of(account.premise) for account in network.everybody]
    with CaptureQueriesContext(connection) as queries:
        incidents = open_incidents_at(spots)
    assert [len(over) for over in incidents] == [3, 3, 0, 0, 6, 3]
    assert len(queries) == 2
    with CaptureQueriesContext(connection) as none:
        assert open_incidents_at([]) == []
    assert len(none) == 0


class TestTouchedCommunities:
    def test_are_named_as_their_people_know_them_and_nobody_elses(
        self, desk: Desk, network: Network
    ) -> None:
        Network(a_desk("21"))
        loop = cause(desk, Reach(loops=[network.loop]))
        assert touched_communities(loop) == [Touched("汾河小区", ["5号楼", "6号楼"])]
        whole = cause(desk, Reach(communities=[network.on_file.premise.building.community]))
        assert touched_communities(whole) == [Touched("汾河小区")]

    def test_where_most_live_first_and_in_two_queries(self, desk: Desk, network: Network) -> None:
        for n in range(1, 9):
            community = Community.objects.create(company=desk.company, name=f"花园{n}小区")
            for name in ("10号楼", "9号楼"):
                for _ in range(5 if n == 8 else 1):
                    account = an_account(desk.company)
                    building, _new = Building.objects.get_or_create(community=community, name=name)
                    account.premise.building = building
                    account.premise.heat_station = network.fed if n < 8 else network.alone
                    account.premise.save()
            network.loop.buildings.add(building)
        incident = cause(desk, Reach(heat_stations=[network.alone, network.fed]))
        with CaptureQueriesContext(connection) as queries:
            first, second, *others = touched_communities(incident)
        assert len(queries) == 2
        assert first == Touched("花园8小区")
        assert second == Touched("汾河小区", ["1号楼", "3号楼", "5号楼", "6号楼"])
        assert others == [Touched(f"花园{n}小区") for n in range(1, 8)]
        text = outage_now([first, second, *others], "爆管", None, "")
        assert text == (
            "因爆管，花园8小区、汾河小区（1号楼、3号楼、5号楼等4栋楼）、花园1小区、花园2小区、"
            "花园3小区等9个小区暂停供热，正在抢修，恢复时间另行通知。"
        )

    def test_nobody_lives_there(self, desk: Desk) -> None:
        empty = Community.objects.create(company=desk.company, name="新区花园")
        assert touched_communities(cause(desk, Reach(communities=[empty]))) == []
        assert outage_now([], "爆管", None, "96111").startswith("因爆管，暂停供热")
