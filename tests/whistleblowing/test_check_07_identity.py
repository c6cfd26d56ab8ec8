"""Check 7: the request looks the same whether there is a name; two others decide; history stays."""

from datetime import timedelta

import pytest

from office.refusals import Invalid, NotAllowed, NotFound, Refused
from tests.whistleblowing.island_records import (
    FACTS,
    NOON,
    a_report,
    an_officer,
    reporter,
    signed_in,
)
from whistleblowing.case_log.entries import opened_entries
from whistleblowing.filing.operations import ANYBODY, file_report
from whistleblowing.identity.operations import (
    Identity,
    decide_identity,
    open_identity,
    request_identity,
    withdraw_identity,
)
from whistleblowing.identity.queries import asked_of
from whistleblowing.keys.receipts import key_of_receipt, report_of
from whistleblowing.keys.report_keys import Reader, key_ring
from whistleblowing.models import IdentityDecision, IdentityRecord, IdentityRequest, Report
from whistleblowing.officers.operations import Duties, dismiss_officer
from whistleblowing.process.operations import Words, take_step
from whistleblowing.retention.operations import warn_and_destroy
from whistleblowing.team.operations import grant_access

pytestmark = pytest.mark.django_db
GUARD = Duties(guards_identity=True)
NAMED = Identity("李四😀𬭎", "13800000000")


def _cast() -> tuple[Reader, list[Reader]]:
    head = an_officer()
    return head, [an_officer(name, GUARD, by=head) for name in ("保一", "保二", "保三")]


def _filed(identity: Identity, form_key: str) -> Report:
    receipt = file_report(FACTS, [], form_key=form_key, identity=identity, by=ANYBODY, at=NOON)
    report = report_of(key_of_receipt(receipt))
    assert report is not None
    return report


def _decide(guardian: Reader, *, approved: bool) -> None:
    decision = next(row for row, _ in asked_of(guardian) if row.approved is None)
    decide_identity(decision, "核实线索需要", approved=approved, by=guardian, at=NOON)


def test_named_and_anonymous_look_alike_until_two_others_have_agreed() -> None:
    head, (first, second, third) = _cast()
    for identity, form_key in ((NAMED, "a" * 40), (Identity(), "b" * 40)):
        report = _filed(identity, form_key)
        request_identity(report, "向检举人核实", by=head, at=NOON)
        with pytest.raises(NotFound):
            open_identity(report, by=head, at=NOON)
        _decide(first, approved=True)
        with pytest.raises(NotFound):
            open_identity(report, by=head, at=NOON)
        _decide(second, approved=True)
        assert open_identity(report, by=head, at=NOON) == identity
        # The third guardian and the two who agreed still see none.
        for other in (first, second, third):
            with pytest.raises(NotFound):
                open_identity(report, by=other, at=NOON)
    lengths = {len(bytes(row.sealed)) for row in IdentityRecord.objects.all()}
    assert len(lengths) == 1
    pages = []
    for report in Report.objects.order_by("form_digest"):
        entries = opened_entries(key_ring(report, head))
        pages.append([(entry.kind, entry.by, entry.content.get("text")) for entry in entries])
    assert pages[0] == pages[1]


def test_requester_deciders_reasons_and_times_stay_when_a_grant_is_withdrawn() -> None:
    head, (first, second, _) = _cast()
    report = _filed(NAMED, "a" * 40)
    request_identity(report, "向检举人核实", by=head, at=NOON)
    _decide(first, approved=True)
    _decide(second, approved=True)
    assert open_identity(report, by=head, at=NOON) == NAMED
    (decision, words), *_ = asked_of(first)
    assert words["purpose"] == "向检举人核实"
    withdraw_identity(decision, "目的已达到", by=first, at=NOON)
    with pytest.raises(NotFound):
        open_identity(report, by=head, at=NOON)
    kinds = [entry.kind for entry in opened_entries(key_ring(report, head))]
    assert kinds == [
        *("file_report", "request_identity", "approve_identity", "approve_identity"),
        *("open_identity", "withdraw_identity"),
    ]
    request = IdentityRequest.objects.get()
    assert (request.requester, request.withdrawn_at) == (head.officer, NOON)
    assert set(request.decisions.values_list("approved", flat=True)) == {True, None}
    assert not IdentityDecision.objects.exclude(resealed_share=b"").exists()


def test_the_history_outlives_the_case_without_its_content() -> None:
    head, (first, second, third) = _cast()
    report = _filed(NAMED, "a" * 40)
    request_identity(report, "向检举人核实", by=head, at=NOON)
    _decide(first, approved=True)
    _decide(second, approved=False)
    for name in ("begin_check", "decline_case", "give_feedback", "close_case"):
        take_step(report, name, Words("依据", "理由"), by=head, at=NOON)
    assert warn_and_destroy(by="tests", at=NOON + timedelta(days=37 * 31)) == 1
    assert not Report.objects.exists()
    identity = IdentityRecord.objects.get()
    assert (identity.report, bytes(identity.sealed), identity.shares.count()) == (None, b"", 0)
    (decision, words), *_ = asked_of(first)
    assert words == {"purpose": "向检举人核实", "by": head.name, "decided": "核实线索需要"}
    (waiting,) = [row for row, _ in asked_of(third) if row.approved is None]
    with pytest.raises(Refused, match="身份已销毁"):
        decide_identity(waiting, "核实", approved=True, by=third, at=NOON)
    assert (decision.approved, decision.decided_at, bytes(decision.resealed_share)) == (
        *(True, NOON),
        b"",
    )


