"""An application passes three levels by three people, is returned, rejected, withdrawn, stopped."""

from collections.abc import Callable
from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from heating.roles import PROCUREMENT_MANAGER, TECHNICAL_REVIEWER
from office.actors import Actor
from office.approvals.rules import publish_approval_rule
from office.approvals.steps import Opinion
from office.head_office import head_office
from office.models import Approval, ApprovalOpinion, JournalEntry, Verdict
from office.refusals import Invalid, NotAllowed, Refused
from office.workflow import Workflow
from suppliers.admission.kind import ADMISSION_APPROVAL, CHECKS, LEVELS
from suppliers.admission.operations import (
    ConditionFacts,
    apply_for_admission,
    approve_admission,
    meet_condition,
    reject_admission,
    resubmit_admission,
    return_admission,
    stop_admission,
    withdraw_admission,
)
from suppliers.models import Admission, AdmissionCondition, CategoryKind, CheckItem, SupplyCategory
from suppliers.states import ADMISSION, SITE_VISIT, TRIAL, AdmissionState
from tests.builders import HERE, a_member_of_staff
from tests.office.guards import body_of_guard
from tests.parallel import at_once
from tests.suppliers.admission_records import (
    People,
    an_admission,
    approve_level,
    approved,
    people,
)
from tests.suppliers.supplier_records import NOON, a_category, a_supplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> People:
    return people()


def standing(admission: Admission) -> tuple[str, list[tuple[int, str]]]:
    """The state, and the opinions of the newest approval with their levels."""
    admission.refresh_from_db()
    newest = Approval.objects.filter(kind="supplier_admission").order_by("-pk")[:1]
    opinions = ApprovalOpinion.objects.filter(approval__in=newest.values("pk")).order_by("level")
    return admission.state, list(opinions.values_list("level", "verdict"))


class TestApplyForAdmission:
    def test_waits_at_level_1_of_the_head_office(self, staff: People) -> None:
        admission = an_admission(staff)
        (approval,) = Approval.objects.all()
        assert (admission.state, approval.levels, approval.level, approval.company) == (
            AdmissionState.IN_REVIEW,
            list(LEVELS),
            1,
            head_office(),
        )
        assert admission.waiting_since == NOON

    def test_one_at_a_time_for_a_supplier_and_category(self, staff: People) -> None:
        admission = an_admission(staff)
        with pytest.raises(Refused, match="正在办理"):
            an_admission(staff, admission.supplier)
        assert Admission.objects.count() == 1
        with pytest.raises(IntegrityError, match="one_open_admission"), transaction.atomic():
            Admission.objects.create(
                supplier=admission.supplier,
                category=admission.category,
                reason="x",
                applied_by=admission.applied_by,
                applied_at=NOON,
                waiting_since=NOON,
            )

    def test_only_for_a_leaf_in_use(self, staff: People) -> None:
        above = a_category("01")
        SupplyCategory.objects.create(
            code="01.01", name="钢管", kind=CategoryKind.MATERIAL, parent=above
        )
        unused = SupplyCategory.objects.create(
            code="02", name="旧类", kind=CategoryKind.MATERIAL, in_use=False
        )
        supplier = a_supplier()
        for category in (above, unused):
            with pytest.raises(Invalid, match="末级采购类别"):
                an_admission(staff, supplier, category)
        assert Admission.objects.count() == 0

    def test_a_reviewer_may_not_apply(self, staff: People) -> None:
        with pytest.raises(NotAllowed):
            apply_for_admission(
                a_supplier(), a_category(), reason="x", by=staff.technician, at=NOON
            )


