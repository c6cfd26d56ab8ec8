"""The demo's world: exactly so much of everything, made once, and never in a production."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from billing.ledger.checks import check_ledger
from billing.ledger.open_bills import open_bills_of
from billing.models import (
    AccountImport,
    AdvanceRefund,
    Alarm,
    Bill,
    BillingRun,
    BillKind,
    ParkedAccount,
    Payment,
    Receipt,
    RefundToSource,
    Shift,
)
from billing.states import BillingRunState, ShiftState
from complaints.classes import TicketKind
from complaints.hand_overs.open_hand_overs import REPLIED, WAITING
from complaints.kpis.periods import season_period
from complaints.models import (
    ArticleVersion,
    CallBack,
    Escalation,
    HandOver,
    Incident,
    KpiFact,
    TemperatureTest,
    Ticket,
    Visit,
)
from complaints.states import TicketState
from customers.models import (
    Account,
    Building,
    Customer,
    HeatSource,
    HeatStation,
    Message,
    SupplyContract,
)
from heating.demo.city import TAIYUAN_TOWN, Row, Settlement
from heating.demo.customers import KNOWN
from heating.demo.loading import Loaded, load_demo
from heating.demo.progress import SHARES, Progress, Stage
from heating.demo.staff import DESKS, PASSWORD
from heating.demo.welcome import welcome
from heating.roles import STAFF_ROLES
from office.identity import check_id_number, check_mobile
from office.models import Company, JournalEntry, User
from office.refusals import Refused
from tests.builders import a_company, an_account

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


@pytest.fixture
def companies(db: None) -> None:
    for code in ("11", "21"):
        a_company(code)


@pytest.fixture(scope="class")
def stages() -> list[Stage]:
    """The stages of the loading, as they were reported."""
    return []


@pytest.fixture(scope="class")
def loaded(stages: list[Stage], django_db_setup: None, django_db_blocker: Any) -> Iterator[Loaded]:
    """Made once for the class; whatever its tests do is taken back after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        for code in ("11", "21"):
            a_company(code)
        yield load_demo(accounts=320, seed=2026, at=NOW, done=stages.append)
        transaction.set_rollback(True)


