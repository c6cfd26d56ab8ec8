"""Tickets at the API: reported, followed, added to and judged by whose they are."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints.customer_messages import confirm_receipts
from complaints.incidents.operations import (
    Reach,
    begin_incident,
    notify_affected,
    register_incident,
)
from complaints.models import CallBack, SolutionVerdict, Ticket, TicketNote
from complaints.portal.operations import MOST_PHOTOS, REPORT_LIMITS
from complaints.tickets.intake import open_ticket
from complaints.tickets.notes import add_note
from complaints.tickets.resolution import resolve_ticket
from customers.models import Message, SupplyContract
from heating.wsgi import application
from office.models import Document, JournalEntry
from office.operations.documents import LARGEST
from office.tokens.one_time_links import links_of
from tests.billing.portal.test_schema import CHECKS
from tests.builders import a_contract, a_customer, an_account
from tests.customer_api import PHONE, ApiClient, token_for
from tests.parallel import at_once
from tests.service_desk import (
    MINUTE,
    SYSTEM,
    Desk,
    a_desk,
    a_repair,
    a_ticket,
    publish_rules,
    repaired,
    t,
)

pytestmark = pytest.mark.django_db

JPEG = b"\xff\xd8\xff\xe0 a cold radiator"
OTHER_PHONE = "13800000002"


@pytest.fixture
def contract(desk: Desk) -> SupplyContract:
    """王秀英's flat."""
    return a_contract(an_account(desk.company), a_customer(desk.company, phone=PHONE))


@pytest.fixture
def customer(contract: SupplyContract) -> ApiClient:
    return ApiClient(token_for(PHONE))


@pytest.fixture
def stranger(desk: Desk) -> ApiClient:
    """Another customer of the same company."""
    a_contract(an_account(desk.company), a_customer(desk.company, phone=OTHER_PHONE))
    return ApiClient(token_for(OTHER_PHONE))


@pytest.fixture
def anybody() -> ApiClient:
    return ApiClient()


def a_key() -> str:
    return uuid.uuid4().hex


def words(contract: SupplyContract, **given: Any) -> dict[str, Any]:
    return {
        "account": contract.account_id,
        "kind": "repair",
        "subject": "no_heat",
        "summary": "客厅暖气不热",
    } | given


def report(client: ApiClient, body: Any, key: str = "") -> Any:
    return client.send("POST", "/tickets", body, Idempotency_Key=key or a_key())


def say(client: ApiClient, path: str, body: Any, **headers: str) -> Any:
    return client.send("POST", path, body, **headers)


def upload(client: ApiClient, number: str, name: str, content: bytes) -> Any:
    sent = SimpleUploadedFile(name, content)
    return client.post(f"/api/v1/tickets/{number}/photos", {"file": sent})


def reported(client: ApiClient, contract: SupplyContract, **given: Any) -> Ticket:
    answer = report(client, words(contract, **given))
    assert answer.status_code == 201, answer.content
    return Ticket.objects.get(number=answer.json()["ticket"]["number"])


def resolved(contract: SupplyContract, desk: Desk) -> Ticket:
    """Reported an hour ago, mended and resolved since."""
    began = timezone.now() - timedelta(hours=1)
    ticket = open_ticket(desk.company, a_repair(account=contract.account), by=desk.agent, at=began)
    repaired(ticket, desk, began + MINUTE)
    return resolve_ticket(ticket, "已修复", by=desk.agent, at=began + 10 * MINUTE)


