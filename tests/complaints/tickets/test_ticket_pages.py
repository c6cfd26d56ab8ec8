"""The ticket's page over HTTP: what it shows, which buttons, and what each of them does."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from complaints.actor_names import names_of
from complaints.classes import Subject, TicketKind
from complaints.models import TicketNote
from complaints.promises.explain import explain_promises
from complaints.promises.firming import CLOCK
from complaints.tickets.classification import reclassify_ticket
from complaints.tickets.page import ticket_page
from heating.roles import AGENT, CASHIER, PROCUREMENT
from office.actors import Actor
from office.calendar import business_date
from office.documents.document_kinds import kept_until
from office.documents.operations import open_document
from office.models import Document
from office.refusals import NotAllowed
from tests.builders import a_member_of_staff, an_account
from tests.clock import present
from tests.complaints.tickets.ticket_screen import (
    JPEG,
    fresh,
    now_ish,
    offered,
    page_of,
    say,
    signed_in,
)
from tests.service_desk import (
    Desk,
    a_desk,
    a_paper,
    a_repair,
    a_ticket,
    an_enquiry,
    at_the_door,
    repaired,
    t,
)

pytestmark = pytest.mark.django_db


class TestPage:
    def test_shows_who_where_what_and_what_happened(self, desk: Desk) -> None:
        ticket = fresh(desk)
        repaired(ticket, desk, now_ish(1))
        agent = signed_in(desk.agent)
        say(agent, ticket, "add_note", text="用户要求上午来", form_key="a" * 32)
        page = page_of(agent, ticket)
        texts = (ticket.number, "家里暖气不热", "13900000001", "用户要求上午来")
        for text in (*texts, "时钟：受理", "派工", "接单", "分户阀堵塞", "清洗过滤器"):
            assert text in page, text

    def test_the_number_of_the_caller_is_masked_for_who_only_looks_on(self, desk: Desk) -> None:
        from heating.roles import AUDITOR
        from tests.builders import a_member_of_staff

        ticket = fresh(desk)
        auditor = Actor.staff(a_member_of_staff("auditor", AUDITOR, desk.company))
        page = page_of(signed_in(auditor), ticket)
        assert "139****0001" in page
        assert "13900000001" not in page
        assert "13900000001" in page_of(signed_in(desk.repairer), ticket)

    def test_only_what_is_possible_now_is_offered(self, desk: Desk) -> None:
        ticket = fresh(desk)
        agent, dispatcher = signed_in(desk.agent), signed_in(desk.dispatcher)
        always = {"add_note", "attach_document"}
        assert offered(agent, ticket) == always | {
            *("resolve_ticket", "reclassify_ticket", "join_duplicate", "pause_ticket"),
        }
        assert offered(dispatcher, ticket) == offered(agent, ticket) | {"assign_ticket"}
        enquiry = fresh(desk, an_enquiry())
        assert offered(agent, enquiry) == always | {
            *("answer_enquiry", "hand_over_enquiry", "reclassify_ticket", "pause_ticket"),
        }
        repaired(ticket, desk, now_ish(1))
        say(agent, ticket, "resolve_ticket", resolution="已修复")
        assert offered(agent, ticket) == always | {"reopen_ticket", "close_ticket"}

    def test_of_another_company_it_does_not_exist(self, desk: Desk) -> None:
        ticket = fresh(desk)
        stranger = signed_in(a_desk("21").agent)
        for name in ("change", "explain_promise", "add_note", "pause_ticket", "history"):
            address = reverse(f"admin:complaints_ticket_{name}", args=[ticket.pk])
            for answer in (stranger.get(address), stranger.post(address)):
                assert answer.status_code == 404, name
            missing = reverse(f"admin:complaints_ticket_{name}", args=[ticket.pk + 999])
            assert stranger.get(missing).status_code == 404
        assert stranger.get(reverse("admin:ticket_opened", args=[ticket.pk])).status_code == 404
        assert not TicketNote.objects.exists()


class TestJoinDuplicate:
    def test_only_the_same_fault_of_the_building_is_offered_then_separated(
        self, desk: Desk
    ) -> None:
        ticket, main = fresh(desk), fresh(desk)
        leak = fresh(desk, a_repair(account=an_account(desk.company), subject=Subject.LEAK))
        agent = signed_in(desk.agent)
        page = page_of(agent, ticket)
        assert f'<option value="{main.pk}">' in page
        assert f'<option value="{leak.pk}">' not in page
        assert say(agent, ticket, "join_duplicate", main=main.pk)[0] == 302
        ticket.refresh_from_db()
        assert (ticket.state, ticket.duplicate_of) == ("joined", main)
        assert ticket.number in page_of(agent, main)
        assert say(agent, ticket, "separate_duplicate", reason="另一处漏水")[0] == 302
        ticket.refresh_from_db()
        assert (ticket.state, ticket.duplicate_of) == ("open", None)


class TestAddNote:
    def test_the_same_form_twice_adds_once(self, desk: Desk) -> None:
        ticket = fresh(desk)
        agent = signed_in(desk.agent)
        for _ in range(2):
            assert say(agent, ticket, "add_note", text="狗凶", form_key="b" * 32)[0] == 302
        assert TicketNote.objects.get().text == "狗凶"


class TestAttachDocument:
    def test_kept_with_the_ticket(self, desk: Desk) -> None:
        ticket = fresh(desk)
        agent = signed_in(desk.agent)
        form = {"kind": "photo", "title": "", "file": SimpleUploadedFile("阀门.jpg", JPEG)}
        assert say(agent, ticket, "attach_document", **form)[0] == 302
        assert Document.objects.get().record_id == ticket.pk
        assert "阀门.jpg" in page_of(agent, ticket)

    def test_a_recording_is_called_one_and_kept_as_long_as_one(self, desk: Desk) -> None:
        ticket = fresh(desk)
        amr = b"#!AMR\n" + (b"\x3c" + bytes(31)) * 5
        form = {"kind": "recording", "title": "", "file": SimpleUploadedFile("来电.amr", amr)}
        assert say(signed_in(desk.agent), ticket, "attach_document", **form)[0] == 302
        document = Document.objects.get()
        until = kept_until("recording", business_date(document.uploaded_at))
        assert (document.content_type, document.kept_until) == ("audio/amr", until)

    def test_opened_only_by_who_may_see_the_ticket(self, desk: Desk) -> None:
        ticket = fresh(desk)
        agent = signed_in(desk.agent)
        form = {"kind": "evidence", "title": "通话", "file": SimpleUploadedFile("门.jpg", JPEG)}
        say(agent, ticket, "attach_document", **form)
        document = Document.objects.get()
        address = reverse("admin:office_document_open", args=[document.pk])
        archive = reverse("admin:office_document_changelist")
        assert agent.get(address).status_code == 200
        for role in (CASHIER, PROCUREMENT):
            other = a_member_of_staff(role.key, role, desk.company)
            with pytest.raises(NotAllowed):
                open_document(document, by=Actor.staff(other), at=present())
            stranger = signed_in(Actor.staff(other))
            assert stranger.get(address).status_code == 404
            assert "通话" not in stranger.get(archive).content.decode()
        assert document.accesses.count() == 1


class TestExplainPromise:
    def test_every_promise_of_the_history_interval_by_interval(self, desk: Desk) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00")
        reclassify_ticket(
            ticket,
            kind=TicketKind.COMPLAINT,
            subject=Subject.QUALITY,
            severity=None,
            reason="用户要投诉",
            by=desk.agent,
            at=t("2026-01-12 10:00"),
        )
        address = reverse("admin:complaints_ticket_explain_promise", args=[ticket.pk])
        page = signed_in(desk.agent).get(address).content.decode()
        now_holds, before = page.index("现行承诺"), page.index("以前的承诺")
        assert now_holds < before
        assert "2026-01-15 18:00" in page[now_holds:before]
        assert "周末" in page[now_holds:before]
        assert "不计" in page[now_holds:before]
        assert "2026-01-12 24:00" in page[before:]
        assert "连续计时" in page[before:]
        assert "用户要投诉" in page

    def test_says_who_promised_by_their_name_as_the_tickets_history_does(self, desk: Desk) -> None:
        liu = a_member_of_staff("agent", AGENT, desk.company)
        liu.last_name, liu.first_name = "刘", "敏"
        liu.save()
        ticket = a_ticket(desk, "2026-01-12 09:00")
        reclassify_ticket(
            ticket,
            kind=TicketKind.COMPLAINT,
            subject=Subject.QUALITY,
            severity=None,
            reason="用户要投诉",
            by=Actor.staff(liu),
            at=t("2026-01-12 10:00"),
        )
        explanations = explain_promises(ticket, at=t("2026-01-12 11:00"))
        assert [explanation.made_by for explanation in explanations] == ["刘敏", "客服甲11"]
        agent = signed_in(desk.agent)
        address = reverse("admin:complaints_ticket_explain_promise", args=[ticket.pk])
        page = agent.get(address).content.decode()
        assert "改判类别　刘敏　2026-01-12 10:00" in page
        [moment] = [row for row in ticket_page(ticket).story if "改判" in row.title]
        assert moment.actor == "刘敏"
        history = page_of(agent, ticket)
        assert "刘敏" in history
        assert ">agent<" not in history

    def test_calls_customers_machines_and_the_house_what_they_are(self) -> None:
        assert names_of(["139****0001", "机器 呼叫中心", CLOCK.label]) == {
            "139****0001": "139****0001",
            "机器 呼叫中心": "机器 呼叫中心",
            "firm_up_promises": "系统",
        }


class TestQueries:
    def test_a_page_asks_as_often_for_a_long_story_as_for_a_short_one(self, desk: Desk) -> None:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        agent = signed_in(desk.agent)
        short, long = fresh(desk, hours=9), fresh(desk, hours=9)
        for n in range(8):
            say(agent, long, "add_note", text=f"第{n}条", form_key=f"{n:032d}")
            a_paper(long, desk.company, by=desk.agent, at=now_ish(1))
        at_the_door(short, desk, now_ish(8))
        at_the_door(long, desk, now_ish(8))
        at_the_door(long, desk, now_ish(7), other=True)
        page_of(agent, short)
        counts = []
        for ticket in (short, long):
            with CaptureQueriesContext(connection) as queries:
                page_of(agent, ticket)
            counts.append(len(queries))
        assert counts[0] == counts[1]
