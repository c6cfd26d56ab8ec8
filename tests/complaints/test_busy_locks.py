"""A lock that is not free in time: each page answers with its sentence, and nothing has changed."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

from complaints.call_backs.operations import issue_call_back_link
from complaints.classes import Subject, TicketKind
from complaints.dispatch.operations import assign_ticket
from complaints.locking import lock_ticket
from complaints.models import CallBackAttempt, Ticket, Visit, VisitStep
from complaints.portal.operations import OwnReport, open_own_ticket
from complaints.tickets.intake import open_ticket
from complaints.tickets.resolution import resolve_ticket
from customers.models import CustomerToken
from customers.sign_in.authentication import COOKIE
from office.actors import Actor
from office.calendar import business_date
from office.documents.operations import Upload
from office.models import Document, NumberSeries
from office.numbering import draw_numbers
from tests.builders import a_contract, a_customer, an_account
from tests.clock import present
from tests.customer_api import PHONE, ApiClient, token_for
from tests.parallel import at_once
from tests.service_desk import SYSTEM, Desk, a_complaint, a_repair

pytestmark = pytest.mark.django_db(transaction=True)

BUSY = "该记录正由另一窗口办理，本次没有入账或更改，请稍候再试。"
JPEG = b"\xff\xd8\xff\xe0 a cold radiator"
JUST_BEFORE = timedelta(minutes=20)


def impatient(work: Callable[[], Any]) -> Any:
    """Does the work on a connection of its own that waits 300 ms for a lock."""

    def wait_briefly() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '300ms'")
        return work()

    (outcome,) = at_once([wait_briefly])
    return outcome


def signed_in(by: Actor) -> Client:
    client = Client()
    assert by.user is not None
    client.force_login(by.user)
    return client


def customers_browser() -> Client:
    client = Client()
    client.cookies[COOKIE] = token_for(PHONE)
    return client


def series_of(desk: Desk) -> str:
    return f"ticket:{desk.company.code}:{business_date(present()).year}"


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    account = an_account(desk.company)
    a_contract(account, a_customer(desk.company, phone=PHONE))
    report = a_repair(account=account)
    return open_ticket(desk.company, report, by=desk.agent, at=present() - JUST_BEFORE)


class TestBusyTicket:
    def test_on_the_dispatch_board(self, desk: Desk, ticket: Ticket) -> None:
        board = signed_in(desk.dispatcher)
        fields = {"crew": desk.crew.pk, "ticket": [f"{ticket.pk}:{ticket.version}"]}
        with transaction.atomic():
            lock_ticket(ticket)
            answer = impatient(
                lambda: board.post(reverse("admin:assign_ticket"), fields, follow=True)
            )
        assert [str(message) for message in answer.context["messages"]] == [
            f"{ticket.number}：{BUSY}"
        ]
        assert not Visit.objects.exists()

    def test_on_the_repairers_phone_which_sends_the_step_again(
        self, desk: Desk, ticket: Ticket
    ) -> None:
        visit = assign_ticket(ticket, desk.crew, seen_version=1, by=desk.dispatcher, at=present())
        phone, fields = signed_in(desk.repairer), {"verb": "accept_assignment", "key": str(uuid4())}
        address = reverse("take_visit_step", args=[visit.pk])
        with transaction.atomic():
            lock_ticket(ticket)
            answer = impatient(lambda: phone.post(address, fields))
        assert (answer.status_code, answer.json()) == (503, {"code": "busy"})
        assert not VisitStep.objects.exists()
        assert phone.post(address, fields).json()["progress"] == "accepted"

    def test_on_the_customers_page(self, desk: Desk, ticket: Ticket) -> None:
        browser, address = customers_browser(), f"/my/tickets/{ticket.number}"
        photo = SimpleUploadedFile("暖气.jpg", JPEG)
        (key,) = set(
            re.findall(r'name="key" value="([^"]+)"', browser.get(address).content.decode())
        )
        with transaction.atomic():
            lock_ticket(ticket)
            answer = impatient(
                lambda: browser.post(f"{address}/add", {"key": key, "text": "", "photos": photo})
            )
        assert (answer.status_code, BUSY in answer.content.decode()) == (422, True)
        assert not Document.objects.exists()

    def test_in_the_api(self, ticket: Ticket) -> None:
        customer = ApiClient(token_for(PHONE))
        path, body = f"/tickets/{ticket.number}/verdict", {"solved": True}
        with transaction.atomic():
            lock_ticket(ticket)
            answer = impatient(lambda: customer.send("POST", path, body))
        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["detail"]) == (409, "busy", BUSY)
        # Once the lock is free the ticket itself is looked at.
        assert customer.send("POST", path, body).json()["code"] == "cannot_judge"

    def test_behind_the_link_of_a_call_back_which_stays_good(self, desk: Desk) -> None:
        report = a_complaint(account=an_account(desk.company))
        ticket = open_ticket(desk.company, report, by=desk.agent, at=present() - JUST_BEFORE)
        resolve_ticket(ticket, "已致歉", by=desk.agent, at=present())
        call_back = ticket.call_backs.get()
        token = issue_call_back_link(call_back, by=SYSTEM, at=present())
        address, browser = reverse("answer_call_back", args=[token]), Client()
        fields = {"satisfaction": "satisfied"}
        with transaction.atomic():
            lock_ticket(ticket)
            answer = impatient(lambda: browser.post(address, fields))
        assert (answer.status_code, BUSY in answer.content.decode()) == (409, True)
        assert not CallBackAttempt.objects.exists()
        assert browser.post(address, fields).status_code == 302


class TestBusySeries:
    def test_at_intake(self, desk: Desk, ticket: Ticket) -> None:
        page = signed_in(desk.agent)
        address = reverse("admin:open_ticket")
        (key,) = re.findall(
            r'name="form_key" value="([0-9a-f]{32})"', page.get(address).content.decode()
        )
        fields = {
            "kind": "enquiry",
            "subject": "charge",
            "channel": "hotline",
            "summary": "问账单",
            "account": ticket.account_id,
            "form_key": key,
        }
        with transaction.atomic():
            draw_numbers(series_of(desk))
            answer = impatient(lambda: page.post(address, fields))
        assert (answer.status_code, BUSY in answer.content.decode()) == (409, True)
        assert list(Ticket.objects.all()) == [ticket]


class ProbingFile(io.BytesIO):
    """A photo that looks, while it is read, whether somebody else could draw a ticket's number."""

    def __init__(self, desk: Desk, number: int) -> None:
        super().__init__(JPEG + bytes([number]))
        self.series = series_of(desk)
        self.outcomes: list[str] = []

    def read(self, size: int | None = -1) -> bytes:
        self.outcomes.append(impatient(self._probe))
        return super().read(size)

    @transaction.atomic
    def _probe(self) -> str:
        try:
            NumberSeries.objects.select_for_update().get(name=self.series)
        except OperationalError:
            transaction.set_rollback(True)
            return "locked"
        return "free"


