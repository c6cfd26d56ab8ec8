"""Check 4: the accused is never chosen; a report on a group leader goes above, nothing below."""

import pytest

from office.refusals import Refused
from tests.whistleblowing.island_records import HEAD, NOON, a_report, an_officer, signed_in
from whistleblowing.keys.report_keys import readers_of
from whistleblowing.models import Report, SealedKey
from whistleblowing.officers.operations import Duties
from whistleblowing.words import Rank

pytestmark = pytest.mark.django_db


def test_an_officer_who_is_accused_gets_no_key_and_no_notice() -> None:
    head = an_officer()
    other = an_officer("王二", Duties(takes_reports=True, watches_deadlines=True), by=head)
    report, _ = a_report(accused=f"{HEAD} 和另一人")
    assert readers_of(report) == [other.officer]
    assert not SealedKey.objects.filter(officer=head.officer).exists()
    assert report.watcher is None
    assert "没有您可以打开的案件" in signed_in(head).get("/audit/").content.decode()


def test_without_anybody_who_may_read_it_a_report_is_refused_and_leaves_no_row() -> None:
    an_officer()
    with pytest.raises(Refused, match="董事会审计委员会"):
        a_report(accused=HEAD)
    with pytest.raises(Refused, match="董事会审计委员会"):
        a_report(rank=Rank.GROUP_LEADER)
    assert Report.objects.count() == 0
    assert SealedKey.objects.count() == 0


def test_a_report_on_a_group_leader_goes_to_those_above_only() -> None:
    head = an_officer()
    above = an_officer("审委会", Duties(takes_leader_reports=True), by=head)
    report, _ = a_report(rank=Rank.GROUP_LEADER, accused="高某")
    assert readers_of(report) == [above.officer]
    assert not SealedKey.objects.filter(officer=head.officer).exists()
    desk = signed_in(head)
    assert desk.get(f"/audit/case/{report.pk}").status_code == 404
    assert "没有您可以打开的案件" in desk.get("/audit/").content.decode()
    assert "高某" in signed_in(above).get("/audit/").content.decode()
    assert report.received_at == NOON
