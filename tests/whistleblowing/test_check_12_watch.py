"""Check 12: a named reporter is transferred six months later: the protection officer is told."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from heating.roles import PERSONNEL
from office.models import Person
from office.organisation.people import end_appointment, enter_person
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
    Protected,
    begin_watch,
    end_watches,
    judge_retaliation,
)
from whistleblowing.protection.queries import watched_people
from whistleblowing.retention.operations import warn_and_destroy

pytestmark = pytest.mark.django_db
NAME = "钱进宝"
TODAY = date(2026, 3, 3)
LATER = date(2026, 9, 3)
PROTECTED = Protected(NAME, "检举人", "不调岗，月度访谈")


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
    _transfer(fitter)
    (person,) = watched_people(protector, LATER)
    assert [(change.day, change.ended, change.reason) for change in person.changes] == [
        (LATER, False, ""),
        (LATER - timedelta(days=1), True, "工作需要"),
    ]
    assert person.is_new
    # The tests' clock stands after the transfer.
    client = signed_in(protector)
    assert "受保护人员有新的人事变动" in client.get("/audit/").content.decode()
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
    assert "受保护人员" not in client.get("/audit/").content.decode()
    with pytest.raises(Invalid, match="判断"):
        judge_retaliation(watch, " ", 2, by=protector, at=NOON)
    with pytest.raises(NotFound):
        judge_retaliation(watch, "x", 2, by=head, at=NOON)
    assert WatchNote.objects.count() == 2


def test_a_watch_needs_an_officer_who_is_not_involved(head: Reader, fitter: Person) -> None:
    report, _ = a_report(accused="护二")
    with pytest.raises(Refused, match="保护专员"):
        begin_watch(report, PROTECTED, by=head, at=NOON)
    an_officer("护二", Duties(protects_reporters=True), by=head)
    with pytest.raises(Refused, match="保护专员"):
        begin_watch(report, PROTECTED, by=head, at=NOON)
    with pytest.raises(Invalid, match="姓名"):
        begin_watch(report, Protected(" ", "检举人", "x"), by=head, at=NOON)
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
