"""The ticket's page over HTTP: what it shows, which buttons, and what each of them does."""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.actor_names import names_of
from complaints.classes import Severity, Subject, TicketKind
from complaints.knowledge.operations import draft_article, publish_article
from complaints.models import Answer, Article, ClockEvent, Ticket, TicketNote
from complaints.promises.explain import explain_promises
from complaints.promises.firming import CLOCK
from complaints.tickets.classification import reclassify_ticket
from complaints.tickets.intake import open_ticket
from complaints.tickets.page import ticket_page
from heating.roles import AGENT, CASHIER, PROCUREMENT
from office.actors import Actor
from office.calendar import business_date
from office.document_kinds import kept_until
from office.journal import timeline
from office.models import Document
from office.operations.documents import open_document
from office.refusals import NotAllowed
from office.zone import SHANGHAI
from tests.builders import a_member_of_staff, an_account
from tests.service_desk import (
    HOUR,
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

JPEG = b"\xff\xd8\xff\xe0photo"


def now_ish(hours: float = 0) -> datetime:
    """So many hours ago, to the minute."""
    return (timezone.now() - timedelta(hours=hours)).replace(second=0, microsecond=0)


def fresh(desk: Desk, report: Any = None, *, hours: float = 2) -> Ticket:
    """A ticket opened some hours ago."""
    report = report or a_repair(account=an_account(desk.company))
    return open_ticket(desk.company, report, by=desk.agent, at=now_ish(hours))


def signed_in(actor: Actor) -> Client:
    assert actor.user is not None
    client = Client()
    client.force_login(actor.user)
    return client


def page_of(client: Client, ticket: Ticket) -> str:
    answer = client.get(reverse("admin:complaints_ticket_change", args=[ticket.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def offered(client: Client, ticket: Ticket) -> set[str]:
    """The verbs whose buttons stand on the page."""
    here = rf'action="/admin/complaints/ticket/{ticket.pk}/(\w+)/"'
    return set(re.findall(here, page_of(client, ticket)))


def say(client: Client, ticket: Ticket, verb: str, **said: Any) -> tuple[int, str, str]:
    """Post the verb's form as the page showed it just now; status, what was said, the page."""
    seen = {"seen_version": Ticket.objects.get(pk=ticket.pk).version}
    seen["seen_entry"] = timeline(ticket).latest("pk").pk
    answer = client.post(
        reverse(f"admin:complaints_ticket_{verb}", args=[ticket.pk]), {**seen, **said}
    )
    page = unescape(answer.content.decode())
    alert = re.search(r'role="alert">(.*?)</div>', page, re.S)
    told = re.sub(r"<[^>]+>|\s+", " ", alert.group(1)) if alert else ""
    return answer.status_code, " ".join(told.split()), page


class TestPage:
    def test_shows_who_where_what_and_what_happened(self, desk: Desk) -> None:
        ticket = fresh(desk)
        repaired(ticket, desk, now_ish(1))
        agent = signed_in(desk.agent)
        say(agent, ticket, "add_note", text="用户要求上午来", form_key="a" * 32)
        page = page_of(agent, ticket)
        known = (ticket.number, "家里暖气不热", "13900000001", "用户要求上午来")
        for said in (*known, "时钟：受理", "派工", "接单", "分户阀堵塞", "清洗过滤器"):
            assert said in page, said

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


class TestAssignTicket:
    def test_the_crews_of_the_company_are_offered_and_one_is_sent(self, desk: Desk) -> None:
        ticket = fresh(desk)
        desk.other_crew.active = False
        desk.other_crew.save()
        dispatcher = signed_in(desk.dispatcher)
        page = page_of(dispatcher, ticket)
        assert "一班" in page
        assert "二班" not in page
        assert say(dispatcher, ticket, "assign_ticket", crew=desk.crew.pk)[0] == 302
        ticket.refresh_from_db()
        assert (ticket.state, ticket.crew) == ("assigned", desk.crew)
        foreign = a_desk("21").crew
        status, _, _ = say(dispatcher, ticket, "assign_ticket", crew=foreign.pk)
        assert status == 422


class TestTwoAgentsAtOnce:
    def test_the_second_is_told_who_did_what_and_loses_no_text(self, desk: Desk) -> None:
        ticket = fresh(desk)
        seen = timeline(ticket).latest("pk").pk
        reclassify_ticket(
            ticket,
            kind=TicketKind.REPAIR,
            subject=Subject.LEAK,
            severity=Severity.MAJOR,
            reason="电话里说是漏水",
            by=desk.other_agent,
            at=now_ish(1),
        )
        agent = signed_in(desk.agent)
        said = {"kind": "complaint", "subject": "quality", "severity": "", "reason": "用户要投诉"}
        status, told, page = say(
            agent, ticket, "reclassify_ticket", **said, seen_version=1, seen_entry=seen
        )
        assert status == 409
        assert f"工单 {ticket.number} 刚刚被他人处理过（现为“待处理”）" in told
        assert "客服乙11 改判工单类别 ：电话里说是漏水" in told.replace("：", " ：").replace(
            "  ", " "
        )
        assert "用户要投诉</textarea>" in page
        assert re.search(r'<details class="ask" name="ask" open>\s*<summary[^>]*>改判类别', page)
        ticket.refresh_from_db()
        assert (ticket.kind, ticket.version) == ("repair", 2)
        # What is on screen now carries the version of now: sent again, it is a decision.
        assert 'name="seen_version" value="2"' in page
        assert say(agent, ticket, "reclassify_ticket", **said)[0] == 302

    def test_what_can_no_longer_be_done_is_shown_to_be_copied(self, desk: Desk) -> None:
        ticket = fresh(desk, an_enquiry())
        agent, other = signed_in(desk.agent), signed_in(desk.other_agent)
        reclassified = {"kind": "complaint", "subject": "charge", "severity": "", "reason": "投诉"}
        assert say(other, ticket, "reclassify_ticket", **reclassified)[0] == 302
        question = {"department": "finance", "question": "去年的账单为什么多两个月"}
        status, _, page = say(agent, ticket, "hand_over_enquiry", **question, seen_version=1)
        assert status == 409
        lost = page[page.index('id="lost"') :]
        assert "去年的账单为什么多两个月" in lost

    @pytest.mark.parametrize(
        ("verb", "said"),
        [
            ("pause_ticket", {"reason": "nobody_home"}),
            ("resolve_ticket", {"resolution": "x"}),
            ("join_duplicate", {}),
            ("reclassify_ticket", {"kind": "service", "subject": "valve", "reason": "x"}),
        ],
    )
    def test_every_form_carries_what_was_seen(
        self, desk: Desk, verb: str, said: dict[str, str]
    ) -> None:
        ticket, main = fresh(desk), fresh(desk)
        paper = a_paper(ticket, desk.company, by=desk.agent, at=now_ish(1))
        extra = {"evidence": paper.pk} if verb == "pause_ticket" else {}
        extra |= {"main": main.pk} if verb == "join_duplicate" else {}
        Ticket.objects.filter(pk=ticket.pk).update(version=7)
        status, told, _ = say(signed_in(desk.agent), ticket, verb, **said, **extra, seen_version=1)
        assert status == 409
        assert "刚刚被他人处理过" in told
        assert ClockEvent.objects.filter(ticket=ticket).count() == 1

    def test_a_form_without_what_was_seen_is_none_of_ours(self, desk: Desk) -> None:
        ticket = fresh(desk)
        status, told, _ = say(
            signed_in(desk.agent), ticket, "resolve_ticket", resolution="x", seen_version=""
        )
        assert (status, "页面已失效，请重新打开工单。" in told) == (422, True)


class TestPauseTicket:
    def test_reason_and_paper_in_one_form_then_resumed(self, desk: Desk) -> None:
        ticket = fresh(desk, hours=3)
        agent = signed_in(desk.agent)
        away = now_ish(2).astimezone(SHANGHAI)
        said = {
            "reason": "nobody_home",
            "note": "敲门无人应",
            "paper": SimpleUploadedFile("门口.jpg", JPEG),
            "happened_at": f"{away:%Y-%m-%dT%H:%M}",
        }
        assert say(agent, ticket, "pause_ticket", **said)[0] == 302
        event = ticket.clock_events.get(ordinal=2)
        assert (event.kind, event.at, event.reason) == ("paused", away, "nobody_home")
        assert event.evidence is not None
        assert (event.evidence.title, event.evidence.record_id) == ("门口.jpg", ticket.pk)
        assert "resume_ticket" in offered(agent, ticket)
        assert "pause_ticket" not in offered(agent, ticket)
        back = (away + HOUR).astimezone(SHANGHAI)
        answer = say(agent, ticket, "resume_ticket", happened_at=f"{back:%Y-%m-%dT%H:%M}")
        assert answer[0] == 302
        ticket.refresh_from_db()
        assert ticket.clock_state == "running"

    def test_a_pause_inside_a_pause_is_refused_and_leaves_no_paper(self, desk: Desk) -> None:
        ticket = fresh(desk)
        agent = signed_in(desk.agent)
        paper = {"reason": "papers", "paper": SimpleUploadedFile("一.jpg", JPEG)}
        assert say(agent, ticket, "pause_ticket", **paper)[0] == 302
        again = {
            "reason": "consent",
            "note": "等同意",
            "paper": SimpleUploadedFile("二.jpg", JPEG + b"2"),
        }
        status, told, page = say(agent, ticket, "pause_ticket", **again)
        assert status == 409
        assert "只有计时中的工单能暂停" in told
        assert "等同意" in page
        assert (ticket.clock_events.count(), Document.objects.count()) == (2, 1)

    @pytest.mark.parametrize(
        ("name", "content", "sentence"),
        [
            ("照片.jpg", b"\xff\xd8\xff" + bytes(40 * 1024 * 1024), "文件超过 20 MB"),
            ("照片.jpg", b"MZ\x90\x00", "文件内容不是JPG"),
            ("照片.svg", b"<svg><script/></svg>", "只接受 PDF、JPG、PNG、XLSX、DOCX 文件"),
        ],
        ids=["40 MB", "a renamed executable", "an SVG with script"],
    )
    def test_what_is_no_evidence_is_refused_and_the_note_kept(
        self, name: str, content: bytes, sentence: str, desk: Desk
    ) -> None:
        ticket = fresh(desk)
        said = {"reason": "papers", "note": "等房产证", "paper": SimpleUploadedFile(name, content)}
        status, told, page = say(signed_in(desk.agent), ticket, "pause_ticket", **said)
        assert (status, sentence in told) == (422, True)
        assert 'value="等房产证"' in page
        assert (ticket.clock_events.count(), Document.objects.count()) == (1, 0)

    def test_without_evidence_it_is_refused(self, desk: Desk) -> None:
        ticket = fresh(desk)
        status, told, _ = say(signed_in(desk.agent), ticket, "pause_ticket", reason="papers")
        assert (status, "暂停计时须有凭证" in told) == (422, True)
        assert ticket.clock_events.count() == 1

    def test_a_server_whose_clock_was_moved_back_enters_nothing(self, desk: Desk) -> None:
        ahead = open_ticket(
            desk.company,
            a_repair(account=an_account(desk.company)),
            by=desk.agent,
            at=timezone.now() + HOUR,
        )
        said = {"reason": "papers", "note": "等材料", "paper": SimpleUploadedFile("一.jpg", JPEG)}
        status, told, page = say(signed_in(desk.agent), ahead, "pause_ticket", **said)
        assert (status, "服务器时钟可能被调慢" in told, "等材料" in page) == (409, True, True)
        assert (ahead.clock_events.count(), Document.objects.count()) == (1, 0)


class TestResolveTicket:
    def test_earlier_than_now_and_not_before_the_last_event(self, desk: Desk) -> None:
        ticket = fresh(desk, hours=5)
        repaired(ticket, desk, now_ish(4))
        agent = signed_in(desk.agent)
        early = now_ish(6).astimezone(SHANGHAI)
        status, told, page = say(
            agent,
            ticket,
            "resolve_ticket",
            resolution="已清洗",
            happened_at=f"{early:%Y-%m-%dT%H:%M}",
        )
        assert (status, "办结时间早于上一事件（受理" in told, "已清洗" in page) == (409, True, True)
        done = now_ish(3).astimezone(SHANGHAI)
        said = {"resolution": "已清洗", "happened_at": f"{done:%Y-%m-%dT%H:%M}"}
        assert say(agent, ticket, "resolve_ticket", **said)[0] == 302
        assert ticket.clock_events.get(ordinal=2).at == done

    def test_redone_and_closed_only_after_the_call(self, desk: Desk) -> None:
        ticket = fresh(desk, hours=5)
        repaired(ticket, desk, now_ish(4))
        agent = signed_in(desk.agent)
        say(agent, ticket, "resolve_ticket", resolution="已清洗")
        status, told, _ = say(agent, ticket, "close_ticket")
        assert (status, "这张工单还没有回访" in told) == (409, True)
        assert say(agent, ticket, "reopen_ticket", reason="又不热了")[0] == 302
        ticket.refresh_from_db()
        assert (ticket.state, ticket.redo_count) == ("open", 1)


class TestAnswerEnquiry:
    @pytest.fixture
    def article(self, desk: Desk) -> Article:
        article = Article.objects.create(code="ZS-01", topic="热费怎么算")
        for text in ("旧说法", "面积乘单价"):
            draft = draft_article(article, text, by=Actor.system("x"), at=now_ish(9))
            publish_article(draft, by=desk.manager, at=now_ish(8))
        return article

    def test_the_version_that_was_chosen_is_cited(self, desk: Desk, article: Article) -> None:
        ticket = fresh(desk, an_enquiry())
        agent = signed_in(desk.agent)
        assert 'value="ZS-01 v2 热费怎么算"' in page_of(agent, ticket)
        said = {"article": "ZS-01 v2 热费怎么算", "text": "按建筑面积计费。"}
        assert say(agent, ticket, "answer_enquiry", **said)[0] == 302
        answer = Answer.objects.get()
        assert (answer.cites.ordinal, answer.cites.article, answer.text) == (
            2,
            article,
            "按建筑面积计费。",
        )

    def test_an_unknown_article_is_refused_and_the_answer_kept(
        self, desk: Desk, article: Article
    ) -> None:
        ticket = fresh(desk, an_enquiry())
        article.company = a_desk("21").company
        article.save()
        for named in ("ZS-01 v2 热费怎么算", "ZS-99", "？"):
            said = {"article": named, "text": "按建筑面积计费。"}
            status, told, page = say(signed_in(desk.agent), ticket, "answer_enquiry", **said)
            assert (status, f"没有已发布的知识条目“{named}”" in told) == (422, True)
            assert "按建筑面积计费。</textarea>" in page
        assert not Answer.objects.exists()

    def test_before_it_was_asked_it_cannot_have_been_answered(
        self, desk: Desk, article: Article
    ) -> None:
        ticket = fresh(desk, an_enquiry(), hours=2)
        early = now_ish(3).astimezone(SHANGHAI)
        said = {"article": "ZS-01", "text": "见条目", "happened_at": f"{early:%Y-%m-%dT%H:%M}"}
        status, told, _ = say(signed_in(desk.agent), ticket, "answer_enquiry", **said)
        assert (status, "办结时间早于上一事件（受理" in told) == (409, True)
        assert not Answer.objects.exists()

    def test_handed_to_who_knows(self, desk: Desk) -> None:
        ticket = fresh(desk, an_enquiry())
        said = {"department": "finance", "question": "多收了两个月？"}
        assert say(signed_in(desk.agent), ticket, "hand_over_enquiry", **said)[0] == 302
        hand_over = ticket.hand_overs.get()
        assert (hand_over.department, hand_over.due_at) == ("finance", ticket.due_at)


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
        said = {"kind": "photo", "title": "", "file": SimpleUploadedFile("阀门.jpg", JPEG)}
        assert say(agent, ticket, "attach_document", **said)[0] == 302
        assert Document.objects.get().record_id == ticket.pk
        assert "阀门.jpg" in page_of(agent, ticket)

    def test_a_recording_is_called_one_and_kept_as_long_as_one(self, desk: Desk) -> None:
        ticket = fresh(desk)
        amr = b"#!AMR\n" + (b"\x3c" + bytes(31)) * 5
        said = {"kind": "recording", "title": "", "file": SimpleUploadedFile("来电.amr", amr)}
        assert say(signed_in(desk.agent), ticket, "attach_document", **said)[0] == 302
        kept = Document.objects.get()
        until = kept_until("recording", business_date(kept.uploaded_at))
        assert (kept.content_type, kept.kept_until) == ("audio/amr", until)

    def test_opened_only_by_who_may_see_the_ticket(self, desk: Desk) -> None:
        ticket = fresh(desk)
        agent = signed_in(desk.agent)
        said = {"kind": "evidence", "title": "通话", "file": SimpleUploadedFile("门.jpg", JPEG)}
        say(agent, ticket, "attach_document", **said)
        document = Document.objects.get()
        address = reverse("admin:office_document_open", args=[document.pk])
        archive = reverse("admin:office_document_changelist")
        assert agent.get(address).status_code == 200
        for role in (CASHIER, PROCUREMENT):
            other = a_member_of_staff(role.key, role, desk.company)
            with pytest.raises(NotAllowed):
                open_document(document, by=Actor.staff(other), at=timezone.now())
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
        told = explain_promises(ticket, at=t("2026-01-12 11:00"))
        assert [one.made_by for one in told] == ["刘敏", "客服甲11"]
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
            with CaptureQueriesContext(connection) as asked:
                page_of(agent, ticket)
            counts.append(len(asked))
        assert counts[0] == counts[1]