class TestOpenOwnTicket:
    def test_opens_a_ticket_and_says_what_is_promised(
        self, customer: ApiClient, contract: SupplyContract
    ) -> None:
        answer = report(customer, words(contract))
        assert answer.status_code == 201
        told = answer.json()
        ticket = Ticket.objects.get()
        assert told["ticket"] | {"promise": "", "reported_at": ""} == {
            "number": ticket.number,
            "kind": "repair",
            "kind_text": "报修",
            "subject": "no_heat",
            "subject_text": "不热",
            "summary": "客厅暖气不热",
            "account_number": contract.account.number,
            "address": contract.account.premise.address,
            "reported_at": "",
            "stage": "accepted",
            "stage_text": "已受理",
            "promise": "",
        }
        assert told["ticket"]["promise"].startswith("承诺")
        assert told["ticket"]["reported_at"].endswith("+08:00")
        assert [step["code"] for step in told["steps"]] == ["received"]
        assert (ticket.channel, ticket.caller_name, ticket.caller_phone) == (
            "web",
            "王秀英",
            PHONE,
        )
        assert ticket.entered_by is None
        assert JournalEntry.objects.get(action="open_ticket").actor == "138****0001"

    def test_a_repair_begins_with_the_shortest_promise(
        self, customer: ApiClient, contract: SupplyContract
    ) -> None:
        ticket = reported(customer, contract, severity="major")
        assert (ticket.severity, ticket.ticket_class.value) == ("minor", "repair_minor")

    def test_through_wechat_is_another_channel(self, contract: SupplyContract) -> None:
        inside = ApiClient(token_for(PHONE, openid="oTESTopenid0000000001"))
        assert reported(inside, contract).channel == "wechat"

    def test_is_confirmed_by_one_message(
        self, customer: ApiClient, contract: SupplyContract
    ) -> None:
        ticket = reported(customer, contract)
        assert confirm_receipts(timezone.now()) == 1
        message = Message.objects.get()
        assert (message.phone, message.template) == (PHONE, "ticket_accepted")
        assert message.values["number"] == ticket.number
        assert message.values["due"].endswith("前")

    def test_same_key_and_words_same_ticket(
        self, customer: ApiClient, contract: SupplyContract
    ) -> None:
        key = a_key()
        first, again = (report(customer, words(contract), key) for _ in range(2))
        assert (again.status_code, again.json()) == (201, first.json())
        assert Ticket.objects.count() == 1

    def test_same_key_other_words(self, customer: ApiClient, contract: SupplyContract) -> None:
        key = a_key()
        report(customer, words(contract), key)
        answer = report(customer, words(contract, summary="又漏水了"), key)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
        assert Ticket.objects.get().summary == "客厅暖气不热"

    def test_the_key_is_the_customers_own(
        self, customer: ApiClient, stranger: ApiClient, contract: SupplyContract
    ) -> None:
        key = a_key()
        other = SupplyContract.objects.get(customer__phone=OTHER_PHONE)
        assert report(customer, words(contract), key).status_code == 201
        assert report(stranger, words(other), key).status_code == 201
        assert Ticket.objects.count() == 2

    @pytest.mark.parametrize("key", ["", "short", "x" * 65, "with space 123"])
    def test_a_key_is_asked_for(
        self, customer: ApiClient, contract: SupplyContract, key: str
    ) -> None:
        answer = customer.send("POST", "/tickets", words(contract), Idempotency_Key=key)
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
        assert not Ticket.objects.exists()

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"subject": "attitude"}, "subject_wrong"),
            ({"summary": "  "}, "invalid"),
            ({"summary": "长" * 501}, "invalid"),
            ({"kind": "gossip"}, "invalid"),
            ({"account": "x"}, "invalid"),
        ],
    )
    def test_what_cannot_be_is_refused_with_a_sentence(
        self, customer: ApiClient, contract: SupplyContract, given: dict[str, Any], code: str
    ) -> None:
        answer = report(customer, words(contract, **given))
        assert answer.status_code == 422
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == code
        assert not Ticket.objects.exists()

    def test_unknown_and_not_mine_answer_alike(
        self, customer: ApiClient, stranger: ApiClient, contract: SupplyContract
    ) -> None:
        theirs = report(stranger, words(contract))
        unknown = report(stranger, words(contract, account=2**50))
        assert (theirs.status_code, theirs.content) == (404, unknown.content)
        assert not Ticket.objects.exists()

    def test_a_former_owner_reports_nothing(self, desk: Desk) -> None:
        old = a_contract(
            an_account(desk.company),
            a_customer(desk.company, phone=PHONE),
            ends=date(2026, 1, 1),
        )
        answer = report(ApiClient(token_for(PHONE)), words(old))
        assert (answer.status_code, answer.json()["code"]) == (409, "no_current_contract")

    def test_too_many_in_an_hour_are_referred_to_the_hotline(
        self, customer: ApiClient, contract: SupplyContract
    ) -> None:
        for n in range(REPORT_LIMITS[0][1]):
            reported(customer, contract, summary=f"第 {n} 次")
        answer = report(customer, words(contract))
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_reports")
        assert "服务热线" in answer.json()["detail"]
        assert answer.headers["Retry-After"] == "3600"
        assert Ticket.objects.count() == REPORT_LIMITS[0][1]

    def test_without_signing_in(self, anybody: ApiClient, contract: SupplyContract) -> None:
        assert report(anybody, words(contract)).status_code == 401
        assert not Ticket.objects.exists()

    def test_kinds_and_their_subjects_are_told(self, customer: ApiClient) -> None:
        told = {row["kind"]: row for row in customer.read("/ticket-kinds").json()}
        assert list(told) == ["enquiry", "repair", "complaint", "service"]
        assert told["service"]["subjects"][0] == {"subject": "valve", "text": "阀门"}