class TestApproveAdmission:
    def test_three_levels_by_three_people_lead_to_the_visit(self, staff: People) -> None:
        admission = approved(staff)
        assert standing(admission) == (
            AdmissionState.VISIT,
            [(1, "approved"), (2, "approved"), (3, "approved")],
        )
        by_level = {
            level: [str(item) for item in CHECKS[name]] for level, name in enumerate(LEVELS)
        }
        assert [check.item for check in admission.checks.all()] == [
            item for items in by_level.values() for item in items
        ]

    def test_never_by_the_applicant(self, staff: People) -> None:
        admission = an_admission(staff)
        assert staff.buyer.user
        staff.buyer.user.groups.add(Group.objects.get(name=PROCUREMENT_MANAGER.name))
        buyer = Actor.staff(type(staff.buyer.user).objects.get(pk=staff.buyer.user.pk))
        with pytest.raises(NotAllowed, match="创建人以外的人"):
            approve_level(admission, 1, buyer)
        assert standing(admission) == (AdmissionState.IN_REVIEW, [])

    def test_level_2_never_by_the_approver_of_level_1(self, staff: People) -> None:
        both = a_member_of_staff("两级", PROCUREMENT_MANAGER, head_office())
        both.groups.add(Group.objects.get(name=TECHNICAL_REVIEWER.name))
        admission = an_admission(staff)
        approve_level(admission, 1, Actor.staff(both))
        with pytest.raises(NotAllowed, match="其他级次须由另外的人审批"):
            approve_level(admission, 2, Actor.staff(both))
        approval = Approval.objects.get()
        row = ApprovalOpinion(
            approval=approval, level=2, verdict=Verdict.APPROVED, by=both, right_of=both, at=NOON
        )
        message = "opinion of this person already"
        with pytest.raises(IntegrityError, match=message), transaction.atomic():
            row.save()
        assert standing(admission) == (AdmissionState.IN_REVIEW, [(1, "approved")])

    def test_what_was_not_checked_is_named(self, staff: People) -> None:
        admission = an_admission(staff)
        with pytest.raises(Invalid) as refusal:
            approve_admission(
                admission,
                Opinion("同意"),
                checks=[CheckItem.BUSINESS_RECORD, CheckItem.DELIVERY],
                by=staff.manager,
                at=NOON,
            )
        assert str(refusal.value) == "请逐项核对后勾选：规模与产能、与其他供应商的关联关系。"
        with pytest.raises(Invalid, match="审查意见"):
            approve_admission(
                admission, Opinion(" "), checks=CHECKS[LEVELS[0]], by=staff.manager, at=NOON
            )
        assert standing(admission) == (AdmissionState.IN_REVIEW, [])
        assert admission.checks.count() == 0

    def test_no_rule_may_name_fewer_than_three_levels(self) -> None:
        with pytest.raises(Invalid, match="3 至 5 级"):
            publish_approval_rule(
                ADMISSION_APPROVAL.key,
                None,
                LEVELS[:2],
                effective_from=date(2026, 3, 2),
                source="审批权限表",
                by=HERE,
                at=NOON,
            )


@pytest.mark.django_db(transaction=True)
class TestAtTheSameSecond:
    def test_two_people_decide_one_level_once(self, staff: People) -> None:
        second = Actor.staff(a_member_of_staff("采购主管二", PROCUREMENT_MANAGER, head_office()))
        admission = an_admission(staff)
        seen = Approval.objects.get().step

        def press(by: Actor) -> Callable[[], Admission]:
            return lambda: approve_admission(
                admission, Opinion("同意", seen=seen), checks=CHECKS[LEVELS[0]], by=by, at=NOON
            )

        outcomes = at_once([press(staff.manager), press(second)])
        refusals = [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]
        assert refusals == ["approval_moved_on"]
        assert standing(admission) == (AdmissionState.IN_REVIEW, [(1, "approved")])
        assert admission.checks.count() == len(CHECKS[LEVELS[0]])

    def test_one_person_does_not_decide_two_levels_by_two_windows(self, staff: People) -> None:
        both = a_member_of_staff("两级", PROCUREMENT_MANAGER, head_office())
        both.groups.add(Group.objects.get(name=TECHNICAL_REVIEWER.name))
        admission = an_admission(staff)
        everything = list(CheckItem)

        def press() -> Admission:
            return approve_admission(
                admission, Opinion("同意"), checks=everything, by=Actor.staff(both), at=NOON
            )

        outcomes = at_once([press] * 3)
        assert [o.code for o in outcomes if isinstance(o, Refused)] == ["not_allowed"] * 2
        assert standing(admission) == (AdmissionState.IN_REVIEW, [(1, "approved")])

    def test_two_applications_for_one_category_are_one(self, staff: People) -> None:
        supplier, category = a_supplier(), a_category()
        outcomes = at_once([lambda: an_admission(staff, supplier, category)] * 3)
        assert [o.code for o in outcomes if isinstance(o, Refused)] == ["admission_open"] * 2
        assert Admission.objects.count() == 1


class TestReturnAdmission:
    def test_begins_at_level_1_again_after_resubmission(self, staff: People) -> None:
        admission = an_admission(staff)
        approve_level(admission, 1, staff.manager)
        return_admission(admission, Opinion("补充产能证明"), by=staff.technician, at=NOON)
        assert standing(admission) == (
            AdmissionState.RETURNED,
            [(1, "approved"), (2, "returned")],
        )
        with pytest.raises(NotAllowed, match="申请人本人"):
            resubmit_admission(admission, reason="已补充", by=staff.colleague, at=NOON)
        resubmit_admission(admission, reason="已补充", by=staff.buyer, at=NOON)
        assert standing(admission) == (AdmissionState.IN_REVIEW, [])
        approve_level(admission, 1, staff.manager)
        assert admission.reason == "已补充"

    def test_needs_a_reason(self, staff: People) -> None:
        admission = an_admission(staff)
        with pytest.raises(Invalid, match="退回的原因"):
            return_admission(admission, Opinion(""), by=staff.manager, at=NOON)
        assert standing(admission) == (AdmissionState.IN_REVIEW, [])


