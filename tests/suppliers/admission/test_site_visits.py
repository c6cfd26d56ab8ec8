"""A visit has a team, a checklist, users and a report by a member of the team."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from office.models import Document
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.admission.site_visits import fail_site_visit, pass_site_visit, plan_site_visit
from suppliers.models import Admission, SiteVisit, VisitItem
from suppliers.states import AdmissionState, SiteVisitState
from tests.suppliers.admission_records import REPORT, TODAY, People, approved, people
from tests.suppliers.supplier_records import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> People:
    return people()


def plan(admission: Admission, staff: People, planned_for: date = TODAY) -> SiteVisit:
    members = [person.user for person in (staff.colleague, staff.leader) if person.user]
    return plan_site_visit(
        admission, place="厂区", planned_for=planned_for, team=members, by=staff.buyer, at=NOON
    )


class TestPlanSiteVisit:
    def test_a_new_plan_calls_the_earlier_one_off(self, staff: People) -> None:
        admission = approved(staff)
        first, second = plan(admission, staff), plan(admission, staff, date(2026, 3, 9))
        first.refresh_from_db()
        assert (first.state, second.state) == (SiteVisitState.CALLED_OFF, SiteVisitState.PLANNED)

    def test_a_team_of_one_is_refused(self, staff: People) -> None:
        admission = approved(staff)
        assert staff.leader.user
        with pytest.raises(Invalid, match="至少 2 人"):
            plan_site_visit(
                admission,
                place="厂区",
                planned_for=TODAY,
                team=[staff.leader.user],
                by=staff.buyer,
                at=NOON,
            )
        assert admission.visits.count() == 0


class TestPassSiteVisit:
    def test_the_score_is_the_sum_of_the_checklist(self, staff: People) -> None:
        admission = approved(staff)
        plan(admission, staff)
        visit = pass_site_visit(admission, REPORT, by=staff.leader, at=NOON)
        admission.refresh_from_db()
        assert (visit.score, visit.state, admission.state) == (
            60,
            SiteVisitState.PASSED,
            AdmissionState.TRIAL,
        )
        assert [(user.name, user.opinion) for user in visit.users.all()] == REPORT.users
        assert Document.objects.count() == 0

    def test_59_points_are_too_few(self, staff: People) -> None:
        admission = approved(staff)
        visit = plan(admission, staff)
        report = replace(REPORT, points={**REPORT.points, VisitItem.SAFETY: 5})
        with pytest.raises(Invalid, match="考察得分 59，低于 60 分"):
            pass_site_visit(admission, report, by=staff.leader, at=NOON)
        visit.refresh_from_db()
        assert (visit.state, visit.findings.count()) == (SiteVisitState.PLANNED, 0)
        fail_site_visit(admission, report, by=staff.leader, at=NOON)
        visit.refresh_from_db()
        admission.refresh_from_db()
        assert (visit.state, visit.score, admission.state) == (
            SiteVisitState.FAILED,
            59,
            AdmissionState.VISIT,
        )

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"users": []}, "走访用户"),
            ({"users": [("榆次热力公司", " ")]}, "走访用户"),
            ({"conclusion": " "}, "考察结论"),
            ({"points": {}}, "业绩与信誉”须打分，0 至 10 分"),
            ({"points": {**REPORT.points, VisitItem.QUALITY: 21}}, "质量控制”须打分，0 至 20 分"),
            ({"visited_on": date(2026, 3, 3)}, "不能晚于今天"),
            ({"visited_on": TODAY - timedelta(1)}, "不能早于安排考察的日子"),
        ],
    )
    def test_a_report_is_complete(
        self, changes: dict[str, Any], sentence: str, staff: People
    ) -> None:
        admission = approved(staff)
        visit = plan(admission, staff)
        with pytest.raises(Invalid, match=sentence):
            pass_site_visit(admission, replace(REPORT, **changes), by=staff.leader, at=NOON)
        visit.refresh_from_db()
        assert visit.state == SiteVisitState.PLANNED

    def test_only_members_of_the_team_report(self, staff: People) -> None:
        admission = approved(staff)
        with pytest.raises(Refused, match="还没有安排考察"):
            pass_site_visit(admission, REPORT, by=staff.leader, at=NOON)
        visit = plan(admission, staff)
        with pytest.raises(NotAllowed, match="考察组成员"):
            pass_site_visit(admission, REPORT, by=staff.technician, at=NOON)
        with pytest.raises(NotAllowed, match="申请人以外的人"):
            pass_site_visit(admission, REPORT, by=staff.buyer, at=NOON)
        visit.refresh_from_db()
        assert visit.state == SiteVisitState.PLANNED