class TestListAndShow:
    def test_all_about_my_account_whoever_took_it_in(
        self, customer: ApiClient, contract: SupplyContract, desk: Desk
    ) -> None:
        by_phone = a_ticket(desk, "2026-01-12 09:00", a_repair(account=contract.account))
        mine = reported(customer, contract)
        told = customer.read("/tickets").json()
        assert [row["number"] for row in told["tickets"]] == [mine.number, by_phone.number]
        assert told["next_page"] is None

    def test_nobody_elses(
        self, customer: ApiClient, stranger: ApiClient, contract: SupplyContract
    ) -> None:
        ticket = reported(customer, contract)
        assert stranger.read("/tickets").json()["tickets"] == []
        theirs = stranger.read(f"/tickets/{ticket.number}")
        unknown = stranger.read("/tickets/GD11209900000001")
        assert (theirs.status_code, theirs.content) == (404, unknown.content)
        for path, body in (
            ("notes", {"text": "我也来说"}),
            ("verdict", {"solved": False}),
            ("opinion", {"satisfaction": "satisfied"}),
        ):
            answer = say(
                stranger, f"/tickets/{ticket.number}/{path}", body, Idempotency_Key=a_key()
            )
            assert answer.status_code == 404
        assert upload(stranger, ticket.number, "a.jpg", JPEG).status_code == 404
        assert not TicketNote.objects.exists()
        assert not Document.objects.exists()

    def test_owners_before_and_after_do_not_see_each_others(self, desk: Desk) -> None:
        account = an_account(desk.company)
        a_contract(account, a_customer(desk.company, phone=PHONE), ends=date(2026, 1, 12))
        a_contract(account, a_customer(desk.company, phone=OTHER_PHONE), starts=date(2026, 1, 12))
        before = a_ticket(desk, "2026-01-11 23:59", a_repair(account=account))
        after = a_ticket(desk, "2026-01-12 00:00", a_repair(account=account))
        old, new = ApiClient(token_for(PHONE)), ApiClient(token_for(OTHER_PHONE))
        assert [t["number"] for t in old.read("/tickets").json()["tickets"]] == [before.number]
        assert [t["number"] for t in new.read("/tickets").json()["tickets"]] == [after.number]

    def test_who_pays_for_others_sees_their_own_reports_only(self, desk: Desk) -> None:
        payer = a_customer(desk.company, "物业", phone=OTHER_PHONE)
        contract = a_contract(
            an_account(desk.company), a_customer(desk.company, phone=PHONE), payer=payer
        )
        private = reported(
            ApiClient(token_for(PHONE)), contract, kind="complaint", subject="attitude"
        )
        house = ApiClient(token_for(OTHER_PHONE))
        own = reported(house, contract)
        assert own.caller_name == "物业"
        assert [t["number"] for t in house.read("/tickets").json()["tickets"]] == [own.number]
        assert house.read(f"/tickets/{private.number}").status_code == 404

    def test_steps_say_when_and_never_what_staff_wrote_for_each_other(
        self, customer: ApiClient, contract: SupplyContract, desk: Desk
    ) -> None:
        ticket = resolved(contract, desk)
        add_note(ticket, "用户难缠", by=desk.agent, at=timezone.now())
        answer = customer.read(f"/tickets/{ticket.number}")
        told = answer.json()
        assert [step["code"] for step in told["steps"]] == [
            "received",
            "assigned",
            "accepted",
            "departed",
            "arrived",
            "visited",
            "done",
        ]
        assert told["steps"][5]["detail"] == "已修复"
        assert (told["ticket"]["stage"], told["due_at"]) == ("resolved", None)
        assert (told["asks_opinion"], told["asks_solved"]) == (True, True)
        text = answer.content.decode()
        for hidden in ("用户难缠", "分户阀堵塞", "清洗过滤器", "维修甲", "客服甲", "一班"):
            assert hidden not in text

    def test_an_outage_over_my_building_is_told_with_its_expected_end(
        self, customer: ApiClient, contract: SupplyContract, desk: Desk
    ) -> None:
        now = timezone.now()
        incident = register_incident(
            desk.company,
            "内部原因：焊缝",
            Reach(buildings=[contract.account.premise.building]),
            starts_at=now - timedelta(hours=1),
            expected_end_at=now + timedelta(hours=3),
            by=SYSTEM,
            at=now,
        )
        begin_incident(incident, by=SYSTEM, at=now)
        notify_affected(incident, "正在抢修，请保温", by=SYSTEM, at=now)
        (told,) = customer.read("/incidents").json()
        assert (told["number"], told["text"]) == (incident.number, "正在抢修，请保温")
        assert told["accounts"] == [contract.account.number]
        ticket = reported(customer, contract)
        answer = customer.read(f"/tickets/{ticket.number}")
        assert answer.json()["incidents"] == [told]
        assert "焊缝" not in answer.content.decode()

    def test_constant_number_of_statements(
        self, customer: ApiClient, contract: SupplyContract, desk: Desk
    ) -> None:
        def statements() -> int:
            with CaptureQueriesContext(connection) as asked:
                assert customer.read("/tickets").status_code == 200
            return len(asked)

        a_ticket(desk, "2026-01-12 09:00", a_repair(account=contract.account))
        few = statements()
        for _ in range(8):
            a_ticket(desk, "2026-01-12 09:00", a_repair(account=contract.account))
        assert statements() == few <= 15


