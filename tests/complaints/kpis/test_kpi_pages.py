"""The KPI pages over HTTP: every figure leads to its tickets, nobody sees another company's."""

import re
from html import unescape
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from complaints.kpis.operations import freeze_nights
from complaints.models import KpiCorrection
from heating.roles import AGENT, AUDITOR, SERVICE_MANAGER
from tests.builders import a_member_of_staff, an_account
from tests.complaints.kpis.kpi_world import World, a_world, manager, measured
from tests.office.pdf_reading import texts_of
from tests.service_desk import Desk, a_desk, a_repair, a_ticket, publish_rules, t
from tests.shared_rows import own_copy, shared

pytestmark = pytest.mark.django_db
MONDAY = "day=2026-01-12"


def frozen_world() -> World:
    """The world counted by hand, frozen until Thursday, and corrected once."""
    publish_rules()
    desk = a_desk()
    world = a_world(desk)
    measured(an_account(desk.company), desk, "2026-01-12 10:00", "17.0")
    freeze_nights(at=t("2026-01-16 00:20"))
    a_ticket(desk, "2026-01-16 09:30", a_repair(reported_at=t("2026-01-12 07:00")))
    freeze_nights(at=t("2026-01-17 00:20"))
    return world


world_of_file = shared(frozen_world)


@pytest.fixture
def world(world_of_file: World, db: None) -> World:
    return own_copy(world_of_file)


@pytest.fixture
def signed_in(client: Client, world: World) -> Client:
    client.force_login(manager(world.desk))
    return client


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def cells(text: str, name: str) -> list[str]:
    """The texts of one figure's row in the headline."""
    table = re.search(r'id="headline".*?</table>', text, re.S)
    assert table is not None
    row = re.search(rf">{name}</a></td>(.*?)</tr>", table[0], re.S)
    assert row is not None
    return [
        re.sub(r"<[^>]*>", " ", cell).strip() for cell in re.findall(r"<td.*?</td>", row[1], re.S)
    ]


class TestKpis:
    def test_the_headline_says_what_was_counted_by_hand(self, signed_in: Client) -> None:
        text = page(signed_in, f"/admin/kpis/?{MONDAY}")
        assert cells(text, "受理量")[:2] == ["10", "10"]
        assert cells(text, "按时办结率")[0].split() == ["60.0%", "3", "/5"]
        assert cells(text, "办结时长")[0] == "120 / 370"
        assert cells(text, "投诉办结率")[0] == "—"

    def test_corrections_and_definitions_stand_on_the_page(self, signed_in: Client) -> None:
        text = page(signed_in, "/admin/kpis/")
        assert "9 → 10" in text
        assert "补录受理（2026-01-12 07:00）" in text
        assert "指标定义（第 2 版）" in text
        assert "当日时限届满的报修" in text
        correction = KpiCorrection.objects.get(kpi="closed_in_time")
        detail = page(signed_in, f"/admin/complaints/kpicorrection/{correction.pk}/change/")
        assert "补录受理" in detail
        assert "按时办结率 2026-01-" in detail
        assert "numerator" not in detail

    def test_rows_by_every_dimension(self, signed_in: Client, world: World) -> None:
        for by, name in (
            ("company", "太原再生"),
            ("heat_station", "一号站"),
            ("crew", "一班"),
            ("kind", "报修"),
            ("channel", "热线"),
        ):
            assert name in page(signed_in, f"/admin/kpis/?{MONDAY}&by={by}")

    def test_the_worst_are_ranked_by_the_figure_in_focus(self, signed_in: Client) -> None:
        text = page(signed_in, f"/admin/kpis/?{MONDAY}&by=company&kpi=redo_rate")
        worst = re.search(r'id="worst".*?</section>', text, re.S)
        assert worst is not None
        assert "1/6" in worst[0]

    def test_asks_the_same_number_of_questions_however_much_there_is(
        self, signed_in: Client, world: World
    ) -> None:
        drilled = f"heat_station={world.station.pk}&crew={world.desk.crew.pk}"
        choices = f"/admin/kpis/?{MONDAY}&by=crew&kpi=solution_time&kind=repair&{drilled}"
        signed_in.get(choices)
        with CaptureQueriesContext(connection) as queries:
            page(signed_in, choices)
        few = len(queries)
        for hour in range(8):
            a_ticket(world.desk, f"2026-01-17 0{hour}:00", a_repair())
        freeze_nights(at=t("2026-01-19 00:20"))
        with CaptureQueriesContext(connection) as queries:
            page(signed_in, choices)
        assert len(queries) == few <= 15

    def test_what_is_not_ours_to_ask_is_not_found(self, signed_in: Client) -> None:
        for query in ("by=name", "kpi=profit", "day=yesterday", "crew=x", "kind=fire"):
            assert signed_in.get(f"/admin/kpis/?{query}").status_code == 404

    def test_refused_without_the_permission(self, client: Client, world: World) -> None:
        client.force_login(a_member_of_staff("客服丙", AGENT, world.desk.company))
        for address in ("", "tickets/", "report.pdf"):
            assert client.get(f"/admin/kpis/{address}").status_code == 403


