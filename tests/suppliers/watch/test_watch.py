"""Papers that end, yearly re-checks, issues, activities, and the figures of the report."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from heating.roles import PROCUREMENT_MANAGER
from office.actors import Actor
from office.models import JournalEntry
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.models import (
    EventAttendance,
    EventKind,
    PaperType,
    PaperWarning,
    Recheck,
    Region,
    Supplier,
    SupplierIssue,
)
from suppliers.papers.operations import PaperFacts, hand_in_paper
from suppliers.registry.operations import merge_suppliers
from suppliers.supply_record.facts import DeductionFacts
from suppliers.supply_record.operations import deduct_wages
from suppliers.watch.events import EventFacts, plan_event, record_attendance
from suppliers.watch.expiry import expiring_papers, warn_of_expiry
from suppliers.watch.figures import coverage_of, regions_of, watched, work_of
from suppliers.watch.issues import (
    IssueFacts,
    raise_issue,
    report_rectification,
    return_rectification,
    verify_rectification,
)
from suppliers.watch.rechecks import open_rechecks, record_recheck
from tests.builders import HERE, a_company, a_member_of_staff
from tests.suppliers.admission_records import People, people, qualified
from tests.suppliers.supplier_records import NOON, a_supplier, a_verified_paper

pytestmark = pytest.mark.django_db
CLOCK = Actor.system("watch_suppliers")
TODAY = date(2026, 3, 2)
# Appendix 1 of the report of 2023.
REGIONS_2023 = dict(zip(Region, (47, 13, 48, 5, 4, 2, 209), strict=True))


@pytest.fixture
def staff() -> People:
    return people()


def night(day: date) -> datetime:
    """Half past midnight in Shanghai."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=7, minutes=30)


def steps() -> list[int]:
    return list(PaperWarning.objects.order_by("pk").values_list("days", flat=True))


class TestCheck5:
    """suppliers.md, check 5: warnings at 90/60/30 once each, also when the job missed a night."""

    def test_each_step_is_warned_of_once(self, staff: People) -> None:
        ends = date(2026, 12, 31)
        a_verified_paper(a_supplier(), PaperType.ISO_9001, verifier=staff.technician)
        written = {}
        for left in range(95, -3, -1):
            day = ends - timedelta(left)
            for _twice in range(2):
                if warn_of_expiry(by=CLOCK, at=night(day)):
                    written[left] = steps()
        assert written == {90: [90], 60: [90, 60], 30: [90, 60, 30]}
        line = JournalEntry.objects.filter(action="warn_of_expiry").latest("pk")
        assert line.facts["days"] == 30
        assert line.facts["valid_until"] == "2026-12-31"

    def test_missed_nights_are_made_up_and_nothing_is_said_twice(self, staff: People) -> None:
        ends = date(2026, 12, 31)
        a_verified_paper(a_supplier(), PaperType.ISO_9001, verifier=staff.technician)
        for left in (91, 85, 84, 31, 29, 28):
            warn_of_expiry(by=CLOCK, at=night(ends - timedelta(left)))
        assert steps() == [90, 60, 30]

    def test_a_renewal_that_is_handed_in_ends_the_warnings(self, staff: People) -> None:
        supplier = a_supplier()
        a_verified_paper(supplier, PaperType.ISO_9001, verifier=staff.technician)
        december = night(date(2026, 12, 20))
        assert [paper.supplier for paper in expiring_papers(december)] == [supplier]
        renewal = PaperFacts(PaperType.ISO_9001, date(2027, 1, 1), date(2029, 12, 31))
        hand_in_paper(supplier, renewal, by=HERE, at=december)
        assert (warn_of_expiry(by=CLOCK, at=december), steps()) == (0, [])


class TestRechecks:
    def test_a_year_after_the_qualification_and_then_every_year(self, staff: People) -> None:
        supplier = qualified(staff).supplier
        assert open_rechecks(by=CLOCK, at=night(date(2027, 3, 1))) == 0
        at = night(date(2027, 3, 2))
        assert [open_rechecks(by=CLOCK, at=at) for _twice in range(2)] == [1, 0]
        recheck = Recheck.objects.get()
        assert (recheck.supplier, recheck.due_on) == (supplier, date(2027, 4, 1))
        issue = IssueFacts("无损检测记录不全", date(2027, 5, 1))
        record_recheck(recheck, findings="现场复查", issues=(issue,), by=staff.technician, at=at)
        recheck.refresh_from_db()
        assert (recheck.state, recheck.issues.get().text) == ("done", "无损检测记录不全")
        # The qualification itself ends in 2027.
        assert open_rechecks(by=CLOCK, at=night(date(2028, 3, 2))) == 0

    def test_is_recorded_once_and_with_findings(self, staff: People) -> None:
        qualified(staff)
        at = night(date(2027, 3, 2))
        open_rechecks(by=CLOCK, at=at)
        recheck = Recheck.objects.get()
        with pytest.raises(Invalid, match="请填写复查情况"):
            record_recheck(recheck, findings=" ", by=staff.technician, at=at)
        record_recheck(recheck, findings="符合", by=staff.technician, at=at)
        with pytest.raises(Refused, match="已复查"):
            record_recheck(recheck, findings="再次", by=staff.technician, at=at)
        recheck.refresh_from_db()
        assert recheck.findings == "符合"