class TestAddOwnNote:
    def test_is_read_by_both_sides(self, customer: ApiClient, contract: SupplyContract) -> None:
        ticket = reported(customer, contract)
        path, key = f"/tickets/{ticket.number}/notes", a_key()
        for _ in range(2):
            answer = say(customer, path, {"text": "下午在家"}, Idempotency_Key=key)
            assert (answer.status_code, answer.json()["text"]) == (201, "下午在家")
        note = TicketNote.objects.get()
        assert (note.source, note.author) == ("customer", "138****0001")
        steps = customer.read(f"/tickets/{ticket.number}").json()["steps"]
        assert (steps[-1]["code"], steps[-1]["detail"]) == ("note", "下午在家")
        other = say(customer, path, {"text": "晚上在家"}, Idempotency_Key=key)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        assert TicketNote.objects.count() == 1

    def test_not_without_end(self, customer: ApiClient, contract: SupplyContract) -> None:
        ticket = reported(customer, contract)
        path = f"/tickets/{ticket.number}/notes"
        answers = [
            say(customer, path, {"text": f"{n}"}, Idempotency_Key=a_key()) for n in range(21)
        ]
        assert [a.status_code for a in answers] == [201] * 20 + [429]
        assert answers[-1].json()["code"] == "too_many_notes"
        assert TicketNote.objects.count() == 20