class TestKpiTickets:
    def test_a_figure_opens_to_exactly_its_tickets(self, signed_in: Client, world: World) -> None:
        address = f"/admin/kpis/tickets/?{MONDAY}&span=day&kpi=solution_time"
        text = page(signed_in, address)
        assert "共 6 条" in text
        done = (
            world.at_once,
            world.unanswered,
            world.twice_visited,
            world.complaint,
            world.enquiry,
            world.redone,
        )
        assert {ticket.number for ticket in world if ticket.number in text} == {
            ticket.number for ticket in done
        }

    def test_the_numerator_is_part_of_it(self, signed_in: Client, world: World) -> None:
        address = f"/admin/kpis/tickets/?{MONDAY}&span=day&kpi=redo_rate&part=above"
        text = page(signed_in, address)
        assert "共 1 条" in text
        assert world.redone.number in text
        address = f"/admin/kpis/tickets/?{MONDAY}&span=day&kpi=closed_in_time&part=above"
        assert "共 3 条" in page(signed_in, address)

    def test_no_crew_and_no_station_are_choices_too(self, signed_in: Client, world: World) -> None:
        address = f"/admin/kpis/tickets/?{MONDAY}&span=day&kpi=solution_time&crew=0"
        text = page(signed_in, address)
        assert "共 2 条" in text
        assert world.complaint.number in text
        assert world.enquiry.number in text

    def test_households_behind_room_temperatures(self, signed_in: Client) -> None:
        text = page(signed_in, f"/admin/kpis/tickets/?{MONDAY}&span=day&kpi=room_temperature")
        assert "共 1 条" in text
        assert "汾河小区" in text
        opened = re.search(r'href="(/admin/complaints/temperaturetest/\d+/change/)"', text)
        assert opened
        assert "汾河小区" in page(signed_in, opened[1])


class TestScope:
    @pytest.fixture
    def other(self, world: World) -> Desk:
        other = a_desk("21")
        a_ticket(other, "2026-01-17 10:00", a_repair())
        freeze_nights(at=t("2026-01-18 00:20"))
        return other

    def test_another_company_sees_nothing_of_it(
        self, client: Client, world: World, other: Desk
    ) -> None:
        client.force_login(manager(other))
        ours = world.desk.company
        text = page(client, f"/admin/kpis/?{MONDAY}&company={ours.pk}")
        assert cells(text, "受理量") == ["0", "0", "0", "0"]
        assert "补录受理" not in text
        for by in ("company", "heat_station", "crew", "kind", "channel"):
            text = page(client, f"/admin/kpis/?by={by}&span=season&kpi=received")
            assert not re.search("太原再生|一号站|一班|GD11", text)
            assert cells(text, "受理量")[2] == "1"
        address = f"/admin/kpis/tickets/?{MONDAY}&span=season&kpi=received&company={ours.pk}"
        assert "共 0 条" in page(client, address)
        correction = KpiCorrection.objects.filter(company=ours)[0]
        assert (
            client.get(f"/admin/complaints/kpicorrection/{correction.pk}/change/").status_code
            == 404
        )
        assert client.get("/admin/complaints/kpicorrection/999999/change/").status_code == 404
        for form in ("pdf", "xlsx"):
            address = f"/admin/kpis/report.{form}?{MONDAY}&company={ours.pk}"
            assert client.get(address).status_code == 404


