"""The repairer's pages over HTTP: whose visits, what is shown of them, what a step answers."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from complaints.dispatch.operations import assign_ticket
from complaints.models import TemperatureTest, Ticket, Visit, VisitItem, VisitStep
from complaints.tickets.intake import open_ticket
from heating.roles import ENGINEER, STAFF_ROLES
from office.actors import Actor
from office.models import Document, User
from tests.builders import a_contract, a_customer, a_member_of_staff, an_account, an_issued_bill
from tests.clock import present
from tests.service_desk import Desk, a_desk, a_repair

pytestmark = pytest.mark.django_db

JPEG = b"\xff\xd8\xff\xe0 photo"
SIGNED = {"tester": "1" * 32, "customer": "2" * 32, "calibrated_until": "2099-12-31"}


def person(by: Actor) -> User:
    assert by.user is not None
    return by.user


def a_sent_visit(desk: Desk, *, other: bool = False) -> Visit:
    """Reported twenty minutes ago, assigned ten minutes ago."""
    now = present()
    report = a_repair(account=an_account(desk.company))
    ticket = open_ticket(desk.company, report, by=desk.agent, at=now - timedelta(minutes=20))
    crew = desk.other_crew if other else desk.crew
    at = now - timedelta(minutes=10)
    return assign_ticket(ticket, crew, seen_version=1, by=desk.dispatcher, at=at)


@pytest.fixture
def visit(desk: Desk) -> Visit:
    return a_sent_visit(desk)


@pytest.fixture
def phone(client: Client, desk: Desk) -> Client:
    client.force_login(person(desk.repairer))
    return client


def send(client: Client, visit: Visit, verb: str, **content: Any) -> tuple[int, dict[str, Any]]:
    fields = {"verb": verb, "key": str(uuid4()), **content}
    answer = client.post(reverse("take_visit_step", args=[visit.pk]), fields)
    return answer.status_code, answer.json()


def arrived(client: Client, visit: Visit) -> None:
    for verb in ("accept_assignment", "depart", "arrive"):
        assert send(client, visit, verb)[0] == 200


class TestCrewVisits:
    def test_only_the_own_crews(self, phone: Client, desk: Desk, visit: Visit) -> None:
        other, stranger = a_sent_visit(desk, other=True), a_sent_visit(a_desk("21"))
        page = phone.get(reverse("crew_visits"))
        assert [shown_visit.pk for shown_visit, _ in page.context["visits"]] == [visit.pk]
        assert visit.ticket.premise is not None
        assert visit.ticket.premise.address in page.content.decode()
        for hidden in (other, stranger):
            assert phone.get(reverse("crew_visit", args=[hidden.pk])).status_code == 404

    def test_gone_when_a_colleague_took_it(self, phone: Client, desk: Desk, visit: Visit) -> None:
        colleague = a_member_of_staff("同事", ENGINEER, desk.company)
        desk.crew.members.add(colleague)
        mate = Client()
        mate.force_login(colleague)
        assert send(mate, visit, "accept_assignment")[0] == 200
        assert phone.get(reverse("crew_visits")).context["visits"] == []
        assert phone.get(reverse("crew_visit", args=[visit.pk])).status_code == 404

    def test_asks_as_often_for_many_visits_as_for_one(
        self, phone: Client, desk: Desk, visit: Visit
    ) -> None:
        self.questions(phone)
        few = self.questions(phone)
        for _ in range(12):
            a_sent_visit(desk)
        assert self.questions(phone) == few <= 10

    def questions(self, phone: Client) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert phone.get(reverse("crew_visits")).status_code == 200
        return len(queries)


class TestCrewVisit:
    def test_the_callers_number_can_be_dialled(self, phone: Client, visit: Visit) -> None:
        page = phone.get(reverse("crew_visit", args=[visit.pk])).content.decode()
        assert 'href="tel:13900000001"' in page
        assert "家里暖气不热" in page

    def test_arrears_only_for_who_may_see_bills(
        self, phone: Client, client: Client, desk: Desk, visit: Visit
    ) -> None:
        account = visit.ticket.account
        assert account is not None
        an_issued_bill(a_contract(account, a_customer(desk.company)))
        address = reverse("crew_visit", args=[visit.pk])
        assert "欠费" not in phone.get(address).content.decode()
        boss = User.objects.create_superuser("boss", password="x")
        desk.crew.members.add(boss)
        client.force_login(boss)
        assert "¥2,058.48" in client.get(address).content.decode()

    def test_asks_fifteen_questions_at_most(self, phone: Client, visit: Visit) -> None:
        address = reverse("crew_visit", args=[visit.pk])
        phone.get(address)
        with CaptureQueriesContext(connection) as queries:
            phone.get(address)
        assert len(queries) <= 15

    def test_nothing_is_kept_by_proxies(self, phone: Client, visit: Visit) -> None:
        answer = phone.get(reverse("crew_visit", args=[visit.pk]))
        assert "no-store" in answer.headers["Cache-Control"]


class TestWhoMayOpenIt:
    ADDRESSES = ("crew_visits", "crew_visit", "take_visit_step")

    def address(self, name: str, visit: Visit) -> str:
        return reverse(name, args=[] if name == "crew_visits" else [visit.pk])

    def test_a_stranger_is_led_to_the_sign_in_and_back(self, client: Client, visit: Visit) -> None:
        answer = client.get(reverse("crew_visit", args=[visit.pk]))
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"/admin/login/?next=/crew/visits/{visit.pk}"

    def test_a_script_is_told_by_401(self, client: Client, visit: Visit) -> None:
        status, body = send(client, visit, "accept_assignment")
        assert (status, body["code"]) == (401, "signed_out")
        visit.refresh_from_db()
        assert visit.state == "assigned"

    def test_the_password_alone_opens_nothing(
        self, phone: Client, desk: Desk, visit: Visit, settings: Any
    ) -> None:
        settings.STAFF_TWO_FACTORS = True
        TOTPDevice.objects.create(user=person(desk.repairer), confirmed=True)
        assert phone.get(reverse("crew_visits")).status_code == 302
        assert send(phone, visit, "accept_assignment")[0] == 401

    @pytest.mark.parametrize(
        "role", [role for role in STAFF_ROLES if role is not ENGINEER], ids=lambda role: role.key
    )
    def test_no_other_desk(self, role: Any, client: Client, desk: Desk, visit: Visit) -> None:
        user = a_member_of_staff("somebody", role, desk.company)
        desk.crew.members.add(user)
        client.force_login(user)
        assert client.get(reverse("crew_visits")).status_code == 403
        assert client.get(reverse("crew_visit", args=[visit.pk])).status_code == 403
        assert send(client, visit, "accept_assignment")[0] == 403
        assert not VisitStep.objects.exists()

    def test_unknown_and_not_yours_answer_alike(self, phone: Client, desk: Desk) -> None:
        foreign = a_sent_visit(a_desk("21"))
        unknown = Visit(pk=10**9)
        other = a_sent_visit(desk, other=True)
        answers = [send(phone, target, "accept_assignment") for target in (foreign, unknown, other)]
        assert answers[0] == answers[1] == answers[2]
        assert answers[0][0] == 404


class TestTakeVisitStep:
    def test_answers_how_far_the_visit_is(self, phone: Client, visit: Visit) -> None:
        key = str(uuid4())
        expected = (200, {"answer": "done", "progress": "accepted", "sentence": ""})
        assert send(phone, visit, "accept_assignment", key=key) == expected
        assert send(phone, visit, "accept_assignment", key=key) == expected
        arrived_so_far = [send(phone, visit, verb)[1]["progress"] for verb in ("depart", "arrive")]
        assert arrived_so_far == ["departed", "arrived"]
        assert send(phone, visit, "record_finding", finding="阀门锈死")[1]["progress"] == "found"

    def test_items_in_yuan_become_fen(self, phone: Client, visit: Visit) -> None:
        arrived(phone, visit)
        send(phone, visit, "record_finding", finding="阀门锈死")
        consent = str(uuid4())
        file = SimpleUploadedFile("consent.jpg", JPEG)
        assert (
            send(phone, visit, "attach_document", key=consent, file=file, title="同意书")[0] == 200
        )
        item = {
            "kind": "service",
            "description": "更换阀门",
            "quantity": "1.5",
            "yuan": "85.50",
            "consented_by": "王秀英",
            "consented_at": present().isoformat(),
            "consent": consent,
        }
        form = {"outcome": "fixed", "work_done": "换阀", "confirmed_by": "王秀英"}
        status, answer = send(phone, visit, "complete_visit", items=json.dumps([item]), **form)
        assert (status, answer["progress"]) == (200, "completed")
        stored_item = VisitItem.objects.get()
        assert (stored_item.amount_fen, f"{stored_item.quantity}") == (8550, "1.50")

    @pytest.mark.parametrize(
        ("verb", "form", "sentence"),
        [
            ("accept_assignment", {"key": "x"}, "页面已失效，请刷新后重新提交。"),
            ("reopen_ticket", {}, "页面已失效，请刷新后重新提交。"),
            ("depart", {}, "上门现在是“待接单”，不能出发。"),
            ("accept_assignment", {"happened_at": "昨天"}, "时间无法读取，请刷新页面后重新提交。"),
            (
                "accept_assignment",
                {"happened_at": "2026-01-12T09:00:00"},
                "时间无法读取，请刷新页面后重新提交。",
            ),
            (
                "accept_assignment",
                {"happened_at": "2099-01-12T09:00:00Z"},
                "发生时间不能晚于现在，请核对日期和时间。",
            ),
            ("complete_visit", {}, "请选择上门结果。"),
            (
                "complete_visit",
                {"outcome": "fixed", "items": "[1]"},
                "用料与服务填写有误，请核对后重新提交。",
            ),
            (
                "complete_visit",
                {"outcome": "fixed", "items": "{"},
                "用料与服务填写有误，请核对后重新提交。",
            ),
            *(
                (
                    "complete_visit",
                    {"outcome": "fixed", "items": items},
                    "用料与服务填写有误，请核对后重新提交。",
                )
                for items in ("[" * 100_000, '[{"description": "\\ud800"}]')
            ),
            ("pause_ticket", {"reason": "lunch"}, "请选择暂停原因。"),
            ("pause_ticket", {"reason": "consent"}, "暂停须附照片为证，请先拍照。"),
            ("attach_document", {}, "没有收到照片，请重新拍照。"),
            ("record_finding", {"finding": "字" * 501}, "文字超过 500 字，请缩短。"),
            ("record_temperature_test", {}, "测温须双方签字：请测温人和用户都签字。"),
            (
                "record_temperature_test",
                SIGNED | {"calibrated_until": "2026-02-30"},
                "请填写仪器的检定有效期。",
            ),
            (
                "record_temperature_test",
                SIGNED | {"rooms": "{"},
                "房间温度填写有误，请核对后重新提交。",
            ),
            (
                "record_temperature_test",
                SIGNED | {"rooms": '[{"room": "主卧", "celsius": "热"}]'},
                "温度应为数字，如 18.5。",
            ),
            ("record_temperature_test", SIGNED | {"outside": "NaN"}, "温度应为数字，如 18.5。"),
        ],
    )
    def test_what_cannot_be_read_is_said(
        self, phone: Client, visit: Visit, verb: str, form: dict[str, str], sentence: str
    ) -> None:
        status, answer = send(phone, visit, verb, **form)
        assert (status in {409, 422}, answer["sentence"]) == (True, sentence)
        visit.refresh_from_db()
        assert (visit.state, VisitStep.objects.count()) == ("assigned", 0)

    @pytest.mark.parametrize(
        ("amount", "quantity"),
        [("-1", "1"), ("1.005", "1"), ("一元", "1"), ("1e9", "1"), ("1", "0"), ("1", "NaN")],
    )
    def test_amounts_that_are_none(
        self, phone: Client, visit: Visit, amount: str, quantity: str
    ) -> None:
        arrived(phone, visit)
        item = {
            "kind": "part",
            "description": "垫片",
            "quantity": quantity,
            "yuan": amount,
            "consented_by": "王秀英",
            "consented_at": present().isoformat(),
        }
        form = {"outcome": "fixed", "work_done": "x", "items": json.dumps([item])}
        status, answer = send(phone, visit, "complete_visit", **form)
        assert (status, answer["code"] in {"amount_wrong", "quantity_wrong"}) == (422, True)

    @pytest.mark.parametrize(
        ("name", "content", "sentence"),
        [
            (
                "photo.jpg",
                b"\xff\xd8\xff" + bytes(40 * 1024 * 1024),
                "文件超过 20 MB，请压缩或拆分后上传。",
            ),
            ("photo.jpg", b"MZ\x90", "文件内容不是JPG，请检查后重新上传。"),
            (
                "photo.svg",
                b"<svg><script/></svg>",
                "只接受 PDF、JPG、PNG、XLSX、DOCX 文件和 MP3、WAV、M4A、AMR 录音。",
            ),
        ],
    )
    def test_what_is_no_photo(
        self, phone: Client, visit: Visit, name: str, content: bytes, sentence: str
    ) -> None:
        file = SimpleUploadedFile(name, content)
        status, answer = send(phone, visit, "attach_document", file=file)
        assert (status, answer["sentence"]) == (422, sentence)
        assert not Document.objects.exists()

    def test_withdrawn_meanwhile(self, phone: Client, desk: Desk, visit: Visit) -> None:
        arrived(phone, visit)
        ticket = Ticket.objects.get()
        assign_ticket(
            ticket,
            desk.other_crew,
            seen_version=ticket.version,
            by=desk.dispatcher,
            at=present(),
        )
        status, answer = send(phone, visit, "record_finding", finding="阀门锈死")
        assert (status, answer["answer"], answer["progress"]) == (200, "withdrawn", "withdrawn")
        assert answer["sentence"].startswith("这次派工已被调度撤回。")

    def test_a_nul_character_does_no_harm(self, phone: Client, visit: Visit) -> None:
        arrived(phone, visit)
        assert send(phone, visit, "record_finding", finding="阀\x00门")[0] == 200
        visit.refresh_from_db()
        assert visit.finding == "阀门"


class TestMeasurement:
    def test_is_offered_for_an_account_and_says_how_often_it_was_done(
        self, phone: Client, desk: Desk, visit: Visit
    ) -> None:
        address = reverse("crew_visit", args=[visit.pk])
        arrived(phone, visit)
        page = phone.get(address).content.decode()
        assert 'id="measure"' in page
        assert " 次" not in page[page.index("measuring") :][:200]
        keys = {name: str(uuid4()) for name in ("tester", "customer")}
        for name, key in keys.items():
            file = SimpleUploadedFile("x.jpg", JPEG + name.encode())
            assert send(phone, visit, "attach_document", key=key, file=file)[0] == 200
        form = {
            **keys,
            "instrument": "WS-1",
            "calibrated_until": "2099-12-31",
            "outside": "-8.5",
            "required": "18",
            "customer_name": "王秀英",
            "rooms": '[{"room": "主卧", "celsius": "18.5"}]',
            "key": str(uuid4()),
        }
        for _ in range(2):
            assert send(phone, visit, "record_temperature_test", **form)[0] == 200
        test = TemperatureTest.objects.get()
        assert (test.ticket, test.passed, str(test.outside)) == (visit.ticket, True, "-8.5")
        assert "已登记 1 次" in phone.get(address).content.decode()

    def test_not_without_the_permission(self, phone: Client, desk: Desk, visit: Visit) -> None:
        engineers = Group.objects.get(name=ENGINEER.name)
        engineers.permissions.remove(Permission.objects.get(codename="record_temperature_test"))
        arrived(phone, visit)
        assert (
            'id="measure"' not in phone.get(reverse("crew_visit", args=[visit.pk])).content.decode()
        )
        form = SIGNED | {"outside": "-8", "required": "18"}
        assert send(phone, visit, "record_temperature_test", **form)[0] == 403
        assert not TemperatureTest.objects.exists()


class TestCrewWorker:
    def test_is_a_script_of_the_folder_it_looks_after(self, client: Client) -> None:
        answer = client.get(reverse("crew_worker"))
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert b"/static/complaints/crew/visit.js" in answer.content
        assert "unsafe-eval" not in answer.headers["Content-Security-Policy"]
