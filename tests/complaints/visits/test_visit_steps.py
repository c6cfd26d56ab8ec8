"""What a repairer's phone sends: once per key, at its true time, and never lost."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction

from complaints.classes import PauseReason
from complaints.dispatch.operations import assign_ticket
from complaints.models import (
    ItemKind,
    TemperatureTest,
    Ticket,
    Visit,
    VisitItem,
    VisitOutcome,
    VisitStep,
)
from complaints.visits.steps import (
    Completion,
    Item,
    Measurement,
    Pause,
    Resumption,
    Room,
)
from office.models import Document, JournalEntry
from office.refusals import Invalid, NotAllowed, NotFound, Refused
from tests.complaints.visits.phone_steps import JPEG, NINE, TEN, photo, take, take_until_finding
from tests.parallel import at_once
from tests.service_desk import HOUR, MINUTE, Desk, a_desk, a_repair, a_ticket, at_the_door, celsius

pytestmark = pytest.mark.django_db


class TestTakeVisitStep:
    def test_the_whole_visit(self, desk: Desk, ticket: Ticket, visit: Visit) -> None:
        take_until_finding(visit, desk)
        consent, signature = uuid4(), uuid4()
        take(visit, photo(JPEG + b"1"), desk, key=consent)
        take(visit, photo(JPEG + b"2"), desk, key=signature)
        valve = Item(
            ItemKind.SERVICE, "更换阀门", Decimal(1), 8500, "王秀英", TEN + MINUTE, consent
        )
        done = Completion(VisitOutcome.FIXED, "更换阀门", (valve,), "王秀英", signature)
        step = take(visit, done, desk, TEN + HOUR)
        visit.refresh_from_db()
        assert (visit.state, visit.outcome, visit.finding) == ("completed", "fixed", "阀门锈死")
        item = VisitItem.objects.get()
        assert (item.amount_fen, item.consented_at) == (8500, TEN + MINUTE)
        papers = [visit.confirmation, item.consent]
        assert [paper.record_id for paper in papers if paper] == [ticket.pk, ticket.pk]
        assert (step.answer, step.content["items"][0]["amount_fen"]) == ("done", 8500)

    def test_both_times_are_kept(self, desk: Desk, visit: Visit) -> None:
        step = take(visit, "accept_assignment", desk, happened_at=NINE + 5 * MINUTE)
        visit.refresh_from_db()
        assert (visit.accepted_at, step.happened_at, step.entered_at) == (
            NINE + 5 * MINUTE,
            NINE + 5 * MINUTE,
            TEN,
        )
        entry = JournalEntry.objects.get(action="accept_assignment")
        assert (entry.at, entry.facts["happened_at"]) == (TEN, "2026-01-12T09:05:00+08:00")

    def test_the_same_key_does_it_once_and_answers_the_same(self, desk: Desk, visit: Visit) -> None:
        key = uuid4()
        first = take(visit, "accept_assignment", desk, key=key)
        again = take(visit, "accept_assignment", desk, TEN + HOUR, key=key)
        assert again == first
        assert (VisitStep.objects.count(), again.entered_at) == (1, TEN)
        assert JournalEntry.objects.filter(action="accept_assignment").count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_sent_twice_at_once_it_is_done_once(self, desk: Desk, visit: Visit) -> None:
        key = uuid4()
        done = at_once([lambda: take(visit, "accept_assignment", desk, key=key)] * 4)
        assert {outcome.pk for outcome in done if isinstance(outcome, VisitStep)} == {
            VisitStep.objects.get().pk
        }
        assert not [outcome for outcome in done if isinstance(outcome, Refused)]

    @pytest.mark.django_db(transaction=True)
    def test_a_photo_sent_twice_at_once_is_kept_once(self, desk: Desk, visit: Visit) -> None:
        key = uuid4()
        done = at_once([lambda: take(visit, photo(), desk, key=key)] * 3)
        assert len({outcome.pk for outcome in done if isinstance(outcome, VisitStep)}) == 1
        assert (Document.objects.count(), VisitStep.objects.count()) == (1, 1)

    def test_a_key_is_not_used_for_something_else(self, desk: Desk, visit: Visit) -> None:
        key = uuid4()
        take(visit, "accept_assignment", desk, key=key)
        with pytest.raises(Refused, match="提交编号重复"):
            take(visit, "depart", desk, key=key)
        visit.refresh_from_db()
        assert visit.state == "accepted"

    def test_a_refused_step_leaves_its_key_free(self, desk: Desk, visit: Visit) -> None:
        key = uuid4()
        with pytest.raises(Refused, match="不能出发"):
            take(visit, "depart", desk, key=key)
        assert not VisitStep.objects.exists()
        take(visit, "accept_assignment", desk)
        assert take(visit, "depart", desk, key=key).answer == "done"

    def test_only_by_the_crew_that_was_sent(self, desk: Desk, visit: Visit) -> None:
        for by in (desk.other_repairer, a_desk("21").repairer, desk.agent):
            with pytest.raises((NotFound, NotAllowed)):
                take(visit, "accept_assignment", desk, by=by)
            with pytest.raises((NotFound, NotAllowed)):
                take(visit, photo(), desk, by=by)
        assert not VisitStep.objects.exists()
        assert not Document.objects.exists()

    def test_pauses_with_the_photo_that_came_before(
        self, desk: Desk, ticket: Ticket, visit: Visit
    ) -> None:
        take_until_finding(visit, desk)
        evidence = uuid4()
        pause = Pause(PauseReason.NOBODY_HOME, evidence, "敲门无人")
        with pytest.raises(Invalid, match="照片或签名还没有收到"):
            take(visit, pause, desk)
        take(visit, photo(), desk, key=evidence)
        take(visit, pause, desk, TEN + HOUR, happened_at=TEN + MINUTE)
        ticket.refresh_from_db()
        event = ticket.clock_events.latest("ordinal")
        assert (ticket.clock_state, event.at, event.entered_at, event.reason) == (
            "paused",
            TEN + MINUTE,
            TEN + HOUR,
            "nobody_home",
        )
        take(visit, Resumption(), desk, TEN + 2 * HOUR)
        ticket.refresh_from_db()
        assert ticket.clock_state == "running"

    @pytest.mark.parametrize(
        ("content", "name", "sentence"),
        [
            (b"\xff\xd8\xff" + bytes(40 * 1024 * 1024), "big.jpg", "超过 20 MB"),
            (b"MZ\x90\x00", "photo.jpg", "文件内容不是JPG"),
            (b"<svg xmlns='x'><script/></svg>", "photo.svg", "只接受"),
            (b"<svg xmlns='x'><script/></svg>", "photo.png", "文件内容不是PNG"),
            (b"", "photo.jpg", "文件是空的"),
        ],
    )
    def test_what_is_no_photo_is_refused(
        self, desk: Desk, visit: Visit, content: bytes, name: str, sentence: str
    ) -> None:
        with pytest.raises(Invalid, match=sentence):
            take(visit, photo(content, name), desk)
        assert (Document.objects.count(), VisitStep.objects.count()) == (0, 0)

    def test_a_photo_of_another_visit_is_no_paper_of_this(self, desk: Desk, visit: Visit) -> None:
        other = at_the_door(a_ticket(desk, "2026-01-12 08:55"), desk, NINE)
        key = uuid4()
        take(other, photo(), desk, key=key)
        take_until_finding(visit, desk)
        with pytest.raises(Invalid, match="还没有收到"):
            take(visit, Completion(VisitOutcome.FIXED, "x", (), "王秀英", key), desk)
        visit.refresh_from_db()
        assert visit.state == "arrived"


class TestBehindTheOperation:
    def test_steps_only_grow(self, desk: Desk, visit: Visit) -> None:
        take(visit, "accept_assignment", desk)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            VisitStep.objects.update(answer="withdrawn")

    def test_a_key_is_there_once(self, desk: Desk, visit: Visit) -> None:
        step = take(visit, "accept_assignment", desk)
        twin = VisitStep(
            visit=visit,
            key=step.key,
            verb="depart",
            answer="done",
            happened_at=TEN,
            entered_at=TEN,
        )
        with pytest.raises(DatabaseError, match="unique"), transaction.atomic():
            twin.save()


class TestRecordTemperatureTest:
    def signed(self, visit: Visit, desk: Desk) -> tuple[UUID, UUID]:
        keys = uuid4(), uuid4()
        for n, key in enumerate(keys):
            take(visit, photo(JPEG + bytes([n])), desk, key=key)
        return keys

    def measured(self, visit: Visit, desk: Desk, **changes: object) -> Measurement:
        tester, customer = self.signed(visit, desk)
        values: dict[str, Any] = {
            "instrument": "WS-1",
            "calibrated_until": date(2026, 12, 31),
            "rooms": (Room("主卧", celsius("17.5")), Room("客厅", celsius("18.5"))),
            "outside": celsius("-8.5"),
            "required": celsius("18"),
            "customer_name": "王秀英",
            "tester": tester,
            "customer": customer,
        }
        return Measurement(**(values | changes))

    def test_kept_once_with_both_signatures_at_its_own_time(self, desk: Desk, visit: Visit) -> None:
        take_until_finding(visit, desk)
        deed, key = self.measured(visit, desk), uuid4()
        late = TEN + HOUR
        first = take(visit, deed, desk, late, key=key, happened_at=TEN + MINUTE, sent_at=late)
        again = take(visit, deed, desk, late + HOUR, key=key)
        assert first == again
        test = TemperatureTest.objects.get()
        assert (test.ticket, test.account) == (visit.ticket, visit.ticket.account)
        assert (test.tested_at, test.entered_at) == (TEN + MINUTE, late)
        assert (test.coldest, test.passed) == (celsius("17.5"), False)
        assert test.tested_by == desk.repairer.user
        papers = VisitStep.objects.filter(key__in=(deed.tester, deed.customer)).order_by("pk")
        assert [step.document for step in papers] == [
            test.tester_signature,
            test.customer_signature,
        ]
        assert list(test.readings.order_by("pk").values_list("room", "celsius")) == [
            ("主卧", celsius("17.5")),
            ("客厅", celsius("18.5")),
        ]
        assert first.content["rooms"][0] == {"room": "主卧", "celsius": "17.5"}
        assert JournalEntry.objects.filter(action="record_temperature_test").count() == 1

    def test_what_is_refused_leaves_nothing_and_the_key_free(
        self, desk: Desk, visit: Visit
    ) -> None:
        key = uuid4()
        early = self.measured(visit, desk)
        with pytest.raises(Refused, match="到场以后才能登记测温"):
            take(visit, early, desk, key=key)
        take_until_finding(visit, desk)
        for wrong, sentence in (
            ({"calibrated_until": date(2025, 12, 31)}, "检定有效期"),
            ({"rooms": ()}, "至少登记一个房间"),
            ({"rooms": (Room("主卧", celsius("185")),)}, "不在合理范围"),
            ({"tester": uuid4()}, "照片或签名还没有收到"),
            ({"customer_name": " "}, "双方签字"),
        ):
            with pytest.raises(Invalid, match=sentence):
                take(visit, self.measured(visit, desk, **wrong), desk, key=key)
        assert not TemperatureTest.objects.exists()
        assert not VisitStep.objects.filter(verb="record_temperature_test").exists()
        assert take(visit, self.measured(visit, desk), desk, key=key).answer == "done"

    def test_a_ticket_without_an_account_has_no_flat_to_measure(self, desk: Desk) -> None:
        nowhere = a_ticket(desk, "2026-01-12 08:50", a_repair())
        visit = assign_ticket(nowhere, desk.crew, seen_version=1, by=desk.dispatcher, at=NINE)
        take_until_finding(visit, desk)
        with pytest.raises(Refused, match="没有户号"):
            take(visit, self.measured(visit, desk), desk)

    def test_after_the_visit_was_withdrawn_the_figures_are_kept(
        self, desk: Desk, visit: Visit
    ) -> None:
        deed = self.measured(visit, desk)
        current_ticket = Ticket.objects.get(pk=visit.ticket_id)
        assign_ticket(
            current_ticket,
            desk.other_crew,
            seen_version=current_ticket.version,
            by=desk.dispatcher,
            at=TEN + MINUTE,
        )
        step = take(visit, deed, desk, TEN + HOUR)
        assert step.answer == "withdrawn"
        assert step.content["outside"] == "-8.5"
        assert not TemperatureTest.objects.exists()