class TestKpiReport:
    def test_the_paper_says_what_the_dashboard_says(self, signed_in: Client) -> None:
        shown = page(signed_in, "/admin/kpis/?day=2026-01-16&span=month")
        answer = signed_in.get("/admin/kpis/report.pdf?day=2026-01-16")
        assert answer["Content-Type"] == "application/pdf"
        words = " ".join(text for sheet in texts_of(answer.content) for text in sheet)
        printed = re.sub(r"\s+", "", words)
        for name in ("按时办结率", "首次修复率", "返工率", "回访率", "满意率"):
            share, numerator, denominator = cells(shown, name)[1].split()
            assert f"{name}{numerator}{denominator.strip('/')}{share}" in printed
        assert "定义第2版" in printed
        assert "补录受理" in printed

    def test_the_sheet_has_numbers_and_no_formulas(self, signed_in: Client) -> None:
        shown = page(signed_in, "/admin/kpis/?day=2026-01-16&span=month")
        answer = signed_in.get("/admin/kpis/report.xlsx?day=2026-01-16")
        book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
        rows = {row[0]: row for row in book.get_sheet_by_name("月度指标").to_python()}
        _share, numerator, denominator = cells(shown, "按时办结率")[1].split()
        assert rows["按时办结率"][1:3] == [int(numerator), int(denominator.strip("/"))]
        assert rows["月份"][1] == "2026-01"
        with ZipFile(BytesIO(answer.content)) as parts:
            sheets = [parts.read(name) for name in parts.namelist() if "worksheets/" in name]
        assert not any(b"<f>" in sheet or b"hyperlink" in sheet for sheet in sheets)
        assert book.sheet_names == [
            "月度指标",
            "按换热站",
            "按班组",
            "按类型",
            "按渠道",
            "按日",
            "更正",
            "指标定义",
        ]

    def test_the_group_has_one_of_its_own(self, client: Client, world: World) -> None:
        auditor = a_member_of_staff("集团审计", AUDITOR, world.desk.company)
        auditor.group_wide = True
        auditor.save()
        client.force_login(auditor)
        answer = client.get("/admin/kpis/report.xlsx?day=2026-01-16")
        book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
        assert "按公司" in book.sheet_names
        assert client.get("/admin/kpis/report.doc").status_code == 404

    def test_who_works_in_two_companies_gets_one_of_both_and_of_no_other(
        self, client: Client, world: World
    ) -> None:
        others = [a_desk("21"), a_desk("31")]
        for other in others:
            a_ticket(other, "2026-01-17 10:00", a_repair())
        freeze_nights(at=t("2026-01-18 00:20"))
        both = a_member_of_staff("两家经理", SERVICE_MANAGER, world.desk.company)
        both.companies.add(others[0].company)
        client.force_login(both)
        dashboard = page(client, "/admin/kpis/?day=2026-01-17&span=month")
        [link] = re.findall(r'href="([^"]+report\.pdf[^"]*)"', dashboard)
        answer = client.get(unescape(link))
        assert answer["Content-Type"] == "application/pdf"
        assert 'filename="kpi-11-21-2026-01.pdf"' in answer["Content-Disposition"]
        assert "太原再生、兰州新区" in texts_of(answer.content)[0]
        sheet = client.get(unescape(link).replace(".pdf", ".xlsx"))
        book = CalamineWorkbook.from_filelike(BytesIO(sheet.content))
        rows = book.get_sheet_by_name("按公司").to_python()[2:]
        assert {row[0] for row in rows} == {"太原再生", "兰州新区"}
        received = cells(dashboard, "受理量")[1]
        whole = {row[0]: row for row in book.get_sheet_by_name("月度指标").to_python()}
        assert whole["公司"][1] == "太原再生、兰州新区"
        assert whole["受理量"][2] == int(received)