class TestLoadDemo:
    def test_no_flood_of_messages_hides_the_sign_in_code(self, loaded: Loaded) -> None:
        assert Message.objects.filter(bulk=True).exists()
        assert set(Message.objects.values_list("state", flat=True)) == {"expired"}
        assert not Ticket.objects.filter(confirmation_owed=True).exists()

    def test_every_stage_is_reported_once_and_has_its_share(
        self, loaded: Loaded, stages: list[Stage]
    ) -> None:
        assert stages == list(Stage) == list(SHARES)
        assert sum(SHARES.values()) == 100

    def test_one_refund_has_arrived_and_one_needs_somebody(self, loaded: Loaded) -> None:
        refunds = RefundToSource.objects.order_by("pk").values_list("state", "amount_fen")
        assert list(refunds) == [("paid", 500_00), ("abnormal", 500_00)]
        assert AdvanceRefund.objects.get().state == "approved"

    def test_exactly_so_much(self, loaded: Loaded) -> None:
        assert loaded.anew
        assert Account.objects.filter(company__code="11").count() == 200
        assert Account.objects.filter(company__code="21").count() == 120
        # 160 of Taiyuan's accounts were billed and one parked, 40 wait for the second person.
        issued, waiting = BillingRun.objects.filter(company__code="11").order_by("pk")
        assert (issued.state, issued.bill_count) == (BillingRunState.ISSUED, 159)
        assert (waiting.state, waiting.bill_count) == (BillingRunState.PREVIEWED, 40)
        assert issued.approved_by_id != issued.created_by_id
        assert BillingRun.objects.get(company__code="21").bill_count == 120
        parked = ParkedAccount.objects.get()
        assert (parked.reason, parked.run) == ("no_price", issued)
        assert "临时施工用热" in parked.sentence
        assert Bill.objects.filter(kind=BillKind.SEASON).count() == 159 + 120

    def test_every_building_hangs_on_a_loop_below_the_source(self, loaded: Loaded) -> None:
        for code in ("11", "21"):
            source = HeatSource.objects.get(company__code=code)
            stations = HeatStation.objects.filter(company__code=code)
            assert set(source.heat_stations.all()) == set(stations) != set()
            hanging = Building.objects.filter(loops__heat_station__heat_source=source)
            built = Building.objects.filter(community__company__code=code)
            assert set(hanging) == set(built) != set()
            assert Incident.objects.filter(
                company__code=code, level="loop", loops__heat_station__heat_source=source
            ).exists()

    def test_rows_the_import_sent_back(self, loaded: Loaded) -> None:
        imported = AccountImport.objects.get(company__code="11")
        assert [row["says"] for row in imported.report["rows_refused"]] == [
            "户名为空",
            "身份证校验位错误",
            "建筑面积必须大于零",
            "热价类别不存在",
            "户号重复",
            "手机号无效",
        ]
        assert imported.refused_file
        assert AccountImport.objects.get(company__code="21").report["rows_refused_count"] == 0

    def test_money_of_every_kind(self, loaded: Loaded) -> None:
        paid = Payment.objects.values_list("method", flat=True)
        assert set(paid) == {"cash", "card", "transfer", "wechat_native", "wechat_jsapi"}
        assert loaded.payments == Receipt.objects.count() + 1
        assert 70 <= loaded.payments <= 110
        suspense = Payment.objects.get(in_suspense=True)
        alarm = Alarm.objects.get(kind="amount_differs")
        assert alarm.resolved_at is None
        assert suspense.transaction_id in alarm.key
        open_shift = Shift.objects.get(state=ShiftState.OPEN)
        assert open_shift.cashier.username == "cashier"

    def test_the_books_are_whole(self, loaded: Loaded) -> None:
        assert [result.check.name for result in check_ledger() if not result.holds] == []

    def test_nothing_lies_ahead_of_now(self, loaded: Loaded) -> None:
        assert not JournalEntry.objects.filter(at__gt=NOW).exists()
        assert not Payment.objects.filter(paid_at__gt=NOW).exists()

    def test_known_customers_owe(self, loaded: Loaded) -> None:
        for demo_customer in KNOWN:
            customer = Customer.objects.get(phone=demo_customer.phone)
            contracts = SupplyContract.objects.filter(customer=customer)
            assert (customer.name, contracts.count()) == (
                demo_customer.name,
                demo_customer.accounts,
            )
            labels = [
                item.bill.season.label
                for item in open_bills_of([contract.pk for contract in contracts])
            ]
            past = ["2025-2026"] if demo_customer.owes_last_season else []
            assert labels == past + ["2026-2027"] * demo_customer.accounts

    def test_every_desk_has_its_person(self, loaded: Loaded) -> None:
        roles = {user.groups.get().name for user in User.objects.all()}
        assert roles == {role.name for role in STAFF_ROLES}
        for desk in DESKS:
            user = User.objects.get(username=desk.username)
            assert user.check_password(PASSWORD)
            assert not user.is_superuser
        assert User.objects.get(username="cashier-lanzhou").companies.get().code == "21"
        assert Company.objects.get(code="11").hotline == "0351-1009611"

    def test_tickets_in_every_state(self, loaded: Loaded) -> None:
        taiyuan, lanzhou = (
            set(Ticket.objects.filter(company__code=code).values_list("state", flat=True))
            for code in ("11", "21")
        )
        assert taiyuan == set(TicketState)
        assert lanzhou >= {"open", "assigned", "handed_over", "resolved", "closed"}
        assert set(Ticket.objects.values_list("kind", flat=True)) == set(TicketKind)
        assert {"paused", "running", "done"} == set(
            Ticket.objects.values_list("clock_state", flat=True)
        )
        visits = set(Visit.objects.values_list("state", flat=True))
        assert visits == {"assigned", "departed", "arrived", "completed"}

    def test_this_season_has_a_last_one_to_be_compared_to(self, loaded: Loaded) -> None:
        before = Ticket.objects.filter(reported_at__lt=NOW - timedelta(days=300))
        for code in ("11", "21"):
            done = before.filter(company__code=code)
            assert set(done.values_list("state", flat=True)) == {"closed"}
            season = season_period(NOW.date()).year_before("last_season")
            nights = KpiFact.objects.filter(
                company__code=code, night__day__gte=season.since, night__day__lt=season.until
            )
            assert set(nights.values_list("measure", flat=True)) >= {"received", "solved"}

    def test_a_repair_failed_twice(self, loaded: Loaded) -> None:
        ticket = Ticket.objects.get(redo_count=2)
        assert ticket.state == TicketState.CLOSED
        assert [p.cause for p in ticket.promises.order_by("pk")] == ["opened", "reclassified"]
        assert ticket.visits.count() == 3

    def test_incidents_tell_the_affected(self, loaded: Loaded) -> None:
        burst = Incident.objects.get(company__code="11")
        assert (burst.state, burst.tickets.exists()) == ("ongoing", True)
        assert burst.notices.get().accounts == burst.notices.get().recipients.count() > 0
        lanzhou = Incident.objects.filter(company__code="21").order_by("state")
        assert [incident.state for incident in lanzhou] == ["announced", "closed"]

    def test_call_backs_owed_answered_and_given_up(self, loaded: Loaded) -> None:
        states = set(CallBack.objects.values_list("state", flat=True))
        assert states >= {"due", "answered", "unanswered"}
        through = set(CallBack.objects.values_list("heard_through", flat=True))
        assert through >= {"call", "link"}
        assert Escalation.objects.filter(step="breached").exists()

    def test_one_department_has_replied_and_one_still_waits(self, loaded: Loaded) -> None:
        taiyuan = HandOver.objects.filter(ticket__company__code="11")
        assert taiyuan.filter(WAITING).count() == taiyuan.filter(reply__isnull=False).count() == 1
        assert Ticket.objects.get(REPLIED).company.code == "11"

    def test_rooms_were_measured(self, loaded: Loaded) -> None:
        passed = [test.passed for test in TemperatureTest.objects.all()]
        assert sorted(passed) == [False, True, True]

    def test_the_knowledge_base_is_published_but_for_one(self, loaded: Loaded) -> None:
        states = ArticleVersion.objects.values_list("state", flat=True)
        assert sorted(states) == ["draft", *["published"] * 8]

    def test_a_second_time_changes_nothing(self, loaded: Loaded) -> None:
        entries = JournalEntry.objects.count()
        output = StringIO()
        call_command("load_demo", accounts=40, stdout=output)
        assert "没有改动" in output.getvalue()
        assert JournalEntry.objects.count() == entries
        assert Account.objects.count() == 320


