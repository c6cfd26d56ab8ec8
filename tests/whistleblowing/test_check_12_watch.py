"""Check 12: a named reporter is transferred six months later: the protection officer is told."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import translation

from heating.roles import PERSONNEL
from office.models import Person, PostTerm, Rank
from office.organisation.people import end_appointment, enter_person
from office.organisation.structure import PostFacts, set_post
from office.refusals import Invalid, NotFound, Refused
from tests.builders import HERE, NOW, a_company, a_member_of_staff
from tests.office.organisation.charts import a_department, a_post, an_appointment
from tests.whistleblowing.closed_cases import a_closed_case
from tests.whistleblowing.island_records import NOON, a_report, an_officer, signed_in
from tests.whistleblowing.what_is_stored import every_row
from whistleblowing.case_log.entries import opened_entries
from whistleblowing.keys.report_keys import Reader, key_ring
from whistleblowing.models import Report, Watch, WatchNote, WatchShare
from whistleblowing.officers.operations import Duties
from whistleblowing.protection.operations import (
    EnteredChange,
    Protected,
    begin_watch,
    end_watches,
    judge_retaliation,
    record_change,
    share_watch,
)
from whistleblowing.protection.queries import watched_people
from whistleblowing.protection.rules import asked_again_on
from whistleblowing.retention.operations import warn_and_destroy

pytestmark = pytest.mark.django_db
NAME = "钱进宝"
TODAY = date(2026, 3, 3)
LATER = date(2026, 9, 3)
PROTECTED = Protected(NAME, "reporter", "不调岗，月度访谈")


@pytest.fixture
def head() -> Reader:
    return an_officer()


@pytest.fixture
def protector(head: Reader) -> Reader:
    return an_officer("护一", Duties(protects_reporters=True), by=head)


@pytest.fixture
def fitter() -> Person:
    person = enter_person(a_company(), "F100", NAME, by=HERE, at=NOW)
    an_appointment(person, a_post(a_department(a_company(), "工程部"), "F"))
    return person


def _transfer(person: Person) -> None:
    """Personnel move the person to another post, as they would move anybody."""
    company = a_company()
    appointment = person.appointments.get()
    last = LATER - timedelta(days=1)
    moment = datetime.combine(LATER, NOON.timetz())
    end_appointment(appointment, last_day=last, reason="工作需要", by=HERE, at=moment)
    an_appointment(person, a_post(a_department(company, "锅炉房"), "B"), first_day=LATER)


def test_a_transfer_is_shown_to_the_protection_officer_and_to_nobody_else(
    head: Reader, protector: Reader, fitter: Person
) -> None:
    report, _ = a_report()
    watch = begin_watch(report, PROTECTED, by=head, at=NOON)
    assert (watch.first_day, watch.last_day) == (TODAY, date(2028, 3, 3))
    (person,) = watched_people(protector, TODAY)
    assert (person.name, person.role, person.changes, person.is_new) == (
        *(NAME, "检举人", []),
        False,
    )
    assert (person.ask_on, person.must_ask) == (date(2026, 6, 3), False)
    _transfer(fitter)
    (person,) = watched_people(protector, LATER)
    assert [(each.day, str(each.what), each.reason) for each in person.changes] == [
        (LATER, "任职", ""),
        (LATER - timedelta(days=1), "离任", "工作需要"),
    ]
    assert person.is_new
    with translation.override("en"):
        assert str(person.role) == "Reporter"
    # The tests' clock stands after the transfer.
    client = signed_in(protector)
    assert "受保护人员有新的变动" in client.get("/audit/").content.decode()
    assert NAME in client.get("/audit/protection").content.decode()
    for other in (signed_in(head), Client()):
        assert other.get("/audit/protection").status_code in (302, 404)
        assert "受保护人员" not in other.get("/audit/").content.decode()
    # Neither the log of the case nor any table says who is watched, and personnel's page is that
    # of anybody.
    entries = str([entry.content for entry in opened_entries(key_ring(report, head))])
    assert NAME not in entries
    island = [row for table, row in every_row() if table.startswith("whistleblowing_")]
    assert [row for row in island if NAME in row] == []
    personnel = Client()
    personnel.force_login(a_member_of_staff("人事", PERSONNEL, a_company()))
    page = personnel.get(f"/admin/office/person/{fitter.pk}/change/").content.decode()
    assert NAME in page
    assert "保护" not in page


def test_a_judgement_stays_and_ends_the_notice(
    head: Reader, protector: Reader, fitter: Person
) -> None:
    report, _ = a_report()
    watch = begin_watch(report, PROTECTED, by=head, at=NOON)
    _transfer(fitter)
    client = signed_in(protector)
    words = {"record": str(watch.pk), "seen": "2", "text": "与检举无关，本人申请"}
    assert client.post("/audit/protection", words).status_code == 302
    (person,) = watched_people(protector, LATER)
    assert [text for _, _, text in person.notes] == ["不调岗，月度访谈", "与检举无关，本人申请"]
    assert not person.is_new
    # Judged today by the tests' clock; asked again three months later.
    assert (person.ask_on, person.must_ask) == (date(2027, 2, 28), False)
    assert "受保护人员" not in client.get("/audit/").content.decode()
    with pytest.raises(Invalid, match="判断"):
        judge_retaliation(watch, " ", 2, by=protector, at=NOON)
    with pytest.raises(NotFound):
        judge_retaliation(watch, "x", 2, by=head, at=NOON)
    assert WatchNote.objects.count() == 2


def test_what_the_chart_does_not_know_is_asked_by_a_date_and_entered(
    head: Reader, protector: Reader, fitter: Person
) -> None:
    report, _ = a_report()
    watch = begin_watch(report, PROTECTED, by=head, at=NOON)
    second = an_officer("护二", Duties(protects_reporters=True), by=head)
    # Without a judgement the officer is reminded after three months, by the page and the desk.
    (person,) = watched_people(protector, date(2026, 6, 2))
    assert (person.is_new, person.must_ask) == (False, False)
    (person,) = watched_people(protector, date(2026, 6, 3))
    assert (person.is_new, person.must_ask) == (False, True)
    client = signed_in(protector)
    assert "到了回访日期" in client.get("/audit/").content.decode()
    assert "下次回访 2026-06-03" in client.get("/audit/protection").content.decode()
    words = {
        "action": "record_change",
        "record": str(watch.pk),
        "kind": "pay",
        "day": "2026-05-20",
        "text": "停发季度奖",
    }
    for wrong in ({"kind": "x"}, {"day": "2026-03-02"}, {"day": "x"}, {"text": " "}):
        assert client.post("/audit/protection", {**words, **wrong}).status_code == 422, wrong
    assert WatchNote.objects.count() == 1
    assert client.post("/audit/protection", words).status_code == 302
    (person,) = watched_people(protector, LATER)
    assert [(each.day, str(each.what), each.reason) for each in person.changes] == [
        (date(2026, 5, 20), "降薪、扣发工资或者奖金", "停发季度奖")
    ]
    # It is new until it is judged, and only by a judgement the officer has asked.
    assert (person.is_new, person.must_ask) == (True, True)
    judge_retaliation(watch, "要求补发", 1, by=protector, at=NOON + timedelta(days=100))
    (person,) = watched_people(protector, LATER)
    assert (person.is_new, person.ask_on) == (False, date(2026, 9, 11))
    # Neither who came to the duty later nor who filed the case can enter or read it.
    change = EnteredChange("pay", TODAY, "x")
    for other in (second, head):
        with pytest.raises(NotFound):
            record_change(watch, change, by=other, at=NOON)
        assert watched_people(other, LATER) == []
    assert [row for _, row in every_row() if "停发季度奖" in row] == []


def test_before_leaving_a_protection_officer_gives_the_watch_to_another(
    head: Reader, protector: Reader, fitter: Person
) -> None:
    report, _ = a_report()
    watch = begin_watch(report, PROTECTED, by=head, at=NOON)
    second = an_officer("护二", Duties(protects_reporters=True), by=head)
    assert second.officer is not None
    assert head.officer is not None
    with pytest.raises(Refused, match="不是保护专员"):
        share_watch(watch, head.officer, by=protector, at=NOON)
    with pytest.raises(NotFound):
        share_watch(watch, second.officer, by=second, at=NOON)
    words = {"action": "share_watch", "record": str(watch.pk), "officer": str(second.officer.pk)}
    assert signed_in(protector).post("/audit/protection", words).status_code == 302
    with pytest.raises(Refused, match="已能看到"):
        share_watch(watch, second.officer, by=protector, at=NOON)
    (person,) = watched_people(second, TODAY)
    assert (person.name, person.notes[-1][1], person.successors) == (NAME, protector.name, [])
    assert WatchShare.objects.count() == 2


def test_a_post_that_is_changed_under_its_holder_is_a_change(
    head: Reader, protector: Reader, fitter: Person
) -> None:
    report, _ = a_report()
    begin_watch(report, PROTECTED, by=head, at=NOON)
    term = PostTerm.objects.get(post=fitter.appointments.get().post)
    facts = PostFacts(term.department, "临时工", Rank.STAFF)
    set_post(a_company(), term.post.code, facts, first_day=LATER, by=HERE, at=NOW)
    assert watched_people(protector, LATER - timedelta(days=1))[0].changes == []
    (change,) = watched_people(protector, LATER)[0].changes
    assert (change.day, str(change.what)) == (LATER, "岗位调整")
    assert change.post.endswith("→ 临时工（普通员工）")


@pytest.mark.parametrize(
    ("judged", "last_day", "ask_on"),
    [
        (date(2026, 3, 3), date(2028, 3, 3), date(2026, 6, 3)),
        (date(2026, 11, 30), date(2028, 3, 3), date(2027, 2, 28)),
        (date(2028, 1, 15), date(2028, 3, 3), date(2028, 3, 3)),
    ],
)
def test_the_next_question_is_due_in_three_months_and_at_the_end(
    judged: date, last_day: date, ask_on: date
) -> None:
    assert asked_again_on(judged, last_day) == ask_on


def test_a_watch_needs_an_officer_who_is_not_involved(head: Reader, fitter: Person) -> None:
    report, _ = a_report(accused="护二")
    with pytest.raises(Refused, match="保护专员"):
        begin_watch(report, PROTECTED, by=head, at=NOON)
    an_officer("护二", Duties(protects_reporters=True), by=head)
    with pytest.raises(Refused, match="保护专员"):
        begin_watch(report, PROTECTED, by=head, at=NOON)
    with pytest.raises(Invalid, match="姓名"):
        begin_watch(report, Protected(" ", "reporter", "x"), by=head, at=NOON)
    stranger = an_officer("王二", by=head)
    with pytest.raises(NotFound):
        begin_watch(report, PROTECTED, by=stranger, at=NOON)
    assert (Watch.objects.count(), report.entries.count()) == (0, 1)


def test_a_watch_outlives_the_report_and_ends_after_24_months(
    head: Reader, protector: Reader
) -> None:
    report = a_closed_case(head, opened=False)
    watch = begin_watch(report, PROTECTED, by=head, at=NOON)
    Watch.objects.update(last_day=date(2029, 6, 1))
    assert warn_and_destroy(by="tests", at=NOON + timedelta(days=37 * 31)) == 1
    assert not Report.objects.exists()
    assert end_watches(date(2029, 6, 1)) == 0
    assert [person.name for person in watched_people(protector, date(2029, 6, 1))] == [NAME]
    assert end_watches(date(2029, 6, 2)) == 1
    assert (Watch.objects.count(), WatchNote.objects.count(), WatchShare.objects.count()) == (
        *(0, 0),
        0,
    )
    assert watch.last_day == date(2028, 3, 3)
