"""The buttons of a ticket's page: assign, pause, resolve, answer; one person at a time."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from complaints.classes import Severity, Subject, TicketKind
from complaints.knowledge.operations import draft_article, publish_article
from complaints.models import Answer, Article, ClockEvent, Ticket
from complaints.tickets.classification import reclassify_ticket
from complaints.tickets.intake import open_ticket
from office.actors import Actor
from office.journal import timeline
from office.models import Document
from office.zone import SHANGHAI
from tests.builders import an_account
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
    HOUR,
    Desk,
    a_desk,
    a_paper,
    a_repair,
    an_enquiry,
    repaired,
)

pytestmark = pytest.mark.django_db


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
        form = {"kind": "complaint", "subject": "quality", "severity": "", "reason": "用户要投诉"}
        status, message, page = say(
            agent, ticket, "reclassify_ticket", **form, seen_version=1, seen_entry=seen
        )
        assert status == 409
        assert f"工单 {ticket.number} 刚刚被他人处理过（现为“待处理”）" in message
        assert "客服乙11 改判工单类别 ：电话里说是漏水" in message.replace("：", " ：").replace(
            "  ", " "
        )
        assert "用户要投诉</textarea>" in page
        assert re.search(r'<details class="ask" name="ask" open>\s*<summary[^>]*>改判类别', page)
        ticket.refresh_from_db()
        assert (ticket.kind, ticket.version) == ("repair", 2)
        # What is on screen now carries the version of now: sent again, it is a decision.
        assert 'name="seen_version" value="2"' in page
        assert say(agent, ticket, "reclassify_ticket", **form)[0] == 302

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
        ("verb", "form"),
        [
            ("pause_ticket", {"reason": "nobody_home"}),
            ("resolve_ticket", {"resolution": "x"}),
            ("join_duplicate", {}),
            ("reclassify_ticket", {"kind": "service", "subject": "valve", "reason": "x"}),
        ],
    )
    def test_every_form_carries_what_was_seen(
        self, desk: Desk, verb: str, form: dict[str, str]
    ) -> None:
        ticket, main = fresh(desk), fresh(desk)
        paper = a_paper(ticket, desk.company, by=desk.agent, at=now_ish(1))
        extra = {"evidence": paper.pk} if verb == "pause_ticket" else {}
        extra |= {"main": main.pk} if verb == "join_duplicate" else {}
        Ticket.objects.filter(pk=ticket.pk).update(version=7)
        status, message, _ = say(
            signed_in(desk.agent), ticket, verb, **form, **extra, seen_version=1
        )
        assert status == 409
        assert "刚刚被他人处理过" in message
        assert ClockEvent.objects.filter(ticket=ticket).count() == 1

    def test_a_form_without_what_was_seen_is_none_of_ours(self, desk: Desk) -> None:
        ticket = fresh(desk)
        status, message, _ = say(
            signed_in(desk.agent), ticket, "resolve_ticket", resolution="x", seen_version=""
        )
        assert (status, "页面已失效，请重新打开工单。" in message) == (422, True)


class TestPauseTicket:
    def test_reason_and_paper_in_one_form_then_resumed(self, desk: Desk) -> None:
        ticket = fresh(desk, hours=3)
        agent = signed_in(desk.agent)
        away = now_ish(2).astimezone(SHANGHAI)
        form = {
            "reason": "nobody_home",
            "note": "敲门无人应",
            "paper": SimpleUploadedFile("门口.jpg", JPEG),
            "happened_at": f"{away:%Y-%m-%dT%H:%M}",
        }
        assert say(agent, ticket, "pause_ticket", **form)[0] == 302
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
        status, message, page = say(agent, ticket, "pause_ticket", **again)
        assert status == 409
        assert "只有计时中的工单能暂停" in message
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
        form = {"reason": "papers", "note": "等房产证", "paper": SimpleUploadedFile(name, content)}
        status, message, page = say(signed_in(desk.agent), ticket, "pause_ticket", **form)
        assert (status, sentence in message) == (422, True)
        assert 'value="等房产证"' in page
        assert (ticket.clock_events.count(), Document.objects.count()) == (1, 0)

    def test_without_evidence_it_is_refused(self, desk: Desk) -> None:
        ticket = fresh(desk)
        status, message, _ = say(signed_in(desk.agent), ticket, "pause_ticket", reason="papers")
        assert (status, "暂停计时须有凭证" in message) == (422, True)
        assert ticket.clock_events.count() == 1

    def test_a_server_whose_clock_was_moved_back_enters_nothing(self, desk: Desk) -> None:
        ahead = open_ticket(
            desk.company,
            a_repair(account=an_account(desk.company)),
            by=desk.agent,
            at=present() + HOUR,
        )
        form = {"reason": "papers", "note": "等材料", "paper": SimpleUploadedFile("一.jpg", JPEG)}
        status, message, page = say(signed_in(desk.agent), ahead, "pause_ticket", **form)
        assert (status, "服务器时钟可能被调慢" in message, "等材料" in page) == (409, True, True)
        assert (ahead.clock_events.count(), Document.objects.count()) == (1, 0)


class TestResolveTicket:
    def test_earlier_than_now_and_not_before_the_last_event(self, desk: Desk) -> None:
        ticket = fresh(desk, hours=5)
        repaired(ticket, desk, now_ish(4))
        agent = signed_in(desk.agent)
        early = now_ish(6).astimezone(SHANGHAI)
        status, message, page = say(
            agent,
            ticket,
            "resolve_ticket",
            resolution="已清洗",
            happened_at=f"{early:%Y-%m-%dT%H:%M}",
        )
        assert (status, "早于上门完成（" in message, "已清洗" in page) == (409, True, True)
        done = now_ish(3).astimezone(SHANGHAI)
        form = {"resolution": "已清洗", "happened_at": f"{done:%Y-%m-%dT%H:%M}"}
        assert say(agent, ticket, "resolve_ticket", **form)[0] == 302
        assert ticket.clock_events.get(ordinal=2).at == done

    def test_redone_and_closed_only_after_the_call(self, desk: Desk) -> None:
        ticket = fresh(desk, hours=5)
        repaired(ticket, desk, now_ish(4))
        agent = signed_in(desk.agent)
        say(agent, ticket, "resolve_ticket", resolution="已清洗")
        status, message, _ = say(agent, ticket, "close_ticket")
        assert (status, "这张工单还没有回访" in message) == (409, True)
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
        form = {"article": "ZS-01 v2 热费怎么算", "text": "按建筑面积计费。"}
        assert say(agent, ticket, "answer_enquiry", **form)[0] == 302
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
            form = {"article": named, "text": "按建筑面积计费。"}
            status, message, page = say(signed_in(desk.agent), ticket, "answer_enquiry", **form)
            assert (status, f"没有已发布的知识条目“{named}”" in message) == (422, True)
            assert "按建筑面积计费。</textarea>" in page
        assert not Answer.objects.exists()

    def test_before_it_was_asked_it_cannot_have_been_answered(
        self, desk: Desk, article: Article
    ) -> None:
        ticket = fresh(desk, an_enquiry(), hours=2)
        early = now_ish(3).astimezone(SHANGHAI)
        form = {"article": "ZS-01", "text": "见条目", "happened_at": f"{early:%Y-%m-%dT%H:%M}"}
        status, message, _ = say(signed_in(desk.agent), ticket, "answer_enquiry", **form)
        assert (status, "早于受理（" in message) == (409, True)
        assert not Answer.objects.exists()

    def test_handed_to_who_knows(self, desk: Desk) -> None:
        ticket = fresh(desk, an_enquiry())
        form = {"department": "finance", "question": "多收了两个月？"}
        assert say(signed_in(desk.agent), ticket, "hand_over_enquiry", **form)[0] == 302
        hand_over = ticket.hand_overs.get()
        assert (hand_over.department, hand_over.due_at) == ("finance", ticket.due_at)