def test_a_refusal_keeps_its_reason_and_one_yes_is_not_enough() -> None:
    head, (first, second, third) = _cast()
    report = _filed(NAMED, "a" * 40)
    request_identity(report, "好奇", by=head, at=NOON)
    with pytest.raises(Refused, match="已申请过"):
        request_identity(report, "好奇", by=head, at=NOON)
    _decide(first, approved=True)
    _decide(second, approved=False)
    _decide(third, approved=False)
    with pytest.raises(NotFound):
        open_identity(report, by=head, at=NOON)
    (decision, _), *_ = asked_of(second)
    with pytest.raises(Refused, match="已决定"):
        decide_identity(decision, "改主意", approved=True, by=second, at=NOON)
    with pytest.raises(NotAllowed):
        decide_identity(decision, "x", approved=True, by=first, at=NOON)
    with pytest.raises(Refused, match="没有可以撤回"):
        withdraw_identity(decision, "x", by=second, at=NOON)
    entries = opened_entries(key_ring(report, head))
    assert [entry.content["text"] for entry in entries[2:]] == ["核实线索需要"] * 3


def test_after_a_refusal_one_may_ask_again_for_another_purpose() -> None:
    head, (first, second, third) = _cast()
    report = _filed(NAMED, "a" * 40)
    earlier = request_identity(report, "好奇", by=head, at=NOON)
    _decide(first, approved=True)
    _decide(second, approved=False)
    with pytest.raises(Refused, match="已申请过"):
        request_identity(report, "核实", by=head, at=NOON)
    _decide(third, approved=False)
    later = NOON + timedelta(days=1)
    request_identity(report, "核实", by=head, at=later)
    earlier.refresh_from_db()
    assert earlier.withdrawn_at == later
    assert not IdentityDecision.objects.exclude(resealed_share=b"").exists()
    assert [words["purpose"] for _, words in asked_of(third)] == ["核实", "好奇"]
    for guardian in (first, third):
        _decide(guardian, approved=True)
    assert open_identity(report, by=head, at=later) == NAMED


def test_no_guardian_is_involved_and_a_name_that_none_can_keep_is_refused() -> None:
    head = an_officer()
    accused = an_officer("钱某某", GUARD, by=head)
    others = [an_officer(name, GUARD, by=head) for name in ("保一", "保二")]
    report = _filed(NAMED, "a" * 40)
    shares = IdentityRecord.objects.get(report=report).shares
    assert set(shares.values_list("guardian", flat=True)) == {
        other.officer.pk for other in others if other.officer
    }
    assert others[0].officer is not None
    dismiss_officer(others[0].officer, by=head, at=NOON)
    with pytest.raises(Refused, match="不能与检举内容分开保存"):
        _filed(NAMED, "b" * 40)
    assert (Report.objects.count(), IdentityRecord.objects.count()) == (1, 1)
    # Without a name the same report is taken; asking says the same of everybody.
    nameless = _filed(Identity(), "b" * 40)
    with pytest.raises(Refused, match="身份保管人"):
        request_identity(nameless, "核实", by=head, at=NOON)
    assert asked_of(accused) == []


def test_a_guardian_who_investigates_does_not_decide_on_their_own_request() -> None:
    head, (first, second, third) = _cast()
    report = _filed(NAMED, "a" * 40)
    assert first.officer is not None
    grant_access(report, first.officer, by=head, at=NOON)
    with pytest.raises(Invalid, match="查询目的"):
        request_identity(report, " ", by=first, at=NOON)
    request_identity(report, "核实", by=first, at=NOON)
    assert asked_of(first) == []
    for guardian in (second, third):
        _decide(guardian, approved=True)
    assert open_identity(report, by=first, at=NOON) == NAMED
    with pytest.raises(NotFound):
        open_identity(report, by=head, at=NOON)


def test_without_two_guardians_no_name_is_asked_for() -> None:
    head = an_officer()
    desk = signed_in(head)
    assert 'name="contact"' not in desk.get("/report/zh/new").content.decode()
    report, receipt = a_report()
    assert not IdentityRecord.objects.exists()
    with pytest.raises(Refused, match="身份保管人"):
        request_identity(report, "核实", by=head, at=NOON)
    with pytest.raises(NotAllowed):
        request_identity(report, "核实", by=reporter(receipt), at=NOON)


def test_the_pages_carry_a_request_from_the_case_to_the_name() -> None:
    head, (first, second, _) = _cast()
    report = _filed(NAMED, "a" * 40)
    desk, address = signed_in(head), f"/audit/case/{report.pk}"
    assert desk.get("/audit/identity").status_code == 404
    desk.post(address, {"action": "request_identity", "text": "向检举人核实"})
    assert desk.post(address, {"action": "open_identity"}).status_code == 404
    for guardian in (first, second):
        client = signed_in(guardian)
        page = client.get("/audit/identity").content.decode()
        assert "向检举人核实" in page
        decision = asked_of(guardian)[0][0].pk
        words = {"action": "approve_identity", "record": str(decision), "text": "同意"}
        assert client.post("/audit/identity", words).status_code == 302
    page = desk.post(address, {"action": "open_identity"}).content.decode()
    assert "李四😀𬭎" in page
    assert "李四" not in desk.get(address).content.decode()
