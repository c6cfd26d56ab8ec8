"""A temperature test on its screens: recorded with both signatures, printed as evidence."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from complaints.models import Crew, SpotCheckItem, TemperatureTest
from complaints.spot_checks.operations import Size, draw_spot_checks, plan_spot_checks
from complaints.temperature_tests.sheets import temperature_sheet
from customers.models import Account
from heating.roles import AGENT
from office.models import Document, JournalEntry, User
from tests.builders import a_company, a_member_of_staff, an_account
from tests.office.pdf_reading import texts_of
from tests.service_desk import Desk, a_desk, a_repair, a_ticket, t
from tests.shown_form import send_shown

pytestmark = pytest.mark.django_db

ADD = "admin:complaints_temperaturetest_add"
MONDAY = t("2026-01-12 09:00")


def signed_in(client: Client, user: User | None) -> Client:
    assert user is not None
    client.force_login(user)
    return client


def photo(n: int, content: bytes = b"", name: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name or f"签字{n}.jpg", content or b"\xff\xd8\xff" + bytes([n]))


def filled_form(account: Account, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "account_number": account.number,
        "ticket_number": "",
        "instrument": "WS-0017",
        "calibrated_until": "2026-06-30",
        "measured_at": "2026-01-12T08:30",
        "outside": "-12.5",
        "required": "18",
        "customer_name": "王秀英",
        "tester_signature": photo(1),
        "customer_signature": photo(2),
        "reading-TOTAL_FORMS": "3",
        "reading-INITIAL_FORMS": "0",
        "reading-0-room": "主卧",
        "reading-0-celsius": "16.4",
        "reading-1-room": "客厅",
        "reading-1-celsius": "18.2",
        "reading-1-measured_at": "2026-01-12T08:40",
        "reading-2-room": "",
        "reading-2-celsius": "",
    }
    return values | changes


@pytest.fixture
def account(desk: Desk) -> Account:
    return an_account(desk.company)


class TestRecordTemperatureTest:
    def test_on_one_page_with_both_signatures(
        self, desk: Desk, account: Account, client: Client
    ) -> None:
        ticket = a_ticket(desk, "2026-01-12 08:00", a_repair(account=account))
        client = signed_in(client, desk.repairer.user)
        begun = client.get(reverse(ADD), {"ticket": ticket.pk})
        assert account.number in begun.content.decode()
        answer = client.post(reverse(ADD), filled_form(account, ticket_number=ticket.number))
        test = TemperatureTest.objects.get()
        page = reverse("admin:complaints_temperaturetest_change", args=[test.pk])
        assert answer["Location"] == page
        assert (test.ticket, test.coldest, test.passed) == (ticket, Decimal("16.4"), False)
        assert [(r.room, r.measured_at) for r in test.readings.all()] == [
            ("主卧", t("2026-01-12 08:30")),
            ("客厅", t("2026-01-12 08:40")),
        ]
        assert {paper.kind for paper in Document.objects.all()} == {"signature"}
        text = client.get(page).content.decode()
        assert text.count("不合格") == 2
        assert test.tester_signature.sha256[:12] in text
        again = filled_form(
            account,
            ticket_number=ticket.number,
            tester_signature=photo(1),
            customer_signature=photo(2),
        )
        assert client.post(reverse(ADD), again)["Location"] == page
        assert TemperatureTest.objects.count() == 1

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"account_number": "9"}, "没有这个户号"),
            ({"ticket_number": "GD1"}, "没有这张工单"),
            ({"calibrated_until": "2026-01-11"}, "已超过检定有效期"),
            ({"reading-0-celsius": "164"}, "核对小数点"),
            ({"reading-0-room": "", "reading-1-room": ""}, "errorlist"),
            ({"customer_signature": None}, "errorlist"),
            ({"measured_at": "2199-12-31T08:00"}, "不能晚于现在"),
        ],
    )
    def test_refused_in_place_and_no_paper_is_kept(
        self, desk: Desk, account: Account, client: Client, changes: dict[str, Any], sentence: str
    ) -> None:
        client = signed_in(client, desk.repairer.user)
        sent = {
            key: value
            for key, value in filled_form(account, **changes).items()
            if value is not None
        }
        answer = client.post(reverse(ADD), sent)
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
        assert "王秀英" in answer.content.decode()
        assert (TemperatureTest.objects.count(), Document.objects.count()) == (0, 0)

    @pytest.mark.parametrize(
        ("bad", "code"),
        [
            (photo(1), 422),
            (photo(3, b"MZ\x90\x00"), 422),
            (photo(3, b"<svg onload=alert(1)>", "签字.svg"), 422),
            (photo(3, b"\xff\xd8\xff" + bytes(40 * 1024 * 1024)), 422),
            (photo(3, b"#!AMR\n", "签字.amr"), 422),
        ],
        ids=["the same", "a program", "a drawing", "40 MB", "a recording"],
    )
    def test_refused_without_two_true_signatures(
        self, desk: Desk, account: Account, client: Client, bad: Any, code: int
    ) -> None:
        client = signed_in(client, desk.repairer.user)
        sent = filled_form(account, customer_signature=SimpleUploadedFile(bad.name, bad.read()))
        bad.seek(0)
        assert client.post(reverse(ADD), sent).status_code == code
        assert (TemperatureTest.objects.count(), Document.objects.count()) == (0, 0)

    def test_of_a_drawn_flat_is_counted_in_its_plan(
        self, desk: Desk, account: Account, client: Client
    ) -> None:
        plan = plan_spot_checks(
            desk.company,
            "一月抽测",
            Size(flats=1),
            starts_on=date(2026, 1, 10),
            ends_on=date(2026, 1, 20),
            by=desk.manager,
            at=MONDAY,
        )
        drawn_at = t("2026-01-12 08:00")
        item = draw_spot_checks(plan, by=desk.manager, at=drawn_at).items.get()
        client = signed_in(client, desk.repairer.user)
        assert account.number in client.get(reverse(ADD), {"spot_check": item.pk}).content.decode()
        client.post(reverse(ADD), filled_form(account, spot_check=item.pk))
        assert SpotCheckItem.objects.get().test == TemperatureTest.objects.get()

    def test_another_companys_account_is_not_there(
        self, desk: Desk, account: Account, client: Client
    ) -> None:
        client = signed_in(client, a_desk("21").repairer.user)
        answer = client.post(reverse(ADD), filled_form(account))
        assert "没有这个户号" in answer.content.decode()
        assert client.get(reverse(ADD), {"ticket": "1", "spot_check": "x"}).status_code == 200
        client = signed_in(client, desk.agent.user)
        assert client.post(reverse(ADD), filled_form(account)).status_code == 403
        assert not TemperatureTest.objects.exists()


class TestSheet:
    def test_says_everything_the_evidence_rests_on(
        self, desk: Desk, account: Account, client: Client
    ) -> None:
        client = signed_in(client, desk.repairer.user)
        client.post(reverse(ADD), filled_form(account))
        test = TemperatureTest.objects.get()
        address = reverse("admin:complaints_temperaturetest_sheet", args=[test.pk])
        answer = client.get(address)
        assert answer["Content-Type"] == "application/pdf"
        text = "".join(text for page in texts_of(answer.content) for text in page)
        text = "".join(text.split())
        sheet = temperature_sheet(test)
        for part in (account.number, account.premise.address, "WS-0017", "16.4", "不合格", "-12.5"):
            assert part in text
        assert test.customer_signature.sha256[:20] in text
        assert sheet.number in text
        client = signed_in(client, a_desk("21").repairer.user)
        assert client.get(address).status_code == 404


class TestCrews:
    def test_members_are_of_the_crews_company(self, desk: Desk, client: Client) -> None:
        client = signed_in(client, desk.manager.user)
        page = reverse("admin:complaints_crew_change", args=[desk.crew.pk])
        assert client.get(page).status_code == 200
        other = a_member_of_staff("别家", AGENT, a_company("21"))
        both = [desk.repairer.user, desk.other_repairer.user]
        sent = {"name": "一班", "members": [user.pk for user in both if user], "active": "on"}
        assert send_shown(client, page, sent).status_code == 302
        assert set(desk.crew.members.all()) == set(both)
        send_shown(client, page, {**sent, "members": [other.pk]})
        assert set(desk.crew.members.all()) == set(both)
        assert JournalEntry.objects.filter(action="change_crew").count() == 1
        stranger = signed_in(client, a_desk("21").manager.user)
        assert stranger.get(page).status_code == 404
        shown = stranger.get(reverse("admin:complaints_crew_changelist")).context["cl"]
        assert desk.crew.pk not in [crew.pk for crew in shown.result_list]

    def test_only_the_manager_edits(self, desk: Desk, client: Client) -> None:
        client = signed_in(client, desk.agent.user)
        page = reverse("admin:complaints_crew_change", args=[desk.crew.pk])
        client.post(page, {"name": "三班"})
        assert Crew.objects.get(pk=desk.crew.pk).name == "一班"