class TestNumberOfTheTicket:
    def test_is_free_for_others_while_nine_photos_are_written(
        self, desk: Desk, ticket: Ticket
    ) -> None:
        token_for(PHONE)
        photos = [ProbingFile(desk, number) for number in range(9)]
        assert ticket.account_id is not None
        opened = open_own_ticket(
            CustomerToken.objects.get(),
            OwnReport(ticket.account_id, TicketKind.REPAIR, Subject.NO_HEAT, "不热"),
            key="a" * 32,
            photos=tuple(Upload("暖气.jpg", photo) for photo in photos),
            by=Actor.customer("用户"),
            at=present(),
        )
        assert [photo.outcomes for photo in photos] == [["free"]] * 9
        assert Document.objects.filter(record_id=opened.pk, kind="customer_photo").count() == 9

    def test_goes_to_the_next_after_a_refused_photo_and_no_file_stays(
        self, desk: Desk, ticket: Ticket
    ) -> None:
        before = NumberSeries.objects.get(name=series_of(desk)).next_value
        browser = customers_browser()
        (key,) = re.findall(
            r'name="key" value="([^"]+)"', browser.get("/my/tickets/new").content.decode()
        )
        photos = [SimpleUploadedFile("好.jpg", JPEG), SimpleUploadedFile("坏.jpg", b"MZ")]
        fields = {"matter": "repair:no_heat", "summary": "不热", "key": key, "photos": photos}
        answer = browser.post("/my/tickets/new", {"account": ticket.account_id, **fields})
        assert answer.status_code == 422
        assert NumberSeries.objects.get(name=series_of(desk)).next_value == before
        assert list(Ticket.objects.all()) == [ticket]
