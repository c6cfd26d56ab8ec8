"""An applicant follows a connection by number and telephone; wrong pairs all get one answer."""

import pytest
from django.core.cache import cache
from django.test import Client

from customers.connection.applications import return_application
from customers.connection.following import progress_of_applicant
from tests.customers.connection_records import NOON, TODAY, applied, people

pytestmark = pytest.mark.django_db

PHONE = "13800000001"


class TestFollowConnection:
    def test_the_applicant_reads_what_is_missing(self, client: Client) -> None:
        staff = people()
        connection = applied(staff)
        return_application(connection, reason="图纸不清", by=staff.agent, at=NOON)
        progress = progress_of_applicant(f" {connection.number.lower()} ", "138 0000 0001")
        assert progress is not None
        assert (str(progress.state), progress.since, progress.due_on) == ("待补正", TODAY, None)
        assert progress.reason.startswith("图纸不清")
        assert [(str(state), day) for state, day in progress.passed] == [("待受理", TODAY)]
        sent = {"number": connection.number, "phone": PHONE}
        page = client.post("/connection/follow", sent)
        assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
        assert "图纸不清" in page.content.decode()
        assert staff.agent.label not in page.content.decode()

    def test_wrong_pairs_get_one_answer_and_are_slowed_down(self, client: Client) -> None:
        cache.clear()
        connection = applied(people())
        pairs = [(connection.number, "13800000002"), ("RW11-2026-9999", PHONE)]
        pages = []
        for number, phone in pairs:
            page = client.post("/connection/follow", {"number": number, "phone": phone})
            assert page.status_code == 404
            text = page.content.decode()
            pages.append(text.replace(number, "").replace(phone, "").split('id="notice"')[1])
        assert _without_token(pages[0]) == _without_token(pages[1])
        answers = [
            client.post("/connection/follow", {"number": connection.number, "phone": "1"})
            for _ in range(11)
        ]
        assert [answer.status_code for answer in answers[-2:]] == [429, 429]
        cache.clear()


def _without_token(page: str) -> str:
    """The page without the token against forged forms, which differs each time."""
    start = page.index("csrfmiddlewaretoken")
    return page[:start] + page[page.index(">", start) :]
