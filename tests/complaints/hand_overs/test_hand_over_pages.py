"""What departments see of the questions asked of them, over HTTP, and how the agent hears back."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.classes import Department
from complaints.hand_overs.operations import hand_over_enquiry, reply_to_hand_over
from complaints.models import HandOver, HandOverReply, Ticket
from complaints.tickets.intake import open_ticket
from customers.models import Account
from heating.roles import AUDITOR, CASHIER, CLERK, MANAGER, PROCUREMENT
from office.actors import Actor
from office.models import Document
from tests.builders import a_company, a_contract, a_customer, a_member_of_staff, an_account
from tests.clock import present
from tests.service_desk import DAY, HOUR, MINUTE, Desk, a_desk, an_enquiry, answered

pytestmark = pytest.mark.django_db

LIST = "/admin/complaints/handover/"
QUESTION = "多收了两个月？"


@pytest.fixture
def account(desk: Desk) -> Account:
    account = an_account(desk.company)
    a_contract(account, a_customer(desk.company))
    return account


@pytest.fixture
def accountant(desk: Desk) -> Actor:
    return Actor.staff(a_member_of_staff("计费甲", CLERK, desk.company))


@pytest.fixture
def buyer(desk: Desk) -> Actor:
    return Actor.staff(a_member_of_staff("采购甲", PROCUREMENT, desk.company))


def a_hand_over(
    desk: Desk,
    department: Department = Department.FINANCE,
    *,
    account: Account | None = None,
    days: int = 0,
    ticket: Ticket | None = None,
) -> HandOver:
    """An enquiry of so many days ago, handed over at once."""
    at = present() - days * DAY - HOUR
    if ticket is None:
        report = an_enquiry(account=account, summary="热费收多了", caller_name="来电的邻居")
        ticket = open_ticket(desk.company, report, by=desk.agent, at=at)
    return hand_over_enquiry(ticket, department, QUESTION, by=desk.agent, at=at + MINUTE)


def signed_in(actor: Actor) -> Client:
    assert actor.user is not None
    client = Client()
    client.force_login(actor.user)
    return client


def listed(actor: Actor, **query: Any) -> list[str]:
    answer = signed_in(actor).get(LIST, query)
    assert answer.status_code == 200
    return re.findall(r">\s*(GD\d{14})\s*</a>", answer.content.decode())


def page_of(actor: Actor, hand_over: HandOver) -> str:
    answer = signed_in(actor).get(f"{LIST}{hand_over.pk}/change/")
    assert answer.status_code == 200
    return answer.content.decode()


def reply(actor: Actor, hand_over: HandOver, **fields: Any) -> tuple[int, str]:
    answer = signed_in(actor).post(f"{LIST}{hand_over.pk}/reply_to_hand_over/", fields)
    return answer.status_code, answer.content.decode()


def front(actor: Actor) -> str:
    return signed_in(actor).get(reverse("admin:index")).content.decode()


def replied_count(actor: Actor) -> str:
    """The figure of the front page beside “部门已答复”."""
    (figure,) = re.findall(r"部门已答复</a></dt>\s*<dd>(\d+)</dd>", front(actor))
    return str(figure)


class TestList:
    def test_each_department_sees_what_it_was_asked(
        self, desk: Desk, accountant: Actor, buyer: Actor
    ) -> None:
        finance, procurement = a_hand_over(desk), a_hand_over(desk, Department.PROCUREMENT)
        assert listed(accountant) == [finance.ticket.number]
        assert listed(buyer) == [procurement.ticket.number]
        assert listed(desk.repairer) == []
        # Customer service's own manager sees what was asked of every department.
        assert sorted(listed(desk.manager)) == sorted(
            [finance.ticket.number, procurement.ticket.number]
        )
        assert accountant.user is not None
        accountant.user.groups.add(Group.objects.get(name=PROCUREMENT.name))
        assert len(listed(accountant)) == 2

    def test_nothing_of_another_company(self, desk: Desk) -> None:
        hand_over = a_hand_over(desk)
        stranger = Actor.staff(a_member_of_staff("兰州计费", CLERK, a_company("21")))
        assert listed(stranger, reply="all") == listed(stranger, q=hand_over.ticket.number) == []
        both = a_member_of_staff("两地计费", MANAGER, a_company("21"))
        both.companies.add(desk.company)
        assert listed(Actor.staff(both)) == [hand_over.ticket.number]

    def test_who_takes_enquiries_or_audits_sees_all_of_the_company(self, desk: Desk) -> None:
        a_hand_over(desk), a_hand_over(desk, Department.PROCUREMENT)
        a_hand_over(a_desk("21"))
        auditor = Actor.staff(a_member_of_staff("审计甲", AUDITOR, desk.company))
        assert len(listed(desk.agent)) == len(listed(auditor)) == 2

    def test_next_due_first_then_by_what_became_of_it(self, desk: Desk, accountant: Actor) -> None:
        late, soon, over, done = (a_hand_over(desk, days=days) for days in (20, 1, 2, 3))
        reply_to_hand_over(done, "未多收", by=accountant, at=present())
        answered(over.ticket, desk, present())
        numbers = {hand_over: hand_over.ticket.number for hand_over in (late, soon, over, done)}
        assert listed(accountant) == [numbers[late], numbers[soon]]
        assert listed(accountant, reply="overdue") == [numbers[late]]
        assert listed(accountant, reply="replied") == [numbers[done]]
        every = [numbers[hand_over] for hand_over in (done, over, soon, late)]
        assert listed(accountant, reply="all") == every
        assert listed(accountant, reply="all", q=numbers[over].lower()) == [numbers[over]]
        page = signed_in(accountant).get(LIST, {"reply": "all"}).content.decode()
        for label in ("已超时", "待答复", "已答复", "未答复，工单已办结"):
            assert label in page, label

    def test_without_the_permission_there_is_no_list(self, desk: Desk) -> None:
        cashier = Actor.staff(a_member_of_staff("收费甲", CASHIER, desk.company))
        assert signed_in(cashier).get(LIST).status_code == 403
        assert LIST not in front(cashier)

    def test_asks_as_often_for_many_as_for_one(self, desk: Desk, accountant: Actor) -> None:
        a_hand_over(desk)
        client = signed_in(accountant)
        client.get(LIST)
        counts = []
        for n in (1, 20):
            for _ in range(n):
                done = a_hand_over(desk)
                reply_to_hand_over(done, "未多收", by=accountant, at=present())
                a_hand_over(desk)
            for query in ({}, {"reply": "all"}):
                # The sidebar's counts are remembered for a while; each page counts them here.
                cache.clear()
                with CaptureQueriesContext(connection) as captured:
                    client.get(LIST, query)
                counts.append(len(captured))
        assert len(set(counts)) == 1
        assert counts[0] <= 15


class TestPage:
    def test_shows_the_question_the_enquiry_and_the_account(
        self, desk: Desk, accountant: Actor, account: Account
    ) -> None:
        hand_over = a_hand_over(desk, account=account)
        page = page_of(accountant, hand_over)
        owner = account.contracts.get().customer.name
        for text in (QUESTION, "热费收多了", account.number, owner, account.premise.address):
            assert text in page, text
        # Who called and what else is in the file is not theirs.
        for hidden in ("来电的邻居", "13900000001", "/admin/complaints/ticket/"):
            assert hidden not in page, hidden

    def test_who_may_see_no_account_sees_none(
        self, desk: Desk, buyer: Actor, account: Account
    ) -> None:
        page = page_of(buyer, a_hand_over(desk, Department.PROCUREMENT, account=account))
        owner = account.contracts.get().customer.name
        for hidden in (account.number, owner, account.premise.address):
            assert hidden not in page, hidden

    def test_not_theirs_answers_like_unknown(self, desk: Desk, buyer: Actor) -> None:
        hand_over = a_hand_over(desk)
        stranger = Actor.staff(a_member_of_staff("兰州计费", CLERK, a_company("21")))
        for actor, pk in ((buyer, hand_over.pk), (stranger, hand_over.pk), (buyer, 999_999)):
            client = signed_in(actor)
            assert client.get(f"{LIST}{pk}/change/").status_code == 404
            answer = client.post(f"{LIST}{pk}/reply_to_hand_over/", {"text": "未多收"})
            assert answer.status_code == 404
        assert not HandOverReply.objects.exists()

    def test_the_ticket_and_its_papers_stay_closed(self, desk: Desk, accountant: Actor) -> None:
        hand_over = a_hand_over(desk)
        paper = SimpleUploadedFile("依据.pdf", b"%PDF-1.7 x")
        assert reply(accountant, hand_over, text="见附件", paper=paper)[0] == 302
        client = signed_in(accountant)
        ticket = reverse("admin:complaints_ticket_change", args=[hand_over.ticket_id])
        assert client.get(ticket).status_code == 403
        document = reverse("admin:office_document_open", args=[Document.objects.get().pk])
        assert client.get(document).status_code == 404
        assert "附件已随工单存档" in page_of(accountant, hand_over)
        assert signed_in(desk.agent).get(document).status_code == 200

    def test_earlier_replies_of_the_department_stand_below(
        self, desk: Desk, accountant: Actor, buyer: Actor
    ) -> None:
        first = a_hand_over(desk, days=1)
        reply_to_hand_over(first, "请补充合同号", by=accountant, at=present() - HOUR)
        other = a_hand_over(desk, Department.PROCUREMENT, ticket=first.ticket)
        reply_to_hand_over(other, "阀门统一供应", by=buyer, at=present() - HOUR)
        page = page_of(accountant, a_hand_over(desk, ticket=first.ticket))
        assert "请补充合同号" in page
        assert "阀门统一供应" not in page

    def test_asks_as_often_after_many_replies_as_after_one(
        self, desk: Desk, accountant: Actor
    ) -> None:
        first = a_hand_over(desk, days=1)
        client = signed_in(accountant)
        counts = []
        for n in (1, 1, 9):
            for _ in range(n):
                hand_over = a_hand_over(desk, ticket=first.ticket)
                reply_to_hand_over(hand_over, "未多收", by=accountant, at=present())
            with CaptureQueriesContext(connection) as captured:
                assert client.get(f"{LIST}{first.pk}/change/").status_code == 200
            counts.append(len(captured))
        assert counts[1] == counts[2]


class TestReplyToHandOver:
    def test_the_reply_reaches_the_agent(self, desk: Desk, accountant: Actor) -> None:
        hand_over = a_hand_over(desk)
        assert replied_count(desk.agent) == "0"
        assert reply(accountant, hand_over, text="未多收，按天计费")[0] == 302
        stored_reply = HandOverReply.objects.get()
        assert (stored_reply.text, stored_reply.replied_by) == ("未多收，按天计费", accountant.user)
        page = page_of(accountant, hand_over)
        assert "未多收，按天计费" in page
        assert "提交答复" not in page
        agent = signed_in(desk.agent)
        assert replied_count(desk.agent) == "1"
        tickets = reverse("admin:complaints_ticket_changelist")
        assert hand_over.ticket.number in agent.get(f"{tickets}?work=replied").content.decode()
        address = reverse("admin:complaints_ticket_change", args=[hand_over.ticket_id])
        ticket = agent.get(address).content.decode()
        assert "财务部答复" in ticket
        # The answer begins with what the department said.
        assert re.search(r"<textarea name=\"text\"[^>]*>\s*未多收，按天计费</textarea>", ticket)

    def test_a_late_reply_is_shown_late(self, desk: Desk, accountant: Actor) -> None:
        hand_over = a_hand_over(desk, days=20)
        assert reply(accountant, hand_over, text="未多收")[0] == 302
        assert "逾期答复" in page_of(accountant, hand_over)
        address = reverse("admin:complaints_ticket_change", args=[hand_over.ticket_id])
        assert "财务部逾期答复" in signed_in(desk.agent).get(address).content.decode()

    def test_a_second_reply_is_refused_and_its_words_are_kept(
        self, desk: Desk, accountant: Actor
    ) -> None:
        hand_over = a_hand_over(desk)
        reply_to_hand_over(hand_over, "未多收", by=accountant, at=present())
        status, page = reply(accountant, hand_over, text="多收了 <两> 个月")
        assert (status, "答复过，每次转办只答复一次" in page) == (409, True)
        assert "多收了 &lt;两&gt; 个月" in page
        assert HandOverReply.objects.get().text == "未多收"

    def test_refused_without_words_or_with_a_wrong_file(
        self, desk: Desk, accountant: Actor
    ) -> None:
        hand_over = a_hand_over(desk)
        paper = SimpleUploadedFile("依据.pdf", b"MZ program")
        assert reply(accountant, hand_over, text=" ")[0] == 422
        status, page = reply(accountant, hand_over, text="见附件", paper=paper)
        assert (status, "文件内容不是PDF" in page, "附件请重新选择" in page) == (422, True, True)
        assert "见附件</textarea>" in page
        assert not HandOverReply.objects.exists()

    def test_who_only_looks_on_has_no_form(self, desk: Desk) -> None:
        hand_over = a_hand_over(desk)
        auditor = Actor.staff(a_member_of_staff("审计甲", AUDITOR, desk.company))
        for actor in (desk.agent, auditor):
            assert "提交答复" not in page_of(actor, hand_over)
            assert reply(actor, hand_over, text="未多收")[0] == 403
        assert not HandOverReply.objects.exists()


class TestFrontPage:
    def test_what_waits_for_the_department_and_for_nobody_else(
        self, desk: Desk, accountant: Actor, buyer: Actor
    ) -> None:
        hand_over = a_hand_over(desk)
        address = f"{LIST}{hand_over.pk}/change/"
        assert "转办待答复（1）" in front(accountant)
        assert address in front(accountant)
        assert "转办待答复（0）" in front(buyer)
        assert "转办待答复" not in front(desk.agent)
        reply_to_hand_over(hand_over, "未多收", by=accountant, at=present())
        assert "转办待答复（0）" in front(accountant)
        assert address not in front(accountant)

    def test_counts_all_and_shows_the_first_eight(self, desk: Desk, accountant: Actor) -> None:
        for _ in range(11):
            a_hand_over(desk)
        page = front(accountant)
        assert "转办待答复（11）" in page
        assert len(set(re.findall(rf"{LIST}\d+/change/", page))) == 8


class TestDepartmentsOffered:
    def test_only_those_that_somebody_answers_for(self, desk: Desk) -> None:
        ticket = open_ticket(desk.company, an_enquiry(), by=desk.agent, at=present() - HOUR)
        address = reverse("admin:complaints_ticket_change", args=[ticket.pk])
        page = signed_in(desk.agent).get(address).content.decode()
        choice = re.search(r'<select name="department".*?</select>', page, re.S)
        assert choice is not None
        assert re.findall(r'value="(\w+)"', choice.group(0)) == [
            *("customer_service", "finance", "engineering", "procurement"),
        ]