class TestProgress:
    def test_says_how_long_the_rest_takes_at_the_pace_so_far(self) -> None:
        moments = iter([100.0, 106.0, 150.0])
        heard: list[tuple[int, int]] = []
        progress = Progress(lambda: next(moments), lambda *seconds: heard.append(seconds))
        progress.done(Stage.PEOPLE)
        progress.done(Stage.TAIYUAN)
        first, second = SHARES[Stage.PEOPLE], SHARES[Stage.PEOPLE] + SHARES[Stage.TAIYUAN]
        assert heard == [
            (6, round(6 * (100 - first) / first)),
            (50, round(50 * (100 - second) / second)),
        ]


class TestRefusals:
    def test_refused_in_production(self, companies: None, settings: Any) -> None:
        settings.PRODUCTION = True
        with pytest.raises(CommandError, match="不能装入生产环境"):
            call_command("load_demo", accounts=40)
        assert not User.objects.exists()

    def test_refused_with_a_key_of_ones_own(self, companies: None, settings: Any) -> None:
        settings.SECRET_KEY = "x" * 60
        with pytest.raises(Refused, match="不能装入生产环境"):
            load_demo(accounts=40, seed=1, at=NOW)
        assert not User.objects.exists()

    def test_refused_beside_other_accounts(self, companies: None) -> None:
        an_account(Company.objects.get(code="11"))
        with pytest.raises(Refused, match="只装入空库"):
            load_demo(accounts=40, seed=1, at=NOW)
        assert Account.objects.count() == 1


class TestSettlement:
    def test_the_same_seed_settles_the_same_people(self) -> None:
        assert settled("2026") == settled("2026")
        assert settled("2026") != settled("2027")

    def test_numbers_are_valid_and_nobodys_twice(self) -> None:
        rows = [row for row in settled("2026") if row.kind == "居民" and row.name][:-6]
        for row in rows:
            check_id_number(row.id_number)
            check_mobile(row.phone)
        people = {row.number: row.id_number for row in rows}
        # One person has two flats.
        assert len(set(people.values())) == len(people) - 1


def settled(seed: str) -> list[Row]:
    return Settlement(TAIYUAN_TOWN, 200, Random(seed), date(2026, 10, 8)).rows()


class TestWelcome:
    def test_names_every_desk_and_customer(self) -> None:
        text = welcome(8000)
        for desk in DESKS:
            assert f"{desk.username} " in text
        for demo_customer in KNOWN:
            assert demo_customer.phone in text
        assert PASSWORD in text
        assert "http://127.0.0.1:8000/admin/" in text
        assert "http://127.0.0.1:8000/my/" in text
