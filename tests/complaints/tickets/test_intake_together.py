"""At intake a report joins the ticket or incident it belongs to, and brings its papers."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from complaints.incidents.operations import Reach, begin_incident, register_incident
from complaints.models import Incident, Ticket
from customers.models import Account
from office.models import Document
from office.zone import SHANGHAI
from tests.clock import present
from tests.complaints.tickets.intake_form import PHONE, SVG, a_form, send, shown
from tests.service_desk import DAY, HOUR, Desk, a_ticket

pytestmark = pytest.mark.django_db


class TestJoinDuplicate:
    def test_a_neighbours_ticket_is_offered_and_joined(
        self, agent: Client, desk: Desk, account: Account
    ) -> None:
        main = a_ticket(desk, "2026-01-12 09:00")
        assert main.number in shown(agent, account=account.pk)
        _, where = send(agent, a_form(agent, account, main=main.pk))
        ticket = Ticket.objects.get(account=account)
        assert (ticket.state, ticket.duplicate_of) == ("joined", main)
        assert f"同楼已有人报告（{main.number}）" in agent.get(where).content.decode()

    def test_another_fault_is_refused_and_nothing_is_opened(
        self, agent: Client, desk: Desk, account: Account
    ) -> None:
        main = a_ticket(desk, "2026-01-12 09:00")
        answer = send(agent, a_form(agent, account, main=main.pk, subject="leak"))
        assert answer == (409, "事项不同的工单不能并单，请分别处理。")
        assert Ticket.objects.count() == 1


class TestAttachTickets:
    @pytest.fixture
    def incident(self, desk: Desk, account: Account) -> Incident:
        now = present()
        incident = register_incident(
            desk.company,
            "立管爆裂",
            Reach(buildings=[account.premise.building]),
            starts_at=now - HOUR,
            expected_end_at=now + 3 * HOUR,
            by=desk.dispatcher,
            at=now,
        )
        return begin_incident(incident, by=desk.dispatcher, at=now)

    def test_the_caller_is_told_when_it_will_be_warm_and_the_ticket_attached(
        self, agent: Client, account: Account, incident: Incident
    ) -> None:
        assert incident.expected_end_at is not None
        end = incident.expected_end_at.astimezone(SHANGHAI)
        page = shown(agent, phone=PHONE)
        assert f"预计 {end:%m-%d %H:%M} 恢复供热" in page
        assert re.search(rf'name="incident"\s+value="{incident.pk}"\s+checked', page)
        _, where = send(agent, a_form(agent, account, incident=incident.pk))
        assert Ticket.objects.get().incident == incident
        assert f"因立管爆裂停热，预计 {end:%m-%d %H:%M} 恢复" in agent.get(where).content.decode()

    def test_a_broken_valve_is_not_explained_by_it(
        self, agent: Client, account: Account, incident: Incident
    ) -> None:
        send(agent, a_form(agent, account, incident=incident.pk, subject="valve"))
        assert Ticket.objects.get().incident is None

    def test_a_report_of_days_before_it_is_no_part_of_it(
        self, agent: Client, account: Account, incident: Incident
    ) -> None:
        when = timezone.localtime(incident.starts_at) - 2 * DAY
        form = a_form(agent, account, incident=incident.pk, reported_at=f"{when:%Y-%m-%dT%H:%M}")
        status, sentence = send(agent, form)
        assert (status, Ticket.objects.count()) == (409, 0)
        assert "不在故障开始前 6 小时至恢复供热之间" in sentence
        assert send(agent, form | {"incident": ""})[0] == 302
        assert Ticket.objects.get().incident is None

    def test_one_that_is_over_is_refused(
        self, agent: Client, account: Account, incident: Incident
    ) -> None:
        Incident.objects.filter(pk=incident.pk).update(state="restored")
        Incident.objects.filter(pk=incident.pk).update(state="closed")
        answer = send(agent, a_form(agent, account, incident=incident.pk))
        assert answer == (409, "故障现在是“已关闭”，不能并入工单。")
        assert not Ticket.objects.exists()


class TestAttachDocument:
    def test_papers_come_with_the_report(self, agent: Client, account: Account) -> None:
        papers = [
            SimpleUploadedFile("登记本.jpg", b"\xff\xd8\xff1"),
            SimpleUploadedFile("现场.png", b"\x89PNG\r\n\x1a\n2"),
        ]
        _, where = send(agent, a_form(agent, account, papers=papers))
        titles = Document.objects.order_by("title").values_list("title", "kind", "record_id")
        pk = Ticket.objects.get().pk
        assert list(titles) == [("现场.png", "report", pk), ("登记本.jpg", "report", pk)]
        assert agent.get(where).status_code == 200

    @pytest.mark.parametrize(
        ("name", "content", "sentence"),
        [
            (
                "照片.jpg",
                b"\xff\xd8\xff" + bytes(40 * 1024 * 1024),
                "文件超过 20 MB，请压缩或拆分后上传。",
            ),
            ("照片.jpg", b"MZ\x90\x00 program", "文件内容不是JPG，请检查后重新上传。"),
            ("照片.svg", SVG, "只接受 PDF、JPG、PNG、XLSX、DOCX 文件和 MP3、WAV、M4A、AMR 录音。"),
            ("照片.png", SVG, "文件内容不是PNG，请检查后重新上传。"),
        ],
        ids=["40 MB", "a renamed executable", "an SVG with script", "the same renamed"],
    )
    def test_what_is_no_photo_is_refused_and_the_form_kept(
        self, name: str, content: bytes, sentence: str, agent: Client, account: Account
    ) -> None:
        paper = SimpleUploadedFile(name, content, content_type="image/jpeg")
        assert send(agent, a_form(agent, account, papers=paper)) == (422, sentence)
        assert not Ticket.objects.exists()
        assert not Document.objects.exists()