class TestAddOwnPhoto:
    def test_is_kept_with_the_ticket_once(
        self, customer: ApiClient, contract: SupplyContract, desk: Desk
    ) -> None:
        ticket = reported(customer, contract)
        first = upload(customer, ticket.number, "暖气.jpg", JPEG)
        again = upload(customer, ticket.number, "again.jpeg", JPEG)
        assert first.status_code == again.status_code == 201
        assert first.json() == again.json()
        kept = Document.objects.get()
        assert (kept.kind, kept.company, kept.record_id, kept.uploaded_by) == (
            "customer_photo",
            desk.company,
            ticket.pk,
            None,
        )
        assert customer.read(f"/tickets/{ticket.number}").json()["photos"] == 1

    @pytest.mark.parametrize(
        ("name", "content", "code"),
        [
            ("large.jpg", JPEG + b"0" * (40 * 1024 * 1024), "file_too_large"),
            ("edge.jpg", JPEG + b"0" * (LARGEST - len(JPEG) + 1), "file_too_large"),
            ("game.jpg", b"MZ\x90\x00 this program cannot be run", "file_disguised"),
            ("game.exe", b"MZ\x90\x00", "file_kind"),
            ("drawing.svg", b"<svg><script>alert(1)</script></svg>", "file_kind"),
            ("drawing.png", b"<svg><script>alert(1)</script></svg>", "file_disguised"),
            ("paper.pdf", b"%PDF-1.7", "file_kind"),
            ("empty.jpg", b"", "file_empty"),
        ],
    )
    def test_only_photos_of_a_decent_size(
        self,
        customer: ApiClient,
        contract: SupplyContract,
        name: str,
        content: bytes,
        code: str,
    ) -> None:
        ticket = reported(customer, contract)
        answer = upload(customer, ticket.number, name, content)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert answer.json()["detail"]
        assert not Document.objects.exists()

    def test_at_most_nine(self, customer: ApiClient, contract: SupplyContract) -> None:
        ticket = reported(customer, contract)
        answers = [
            upload(customer, ticket.number, f"{n}.jpg", JPEG + bytes([n]))
            for n in range(MOST_PHOTOS + 1)
        ]
        assert [a.status_code for a in answers] == [201] * MOST_PHOTOS + [409]
        assert answers[-1].json()["code"] == "too_many_photos"
        assert Document.objects.count() == MOST_PHOTOS

    def test_a_form_without_a_file(self, customer: ApiClient, contract: SupplyContract) -> None:
        ticket = reported(customer, contract)
        answer = customer.post(f"/api/v1/tickets/{ticket.number}/photos", {"file": ""})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


class TestJudgeSolution:
    def test_solved_is_written_down_and_the_call_back_still_owed(
        self, customer: ApiClient, contract: SupplyContract, desk: Desk
    ) -> None:
        ticket = resolved(contract, desk)
        path = f"/tickets/{ticket.number}/verdict"
        for _ in range(2):
            answer = say(customer, path, {"solved": True})
            assert answer.status_code == 200
        told = answer.json()
        assert (told["asks_solved"], told["asks_opinion"]) == (False, True)
        assert SolutionVerdict.objects.get().solved
        ticket.refresh_from_db()
        assert (ticket.state, ticket.redo_count) == ("resolved", 0)
        turned = say(customer, path, {"solved": False})
        assert (turned.status_code, turned.json()["code"]) == (409, "cannot_judge")
        ticket.refresh_from_db()
        assert ticket.redo_count == 0

    def test_not_solved_is_done_again_on_the_first_clock(
        self, customer: ApiClient, contract: SupplyContract, desk: Desk
    ) -> None:
        ticket = resolved(contract, desk)
        path = f"/tickets/{ticket.number}/verdict"
        for _ in range(2):
            answer = say(customer, path, {"solved": False, "remark": "还是凉的"})
            assert (answer.status_code, answer.json()["ticket"]["stage"]) == (200, "accepted")
        again = Ticket.objects.get()
        assert (again.state, again.redo_count, again.clock_state) == ("open", 1, "running")
        assert again.due_at == again.promises.get().due_at
        assert CallBack.objects.get().state == "dropped"
        assert SolutionVerdict.objects.get().remark == "还是凉的"
        assert answer.json()["steps"][-1]["code"] in {"redo", "verdict"}

    def test_after_a_week_it_is_a_new_report(
        self, customer: ApiClient, contract: SupplyContract, desk: Desk
    ) -> None:
        ticket = a_ticket(desk, "2026-01-12 09:00", a_repair(account=contract.account))
        repaired(ticket, desk, t("2026-01-12 10:00"))
        resolve_ticket(ticket, "已修复", by=desk.agent, at=t("2026-01-12 11:00"))
        answer = say(customer, f"/tickets/{ticket.number}/verdict", {"solved": False})
        assert (answer.status_code, answer.json()["code"]) == (409, "cannot_judge")
        assert Ticket.objects.get().redo_count == 0

    def test_only_what_is_resolved(self, customer: ApiClient, contract: SupplyContract) -> None:
        ticket = reported(customer, contract)
        answer = say(customer, f"/tickets/{ticket.number}/verdict", {"solved": True})
        assert (answer.status_code, answer.json()["code"]) == (409, "cannot_judge")
        assert not SolutionVerdict.objects.exists()


