"""Who appoints and dismisses whom, and how a dismissed officer comes back with the own key."""

import pytest

from office.refusals import NotAllowed, NotFound, Refused
from tests.whistleblowing.island_records import NOON, PASSPHRASE, a_report, an_officer, signed_in
from whistleblowing.keys.report_keys import Reader, key_ring, readers_of
from whistleblowing.models import Officer, SystemEvent
from whistleblowing.officers.operations import (
    Duties,
    appoint_officer,
    dismiss_officer,
    unlock_key,
)
from whistleblowing.team.operations import grant_access

pytestmark = pytest.mark.django_db
LEADERS = Duties(takes_leader_reports=True)
EVERYDAY = Duties(takes_reports=True)


@pytest.fixture
def head() -> Reader:
    return an_officer()


def _officer(reader: Reader) -> Officer:
    assert reader.officer is not None
    return reader.officer


def test_who_takes_no_reports_on_leaders_touches_no_officer_who_does(head: Reader) -> None:
    board = an_officer("监事", LEADERS, by=head)
    friend = an_officer("王二", EVERYDAY, by=head)
    for refused in (
        lambda: an_officer("朋友", LEADERS, by=head),
        lambda: dismiss_officer(_officer(board), by=head, at=NOON),
    ):
        with pytest.raises(Refused) as refusal:
            refused()
        assert refusal.value.code == "leaders_officers_go_above"
    page = signed_in(head).post(
        "/audit/officers", {"action": "dismiss_officer", "record": str(_officer(board).pk)}
    )
    assert page.status_code == 409
    assert Officer.objects.filter(takes_leader_reports=True).count() == 1
    assert Officer.objects.get(takes_leader_reports=True).dismissed_at is None
    # Their own appoint and dismiss, everyday officers too; other duties appoint nobody.
    second = an_officer("董事", LEADERS, by=board)
    dismiss_officer(_officer(board), by=second, at=NOON)
    dismiss_officer(_officer(friend), by=second, at=NOON)
    watcher = an_officer("督办", Duties(watches_deadlines=True), by=head)
    with pytest.raises(NotAllowed):
        dismiss_officer(_officer(head), by=watcher, at=NOON)


def test_where_the_last_officer_for_leaders_has_left_another_takes_the_place(head: Reader) -> None:
    board = an_officer("监事", LEADERS, by=head)
    user = _officer(board).user
    user.is_active = False
    user.save(update_fields=["is_active"])
    dismiss_officer(_officer(board), by=head, at=NOON)
    successor = an_officer("董事", LEADERS, by=head)
    report, _ = a_report(rank="group_leader", accused="高志远")
    assert readers_of(report) == [successor.officer]


def test_a_dismissed_last_reader_comes_back_and_hands_the_case_over(head: Reader) -> None:
    board = an_officer("监事", LEADERS, by=head)
    second = an_officer("董事", LEADERS, by=board)
    report, _ = a_report(rank="group_leader", accused="高志远 董事")
    assert readers_of(report) == [board.officer]
    dismiss_officer(_officer(board), by=second, at=NOON)
    user = _officer(board).user
    with pytest.raises(NotAllowed):
        unlock_key(_officer(board), PASSPHRASE, by=user, at=NOON)
    appointed = appoint_officer(user, EVERYDAY, by=head, at=NOON)
    assert (appointed.pk, appointed.dismissed_at) == (_officer(board).pk, None)
    assert (appointed.takes_reports, appointed.takes_leader_reports) == (True, False)
    back = Reader(unlock_key(appointed, PASSPHRASE, by=user, at=NOON), officer=appointed)
    heir = an_officer("李三", LEADERS, by=second)
    with pytest.raises(NotFound):
        key_ring(report, heir)
    grant_access(report, _officer(heir), by=back, at=NOON)
    assert set(readers_of(report)) == {appointed, heir.officer}
    with pytest.raises(Refused, match="已经任命"):
        appoint_officer(user, EVERYDAY, by=head, at=NOON)
    kinds = list(SystemEvent.objects.values_list("kind", "concerned"))
    assert kinds.count(("officer_appointed", appointed.pk)) == 2
