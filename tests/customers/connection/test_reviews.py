"""A design is reviewed by experts inside and outside; opinions are signed and stay."""

from dataclasses import replace
from io import BytesIO

import pytest
from django.db import DatabaseError, transaction

from customers.connection.designs import drawings_of, return_design, submit_design
from customers.connection.ends import withdraw_connection
from customers.connection.reviews import (
    LINK_LIFE,
    OpinionFacts,
    give_outside_opinion,
    give_review_opinion,
    invite_reviewers,
    meet_review_condition,
    pass_review,
    reviewer_of_link,
)
from customers.connection_states import ConnectionState
from customers.models import (
    Connection,
    DesignReview,
    DesignReviewer,
    PreliminaryDesign,
    ReviewCondition,
    ReviewOpinion,
    ReviewVerdict,
)
from office.actors import Actor
from office.documents.operations import Upload
from office.refusals import Invalid, NotAllowed, NotFound, Refused
from tests.customers.connection_records import (
    AGREED,
    DESIGN,
    EXPERT,
    NOON,
    TAIL,
    People,
    a_scan,
    designed,
    invited,
    opinions_given,
    people,
    reviewed,
    surveyed,
)

pytestmark = pytest.mark.django_db
OUTSIDE = Actor.customer(EXPERT.name, origin="203.0.113.9")
AGAINST = OpinionFacts(ReviewVerdict.AGAINST, "管径偏小")
CONDITIONAL = OpinionFacts(ReviewVerdict.CONDITIONS, "有条件同意", ("复核水力计算", "补地勘报告"))


@pytest.fixture
def staff() -> People:
    return people()


class TestSubmitDesign:
    def test_opens_the_review_of_its_version(self, staff: People) -> None:
        connection = designed(staff)
        design, review = PreliminaryDesign.objects.get(), DesignReview.objects.get()
        assert (connection.state, str(design), review.design) == (
            ConnectionState.REVIEW,
            "V1",
            design,
        )
        assert (review.quorum, review.outside_quorum, review.passed) == (3, 1, None)
        assert [drawing.title for drawing in drawings_of(design)] == ["V1 总图.pdf"]

    def test_without_a_drawing_or_with_another_kind_of_file(self, staff: People) -> None:
        connection = surveyed(staff)
        for drawings in ([], [Upload("总图.dwg", BytesIO(b"AC1032"))]):
            with pytest.raises(Invalid):
                submit_design(connection, DESIGN, drawings, by=staff.engineer, at=NOON)
        connection.refresh_from_db()
        assert connection.state == ConnectionState.DESIGN
        assert not PreliminaryDesign.objects.exists()

    def test_returned_twice_nothing_is_lost(self, staff: People) -> None:
        connection = designed(staff)
        for version in (1, 2):
            invited(connection, staff)
            give_review_opinion(connection, AGAINST, by=staff.technician, at=NOON)
            return_design(connection, reason=f"第{version}版不足", by=staff.engineer, at=NOON)
            submit_design(connection, DESIGN, [a_scan("总图.pdf")], by=staff.engineer, at=NOON)
        assert [str(design) for design in connection.designs.all()] == ["V3", "V2", "V1"]
        assert list(connection.reviews.order_by("pk").values_list("passed", "summary")) == [
            (False, "第1版不足"),
            (False, "第2版不足"),
            (None, ""),
        ]
        assert ReviewOpinion.objects.count() == 2


class TestInviteReviewers:
    def test_never_who_submitted_the_design(self, staff: People) -> None:
        connection = designed(staff)
        assert staff.engineer.user
        with pytest.raises(NotAllowed, match="自己的设计"):
            invite_reviewers(connection, [staff.engineer.user], by=staff.colleague, at=NOON)
        assert not DesignReviewer.objects.exists()

    def test_invited_again_the_old_link_ends(self, staff: People) -> None:
        connection = designed(staff)
        first = invited(connection, staff)
        second = invited(connection, staff)
        assert reviewer_of_link(first, NOON) is None
        reviewer = reviewer_of_link(second, NOON)
        assert reviewer
        assert (reviewer.name, DesignReviewer.objects.count()) == (EXPERT.name, 3)


class TestGiveReviewOpinion:
    def test_only_who_was_invited(self, staff: People) -> None:
        connection = designed(staff)
        invited(connection, staff)
        with pytest.raises(NotAllowed, match="没有被邀请"):
            give_review_opinion(connection, AGREED, by=staff.leader, at=NOON)
        assert not ReviewOpinion.objects.exists()

    def test_once_and_for_ever(self, staff: People) -> None:
        connection = designed(staff)
        invited(connection, staff)
        opinion = give_review_opinion(connection, AGREED, by=staff.technician, at=NOON)
        with pytest.raises(Refused, match="已经签署"):
            give_review_opinion(connection, AGAINST, by=staff.technician, at=NOON)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            ReviewOpinion.objects.filter(pk=opinion.pk).update(verdict=ReviewVerdict.AGAINST)

    @pytest.mark.parametrize(
        "wrong",
        [
            OpinionFacts(ReviewVerdict.CONDITIONS, "有条件同意"),
            OpinionFacts(ReviewVerdict.AGREE, "同意", ("补地勘报告",)),
            OpinionFacts(ReviewVerdict.AGREE, " "),
        ],
    )
    def test_conditions_come_with_their_verdict(self, staff: People, wrong: OpinionFacts) -> None:
        connection = designed(staff)
        invited(connection, staff)
        with pytest.raises(Invalid):
            give_review_opinion(connection, wrong, by=staff.technician, at=NOON)
        assert not ReviewOpinion.objects.exists()