class TestRejectAdmission:
    def test_ends_it_and_another_can_be_applied_for(self, staff: People) -> None:
        admission = an_admission(staff)
        reject_admission(admission, Opinion("产能不足"), by=staff.manager, at=NOON)
        assert standing(admission) == (AdmissionState.REJECTED, [(1, "returned")])
        assert (admission.ended_at, admission.remark) == (NOON, "产能不足")
        with pytest.raises(Refused, match="不能审批通过"):
            approve_level(admission, 1, staff.manager)
        assert an_admission(staff, admission.supplier).pk != admission.pk


class TestWithdrawAdmission:
    def test_only_by_who_applied_and_it_waits_for_nobody(self, staff: People) -> None:
        admission = an_admission(staff)
        with pytest.raises(NotAllowed, match="申请人本人"):
            withdraw_admission(admission, reason="不再需要", by=staff.colleague, at=NOON)
        with pytest.raises(Invalid, match="原因"):
            withdraw_admission(admission, reason=" ", by=staff.buyer, at=NOON)
        withdraw_admission(admission, reason="不再需要", by=staff.buyer, at=NOON)
        assert standing(admission)[0] == AdmissionState.WITHDRAWN
        assert Approval.objects.get().state == "withdrawn"
        assert JournalEntry.objects.get(action="withdraw_admission").facts["reason"] == "不再需要"


class TestStopAdmission:
    def test_not_while_it_is_with_its_approvers(self, staff: People) -> None:
        admission = an_admission(staff)
        with pytest.raises(Refused, match="不能终止准入"):
            stop_admission(admission, reason="停产", by=staff.manager, at=NOON)
        assert standing(admission) == (AdmissionState.IN_REVIEW, [])

    def test_ends_what_is_to_be_visited(self, staff: People) -> None:
        admission = approved(staff)
        stop_admission(admission, reason="停产", by=staff.manager, at=NOON)
        assert standing(admission)[0] == AdmissionState.REJECTED


class TestConditions:
    def _conditional(self, staff: People) -> AdmissionCondition:
        admission = an_admission(staff)
        approve_admission(
            admission,
            Opinion("有条件同意"),
            checks=CHECKS[LEVELS[0]],
            conditions=[ConditionFacts("补交检测报告", date(2026, 3, 31))],
            by=staff.manager,
            at=NOON,
        )
        (condition,) = admission.conditions.all()
        return condition

    def test_are_tracked_to_done(self, staff: People) -> None:
        condition = self._conditional(staff)
        assert (condition.text, condition.due_on, condition.met_at) == (
            "补交检测报告",
            date(2026, 3, 31),
            None,
        )
        with pytest.raises(Invalid, match="落实情况"):
            meet_condition(condition, evidence=" ", by=staff.manager, at=NOON)
        meet_condition(condition, evidence="报告已收", by=staff.manager, at=NOON)
        condition.refresh_from_db()
        assert (condition.met_by, condition.evidence) == (staff.manager.user, "报告已收")
        with pytest.raises(Refused, match="已确认满足"):
            meet_condition(condition, evidence="再次", by=staff.manager, at=NOON)

    def test_never_met_by_the_word_of_the_applicant(self, staff: People) -> None:
        condition = self._conditional(staff)
        assert staff.buyer.user
        staff.buyer.user.groups.add(Group.objects.get(name=TECHNICAL_REVIEWER.name))
        buyer = Actor.staff(type(staff.buyer.user).objects.get(pk=staff.buyer.user.pk))
        with pytest.raises(NotAllowed, match="申请人以外的人"):
            meet_condition(condition, evidence="报告已收", by=buyer, at=NOON)
        condition.refresh_from_db()
        assert condition.met_at is None

    def test_have_a_day_that_has_not_passed(self, staff: People) -> None:
        admission = an_admission(staff)
        with pytest.raises(Invalid, match="不能早于今天"):
            approve_admission(
                admission,
                Opinion("有条件同意"),
                checks=CHECKS[LEVELS[0]],
                conditions=[ConditionFacts("补交检测报告", date(2026, 3, 1))],
                by=staff.manager,
                at=NOON,
            )
        assert standing(admission) == (AdmissionState.IN_REVIEW, [])


@pytest.mark.parametrize("workflow", [ADMISSION, SITE_VISIT, TRIAL])
def test_the_database_guards_the_very_table(workflow: Workflow) -> None:
    table, body = body_of_guard(workflow)
    assert body == table