class TestIssues:
    def test_raised_rectified_returned_and_verified_by_somebody_else(self, staff: People) -> None:
        facts = IssueFacts("排污许可证公示不全", date(2026, 4, 1))
        issue = raise_issue(a_supplier(), facts, by=staff.buyer, at=NOON)
        with pytest.raises(Refused, match="整改中"):
            verify_rectification(issue, text="好", by=staff.manager, at=NOON)
        report_rectification(issue, text="已公示", by=staff.manager, at=NOON)
        with pytest.raises(NotAllowed, match="登记人以外"):
            verify_rectification(issue, text="好", by=staff.manager, at=NOON)
        return_rectification(issue, text="日期不符", by=staff.technician, at=NOON)
        report_rectification(issue, text="已更正", by=staff.buyer, at=NOON)
        verify_rectification(issue, text="已核对", by=staff.technician, at=NOON)
        issue.refresh_from_db()
        assert (issue.state, issue.rectification, issue.verification) == (
            *("verified", "已更正", "已核对"),
        )

    def test_is_not_due_in_the_past(self, staff: People) -> None:
        with pytest.raises(Invalid, match="不能早于今天"):
            raise_issue(a_supplier(), IssueFacts("问题", date(2026, 3, 1)), by=staff.buyer, at=NOON)
        assert SupplierIssue.objects.count() == 0


class TestEvents:
    def test_who_was_invited_and_who_came(self, staff: People) -> None:
        first, second = a_supplier(1), a_supplier(2)
        facts = EventFacts(EventKind.TRAINING, "安全培训", TODAY, "太原")
        event = plan_event(facts, [first, second, first], by=staff.buyer, at=NOON)
        record_attendance(event, {first.pk: 3, second.pk: 0}, by=staff.buyer, at=NOON)
        counts = {row.supplier: row.people for row in EventAttendance.objects.all()}
        assert counts == {first: 3, second: 0}
        with pytest.raises(Invalid, match="没有受到邀请"):
            record_attendance(event, {a_supplier(3).pk: 1}, by=staff.buyer, at=NOON)
        later = EventFacts(EventKind.EXCHANGE, "交流", date(2026, 3, 3), "太原")
        tomorrow = plan_event(later, [first], by=staff.buyer, at=NOON)
        with pytest.raises(Refused, match="还没有举行"):
            record_attendance(tomorrow, {first.pk: 1}, by=staff.buyer, at=NOON)
        assert EventAttendance.objects.get(event=tomorrow).people is None


class TestCheck10:
    """suppliers.md, check 10: region counts equal the length of their lists; a supplier with two
    records counts once; 2023 gives 47, 13, 48, 5, 4, 2, 209.
    """

    def test_2023_gives_the_figures_of_the_report(self) -> None:
        in_2023 = datetime(2023, 12, 31, 15, 59, tzinfo=UTC)
        number = 0
        for region, count in REGIONS_2023.items():
            for _each in range(count):
                number += 1
                Supplier.objects.create(
                    credit_code=f"91140100{number:010d}",
                    name=f"供应商{number}",
                    representative="某",
                    region=region,
                    address="某地",
                    registered_at=in_2023,
                )
        # One came a minute later, one has a second record under another address.
        a_supplier(900_001, at=in_2023 + timedelta(minutes=1))
        twin = a_supplier(900_002, at=in_2023 - timedelta(days=1))
        merge_suppliers(twin, Supplier.objects.get(name="供应商1"), reason="同", by=HERE, at=NOON)
        figures = regions_of(2023, NOON)
        assert [figure.count for figure in figures] == [47, 13, 48, 5, 4, 2, 209, 328]
        on_file = watched("on_file-2023", NOON)
        assert on_file is not None
        for region, figure in zip(Region, figures, strict=False):
            assert on_file.filter(region=region).count() == figure.count
        assert regions_of(2024, NOON)[-1].count == 329

    def test_each_figure_opens_to_a_list_of_its_length(self, client: Client, staff: People) -> None:
        first, second = a_supplier(1), a_supplier(2)
        for paper_type in (PaperType.INTEGRITY_PLEDGE, PaperType.ISO_14001):
            a_verified_paper(first, paper_type, verifier=staff.technician)
        a_verified_paper(
            second, PaperType.ISO_14001, verifier=staff.technician, valid_until=date(2026, 3, 31)
        )
        later = night(date(2026, 4, 2))
        assert [(row.count, row.total, row.percent) for row in coverage_of(2026, later)] == [
            (1, 2, "50.0%"),
            (0, 2, "0.0%"),
            (1, 2, "50.0%"),
            (0, 2, "0.0%"),
        ]
        unsigned = watched("without_integrity_pledge-2026", later)
        assert unsigned is not None
        assert list(unsigned) == [second]
        assert watched("on_file-２０２３", later) is None

    def test_the_page_leads_to_the_lists(self, client: Client) -> None:
        a_supplier(1), a_supplier(2, region=Region.SOUTH)
        client.force_login(a_member_of_staff("采购主管", PROCUREMENT_MANAGER, a_company()))
        page = client.get(reverse("admin:supplier_watch"))
        assert page.status_code == 200
        for figure in [*page.context["regions"], *page.context["coverage"]]:
            rows = client.get(figure.link).context["cl"].queryset
            assert rows.count() == figure.count
        for figure in [*page.context["expiring"], *page.context["work"]]:
            rows = client.get(figure.link).context["cl"].queryset
            assert rows.count() == figure.count

    def test_deductions_are_those_of_the_persons_companies(self, staff: People) -> None:
        supplier, own, other = a_supplier(), a_company("11"), a_company("21")
        for company, fen in ((own, 100), (other, 700)):
            facts = DeductionFacts(company, supplier, "K1", "二次网", TODAY, fen, "拖欠")
            deduct_wages(facts, by=HERE, at=NOON)
        user = a_member_of_staff("采购", PROCUREMENT_MANAGER, own)
        figure = work_of(2026, user)[-1]
        assert (figure.count, figure.amount_fen) == (1, 100)
