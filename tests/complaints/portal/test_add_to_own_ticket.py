"""A customer adds notes and photos to a ticket and judges how it was solved."""

import pytest

from complaints.models import CallBack, SolutionVerdict, Ticket, TicketNote
from complaints.portal.operations import MOST_PHOTOS
from complaints.tickets.resolution import resolve_ticket
from customers.models import SupplyContract
from office.documents.operations import LARGEST
from office.models import Document
from office.tokens.one_time_links import links_of
from tests.complaints.portal.own_tickets import JPEG, a_key, reported, resolved, say, upload
from tests.customer_api import ApiClient
from tests.service_desk import Desk, a_repair, a_ticket, repaired, t

pytestmark = pytest.mark.django_db


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
        document = Document.objects.get()
        assert (document.kind, document.company, document.record_id, document.uploaded_by) == (
            "customer_photo",
            desk.company,
            ticket.pk,
            None,
        )
        assert customer.read(f"/tickets/{ticket.number}").json()["photos"] == 1
        assert TicketNote.objects.get().text == "上传了照片"
        english = customer.send("GET", f"/tickets/{ticket.number}", Accept_Language="en").json()
        notes = [step["detail"] for step in english["steps"] if step["code"] == "note"]
        assert notes == ["Photo uploaded"]

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
        body = answer.json()
        assert (body["asks_solved"], body["asks_opinion"]) == (False, True)
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
