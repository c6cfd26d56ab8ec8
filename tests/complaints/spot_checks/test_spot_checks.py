"""Spot checks: a draw nobody can steer and everybody can repeat, and what came of every flat."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from complaints.flat_sample import (
    Flat,
    Position,
    draw,
    floor_of,
    positions,
    scope_digest,
    share_out,
)
from complaints.models import SkipReason, SpotCheckItem, SpotCheckPlan, TemperatureTest
from complaints.spot_checks.operations import (
    Size,
    draw_spot_checks,
    link_spot_check,
    plan_spot_checks,
    skip_spot_check,
)
from complaints.spot_checks.progress import flats_in_scope, progress_of
from complaints.temperature_tests.operations import (
    Instrument,
    Reading,
    Signatures,
    record_temperature_test,
)
from customers.models import Account
from heating.roles import AUDITOR
from office.models import User
from office.refusals import NotAllowed, Refused
from tests.builders import a_company, a_member_of_staff, an_account
from tests.clock import present
from tests.service_desk import DAY, HOUR, Desk, a_desk, a_paper, t

pytestmark = pytest.mark.django_db

MONDAY = t("2026-01-12 09:00")


def city(flats: int) -> list[Flat]:
    """Two stations, buildings of six floors with two doors each."""
    return [
        Flat(n, f"11{n:06d}", f"{1 + n % 2}站", n // 12, f"{1 + n // 2 % 6}0{1 + n % 2}")
        for n in range(flats)
    ]


class TestDraw:
    def test_is_the_same_for_everybody_in_any_order(self) -> None:
        flats = city(600)
        drawn, layers = draw(flats, 60, "seed")
        again, drawn_layers = draw(list(reversed(flats)), 60, "seed")
        assert [lot.flat.number for lot in again] == [lot.flat.number for lot in drawn]
        assert drawn_layers == layers
        assert scope_digest(reversed(flats)) == scope_digest(flats)
        other, _ = draw(flats, 60, "another")
        assert {lot.flat.number for lot in other} != {lot.flat.number for lot in drawn}

    def test_shares_the_sample_by_station_and_position(self) -> None:
        drawn, layers = draw(city(600), 60, "seed")
        assert len(drawn) == 60
        assert [(x.station, x.position, x.flats, x.drawn) for x in layers] == [
            ("1站", "bottom", 50, 5),
            ("1站", "middle", 200, 20),
            ("1站", "top", 50, 5),
            ("2站", "bottom", 50, 5),
            ("2站", "middle", 200, 20),
            ("2站", "top", 50, 5),
        ]
        assert Counter(lot.position for lot in drawn) == {
            Position.BOTTOM: 10,
            Position.MIDDLE: 40,
            Position.TOP: 10,
        }

    def test_every_flat_has_the_same_chance(self) -> None:
        flats = city(48)
        hits = Counter(lot.flat.number for n in range(400) for lot in draw(flats, 12, f"{n}")[0])
        assert len(hits) == 48
        assert 60 < min(hits.values()) <= max(hits.values()) < 150

    def test_a_small_sample_leaves_no_floor_out(self) -> None:
        flats = city(48)
        hits = Counter(lot.flat.number for n in range(800) for lot in draw(flats, 3, f"{n}")[0])
        assert len(hits) == 48
        assert 25 < min(hits.values()) <= max(hits.values()) < 85

    def test_floors_are_read_from_rooms(self) -> None:
        assert [floor_of(room) for room in ("1203", "302", "101", "12", "A1", "0001")] == [
            12,
            3,
            1,
            None,
            None,
            None,
        ]
        lying = positions(
            [Flat(1, "1", "", 1, "301"), Flat(2, "2", "", 1, "东户"), Flat(3, "3", "", 1, "201")]
        )
        assert lying == {1: Position.TOP, 2: Position.UNKNOWN, 3: Position.MIDDLE}

    @given(
        sizes=st.dictionaries(
            st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), st.integers(0, 500)
        ),
        wanted=st.integers(0, 2000),
        seed=st.text(),
    )
    def test_shares_are_whole_fair_and_add_up(
        self, sizes: dict[tuple[str, str], int], wanted: int, seed: str
    ) -> None:
        shares, total = share_out(sizes, wanted, seed), sum(sizes.values())
        assert sum(shares.values()) == min(wanted, total)
        for layer, share in shares.items():
            exact = min(wanted, total) * sizes[layer] / total if total else 0
            assert 0 <= share <= sizes[layer]
            assert abs(share - exact) < 1


@pytest.fixture
def accounts(desk: Desk) -> list[Account]:
    return [an_account(desk.company) for _ in range(6)]


def planned(desk: Desk, size: Size | None = None, title: str = "一月抽测") -> SpotCheckPlan:
    return plan_spot_checks(
        desk.company,
        title,
        size or Size(flats=3),
        starts_on=date(2026, 1, 10),
        ends_on=date(2026, 1, 20),
        by=desk.manager,
        at=MONDAY,
    )


def measured(desk: Desk, account: Account, celsius: str = "18.5", when: Any = MONDAY) -> Any:
    papers = [a_paper(account, desk.company, by=desk.repairer, at=when) for _ in range(2)]
    return record_temperature_test(
        account,
        [Reading("主卧", when, Decimal(celsius))],
        Instrument("WS-1", (when + 9 * DAY).date()),
        Signatures(papers[0], papers[1], "王秀英"),
        outside=Decimal(-10),
        required=Decimal(18),
        by=desk.repairer,
        at=when + HOUR,
    )


class TestPlanSpotChecks:
    def test_its_seed_is_nobodys_choice(self, desk: Desk) -> None:
        assert planned(desk).seed != planned(desk, title="二月抽测").seed

    @pytest.mark.parametrize(
        ("size", "sentence"),
        [
            (Size(), "二者选一"),
            (Size(3, Decimal(1)), "二者选一"),
            (Size(flats=0), "户数应在 1 到 20000"),
            (Size(share_percent=Decimal("100.5")), "占比应大于 0"),
        ],
    )
    def test_refused_without_a_size(self, desk: Desk, size: Size, sentence: str) -> None:
        with pytest.raises(Refused, match=sentence):
            planned(desk, size)
        assert not SpotCheckPlan.objects.exists()

    def test_refused_twice_of_one_name_and_to_who_may_not(self, desk: Desk) -> None:
        planned(desk)
        with pytest.raises(Refused, match="已有同名"):
            planned(desk)
        with pytest.raises(NotAllowed):
            plan_spot_checks(
                a_company("21"),
                "x",
                Size(flats=1),
                starts_on=date(2026, 1, 1),
                ends_on=date(2026, 1, 2),
                by=desk.manager,
                at=MONDAY,
            )
        assert SpotCheckPlan.objects.count() == 1


class TestDrawSpotChecks:
    def test_once_and_as_the_pure_rule_says(self, desk: Desk, accounts: list[Account]) -> None:
        Account.objects.filter(pk=accounts[0].pk).update(supply_state="stopped")
        plan = draw_spot_checks(planned(desk), by=desk.manager, at=MONDAY)
        flats = flats_in_scope(desk.company)
        wanted, _ = draw(flats, 3, plan.seed)
        assert [item.account_id for item in plan.items.order_by("ordinal")] == [
            lot.flat.account for lot in wanted
        ]
        assert (plan.scope_size, plan.scope_sha256) == (5, scope_digest(flats))
        with pytest.raises(Refused, match="不能重抽"):
            draw_spot_checks(plan, by=desk.manager, at=MONDAY)
        assert plan.items.count() == 3

    def test_a_share_is_rounded_up(self, desk: Desk, accounts: list[Account]) -> None:
        plan = planned(desk, Size(share_percent=Decimal("40")))
        assert draw_spot_checks(plan, by=desk.manager, at=MONDAY).items.count() == 3

    def test_is_frozen_by_the_database(self, desk: Desk, accounts: list[Account]) -> None:
        plan = draw_spot_checks(planned(desk), by=desk.manager, at=MONDAY)
        rows = SpotCheckPlan.objects.filter(pk=plan.pk)
        for forbidden in (
            lambda: rows.update(seed="mine"),
            lambda: plan.items.update(account=accounts[0]),
            lambda: plan.items.all().delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                forbidden()

    def test_in_a_constant_number_of_statements(self, desk: Desk, accounts: list[Account]) -> None:
        counts = []
        for n in range(2):
            plan = planned(desk, Size(share_percent=Decimal(100)), title=f"{n}")
            with CaptureQueriesContext(connection) as queries:
                draw_spot_checks(plan, by=desk.manager, at=MONDAY)
            counts.append(len(queries))
            for _ in range(10):
                an_account(desk.company)
        assert counts[0] == counts[1]


class TestLinkSpotCheck:
    def test_by_a_test_of_the_flat_within_the_days(
        self, desk: Desk, accounts: list[Account]
    ) -> None:
        plan = draw_spot_checks(planned(desk), by=desk.manager, at=MONDAY)
        first, second, third = plan.items.select_related("account").order_by("ordinal")
        warm, cold = measured(desk, first.account), measured(desk, second.account, "15.0")
        link_spot_check(first, warm, by=desk.repairer, at=MONDAY + DAY)
        link_spot_check(second, cold, by=desk.repairer, at=MONDAY + DAY)
        skip_spot_check(third, SkipReason.REFUSED, by=desk.repairer, at=MONDAY + DAY)
        progress = progress_of(plan)
        assert (progress.drawn, progress.tested, progress.passed, progress.skipped) == (3, 2, 1, 1)
        assert (progress.open, progress.settled_percent, progress.pass_percent) == (0, 100, "50.0")
        with pytest.raises(Refused, match="已经登记过结果"):
            skip_spot_check(first, SkipReason.VACANT, by=desk.repairer, at=MONDAY + DAY)

    def test_refused_for_another_flat_another_day_or_twice(
        self, desk: Desk, accounts: list[Account]
    ) -> None:
        plan = draw_spot_checks(planned(desk), by=desk.manager, at=MONDAY)
        first, second, _third = plan.items.select_related("account").order_by("ordinal")
        late = measured(desk, first.account, when=t("2026-02-01 09:00"))
        right = measured(desk, first.account)
        for item, test, sentence in (
            (second, right, "不是该户的测温"),
            (first, late, "不在抽测计划的起止日期内"),
        ):
            with pytest.raises(Refused, match=sentence):
                link_spot_check(item, test, by=desk.repairer, at=MONDAY)
        with pytest.raises(Refused, match="请说明未测的原因"):
            skip_spot_check(first, SkipReason.OTHER, " ", by=desk.repairer, at=MONDAY)
        with pytest.raises(NotAllowed):
            link_spot_check(first, right, by=desk.agent, at=MONDAY)
        assert not SpotCheckItem.objects.filter(settled_at__isnull=False).exists()


def signed_in(client: Client, user: User | None) -> Client:
    assert user is not None
    client.force_login(user)
    return client


class TestPages:
    def test_planned_drawn_and_settled_on_screen(
        self, desk: Desk, accounts: list[Account], client: Client
    ) -> None:
        client = signed_in(client, desk.manager.user)
        add = reverse("admin:complaints_spotcheckplan_add")
        form = {
            "company": desk.company.pk,
            "title": "一月抽测",
            "starts_on": f"{timezone.localdate(present())}",
            "ends_on": f"{timezone.localdate(present()) + DAY}",
        }
        wrong = client.post(add, form)
        assert (wrong.status_code, "二者选一" in wrong.content.decode()) == (422, True)
        client.post(add, {**form, "flats": "2"})
        plan = SpotCheckPlan.objects.get()
        page = reverse("admin:complaints_spotcheckplan_change", args=[plan.pk])
        assert "待抽取" in client.get(page).content.decode()
        client.post(reverse("admin:complaints_spotcheckplan_draw_spot_checks", args=[plan.pk]))
        text = client.get(page).content.decode()
        assert plan.seed in text
        assert "登记测温" not in text
        first, second = plan.items.order_by("ordinal")
        skip = reverse("admin:complaints_spotcheckitem_skip_spot_check", args=[first.pk])
        client.post(skip, {"reason": "vacant", "note": ""})
        client = signed_in(client, desk.repairer.user)
        plan.refresh_from_db()
        test = measured(desk, second.account, when=plan.drawn_at)
        item = reverse("admin:complaints_spotcheckitem_change", args=[second.pk])
        assert "计入抽测" in client.get(item).content.decode()
        link = reverse("admin:complaints_spotcheckitem_link_spot_check", args=[second.pk])
        client.post(link, {"test": test.pk})
        second.refresh_from_db()
        assert second.test == test
        assert "全部用户都已测温或登记原因" in client.get(page).content.decode()

    def test_nothing_of_another_company_and_no_button_for_who_reads(
        self, desk: Desk, accounts: list[Account], client: Client
    ) -> None:
        plan = draw_spot_checks(planned(desk), by=desk.manager, at=MONDAY)
        item = plan.items.first()
        assert item is not None
        stranger = signed_in(client, a_desk("21").manager.user)
        for name, pk in (
            ("spotcheckplan_change", plan.pk),
            ("spotcheckplan_draw_spot_checks", plan.pk),
            ("spotcheckitem_change", item.pk),
            ("spotcheckitem_link_spot_check", item.pk),
            ("spotcheckitem_skip_spot_check", item.pk),
        ):
            address = reverse(f"admin:complaints_{name}", args=[pk])
            assert (stranger.get(address).status_code, stranger.post(address).status_code) == (
                404,
                404,
            )
        auditor = signed_in(client, a_member_of_staff("审计甲", AUDITOR, desk.company))
        text = auditor.get(
            reverse("admin:complaints_spotcheckitem_change", args=[item.pk])
        ).content.decode()
        assert "登记未测" not in text
        assert "登记测温" not in text

    def test_lists_ask_as_often_for_many_as_for_few(self, desk: Desk, client: Client) -> None:
        client = signed_in(client, desk.manager.user)
        lists = ("spotcheckplan", "spotcheckitem", "temperaturetest")
        counts: list[dict[str, int]] = []
        for n in range(2):
            for _ in range(2 + 8 * n):
                measured(desk, an_account(desk.company))
            plan = planned(desk, Size(share_percent=Decimal(100)), title=f"{n}")
            draw_spot_checks(plan, by=desk.manager, at=MONDAY)
            statement_counts = {}
            for name in lists:
                address = reverse(f"admin:complaints_{name}_changelist")
                client.get(address)
                with CaptureQueriesContext(connection) as captured:
                    assert client.get(address).status_code == 200
                statement_counts[name] = len(captured)
            counts.append(statement_counts)
        assert counts[0] == counts[1]
        assert max(counts[1].values()) <= 15
        assert TemperatureTest.objects.count() == 12