class TestAnswerOwnCallBack:
    def test_answers_without_the_link_and_ends_it(
        self, customer: ApiClient, contract: SupplyContract, desk: Desk
    ) -> None:
        ticket = resolved(contract, desk)
        path = f"/tickets/{ticket.number}/opinion"
        answer = say(customer, path, {"satisfaction": "fair", "remark": "来得有点晚"})
        assert (answer.status_code, answer.json()) == (
            200,
            {"satisfaction": "fair", "revisit": False},
        )
        heard = CallBack.objects.get()
        assert (heard.state, heard.satisfaction, heard.remark, heard.taken_by) == (
            "answered",
            "fair",
            "来得有点晚",
            None,
        )
        (link,) = links_of(heard, "answer_call_back")
        assert (link.used_at, link.revoked_at) == (None, heard.answered_at)
        again = say(customer, path, {"satisfaction": "satisfied"})
        assert (again.status_code, again.json()["code"]) == (409, "nothing_asked")
        assert CallBack.objects.get().satisfaction == "fair"


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_one_key_from_many_sides_opens_one_ticket(self) -> None:
        publish_rules()
        desk = a_desk()
        contract = a_contract(an_account(desk.company), a_customer(desk.company, phone=PHONE))
        token, key = token_for(PHONE), a_key()
        answers = at_once([lambda: report(ApiClient(token), words(contract), key)] * 4)
        assert [getattr(a, "status_code", None) for a in answers] == [201] * 4
        assert len({a.json()["ticket"]["number"] for a in answers}) == 1  # type: ignore[union-attr]
        assert Ticket.objects.count() == 1

    def test_one_note_from_many_sides_is_one_note(self) -> None:
        publish_rules()
        desk = a_desk()
        contract = a_contract(an_account(desk.company), a_customer(desk.company, phone=PHONE))
        token, key = token_for(PHONE), a_key()
        path = f"/tickets/{reported(ApiClient(token), contract).number}/notes"
        answers = at_once(
            [lambda: say(ApiClient(token), path, {"text": "在家"}, Idempotency_Key=key)] * 4
        )
        assert [getattr(a, "status_code", None) for a in answers] == [201] * 4
        assert TicketNote.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_real_answers_are_as_described() -> None:
    """What random examples never reach: answers that hold something."""
    publish_rules()
    desk = a_desk()
    contract = a_contract(an_account(desk.company), a_customer(desk.company, phone=PHONE))
    done = resolved(contract, desk)
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema", application)
    headers = {"Authorization": f"Bearer {token_for(PHONE)}"}

    def ask(method: str, path: str, **parts: Any) -> Any:
        if "body" in parts:
            parts["media_type"] = "application/json"
        case = schema[f"/api/v1{path}"][method].Case(**parts)
        answer = case.call_and_validate(checks=CHECKS, headers=headers)
        assert answer.status_code in (200, 201)
        return answer.json()

    opened = ask(
        "POST", "/tickets", headers={"Idempotency-Key": "schema-test-1"}, body=words(contract)
    )
    number = {"number": opened["ticket"]["number"]}
    note = {"path_parameters": number, "body": {"text": "在家"}}
    ask("POST", "/tickets/{number}/notes", headers={"Idempotency-Key": "schema-test-2"}, **note)
    ask("GET", "/tickets")
    ask("GET", "/ticket-kinds")
    ask("GET", "/incidents")
    ask("GET", "/tickets/{number}", path_parameters=number)
    number = {"number": done.number}
    ask("POST", "/tickets/{number}/verdict", path_parameters=number, body={"solved": True})
    ask(
        "POST",
        "/tickets/{number}/opinion",
        path_parameters=number,
        body={"satisfaction": "fair"},
    )
    ask("GET", "/tickets/{number}", path_parameters=number)