class TestGiveOutsideOpinion:
    def test_signed_by_the_expert_the_link_is_used_up(self, staff: People) -> None:
        secret = invited(designed(staff), staff)
        opinion = give_outside_opinion(
            secret, AGREED, signature=EXPERT.name, phone_tail=TAIL, by=OUTSIDE, at=NOON
        )
        assert (opinion.signature, opinion.origin) == (EXPERT.name, "203.0.113.9")
        with pytest.raises(NotFound):
            give_outside_opinion(
                secret, AGREED, signature=EXPERT.name, phone_tail=TAIL, by=OUTSIDE, at=NOON
            )
        assert ReviewOpinion.objects.count() == 1

    @pytest.mark.parametrize(("name", "tail"), [("钱七", TAIL), (EXPERT.name, "0000")])
    def test_another_person_cannot_use_it(self, staff: People, name: str, tail: str) -> None:
        secret = invited(designed(staff), staff)
        with pytest.raises(Invalid, match="与受邀专家不符"):
            give_outside_opinion(
                secret, AGREED, signature=name, phone_tail=tail, by=OUTSIDE, at=NOON
            )
        assert reviewer_of_link(secret, NOON)
        assert not ReviewOpinion.objects.exists()

    def test_late_or_after_the_review_there_is_no_link(self, staff: People) -> None:
        connection = designed(staff)
        secret = invited(connection, staff)
        assert reviewer_of_link(secret, NOON + LINK_LIFE) is None
        return_design(connection, reason="管径偏小", by=staff.engineer, at=NOON)
        assert reviewer_of_link(secret, NOON) is None


class TestPassReview:
    def test_needs_its_quorum_with_outside_experts(self, staff: People) -> None:
        connection = designed(staff)
        invited(connection, staff)
        for person in (staff.technician, staff.operator):
            give_review_opinion(connection, AGREED, by=person, at=NOON)
        with pytest.raises(Refused, match="现有 2 份，外部 0 份"):
            pass_review(connection, summary="通过", by=staff.engineer, at=NOON)
        connection.refresh_from_db()
        assert connection.state == ConnectionState.REVIEW

    def test_nobody_may_be_against_it(self, staff: People) -> None:
        connection = opinions_given(designed(staff), staff, technician=AGAINST)
        with pytest.raises(Refused, match="技术11 不同意"):
            pass_review(connection, summary="通过", by=staff.engineer, at=NOON)

    def test_passed_it_goes_on_to_the_plan(self, staff: People) -> None:
        connection = reviewed(staff)
        assert connection.state == ConnectionState.PLAN
        review = connection.reviews.get()
        assert (review.passed, review.summary, review.closed_at) == (True, "会审通过", NOON)

    def test_the_database_refuses_a_plan_without_it(self, staff: People) -> None:
        connection = designed(staff)
        with pytest.raises(DatabaseError, match="no review that was passed"), transaction.atomic():
            Connection.objects.filter(pk=connection.pk).update(state=ConnectionState.PLAN)

    def test_withdrawn_in_review_the_links_end(self, staff: People) -> None:
        connection = designed(staff)
        secret = invited(connection, staff)
        withdraw_connection(connection, reason="项目取消", by=staff.agent, at=NOON)
        assert reviewer_of_link(secret, NOON) is None
        assert connection.reviews.get().passed is False


class TestMeetReviewCondition:
    def test_with_evidence_and_not_by_the_designer(self, staff: People) -> None:
        reviewed(staff, technician=CONDITIONAL)
        condition = ReviewCondition.objects.order_by("pk")[0]
        with pytest.raises(NotAllowed, match="设计提交人以外"):
            meet_review_condition(condition, evidence="已复核", by=staff.engineer, at=NOON)
        meet_review_condition(condition, evidence="已复核", by=staff.colleague, at=NOON)
        with pytest.raises(Refused, match="已确认满足"):
            meet_review_condition(condition, evidence="又复核", by=staff.colleague, at=NOON)
        condition.refresh_from_db()
        assert (condition.text, condition.evidence) == ("复核水力计算", "已复核")


def test_an_expert_without_name_or_with_a_wrong_number_is_refused(staff: People) -> None:
    connection = designed(staff)
    for wrong in (replace(EXPERT, name=" "), replace(EXPERT, phone="12")):
        with pytest.raises(Invalid):
            invite_reviewers(connection, [], [wrong], by=staff.engineer, at=NOON)
    assert not DesignReviewer.objects.exists()
