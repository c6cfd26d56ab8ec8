"""The joint review 联合会审: experts are invited, sign their opinions, and a quorum passes it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.connection.review_steps import (
    REVIEW_LINK,
    close_review,
    open_review_of,
)
from customers.connection.steps import (
    lock_connection,
    move_connection,
    person_of,
    refuse_held,
    written,
)
from customers.connection_states import CONNECTION
from customers.models import (
    Connection,
    DesignReview,
    DesignReviewer,
    ReviewCondition,
    ReviewOpinion,
    ReviewVerdict,
)
from office import journal
from office.actors import Actor
from office.identity import check_phone
from office.intake.cells import clean_text
from office.models import User
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, NotFound, Refused
from office.tokens.one_time_links import find_link, is_valid, issue_link, use_link

LINK_LIFE = timedelta(days=14)
MOST_CONDITIONS = 20


@dataclass(frozen=True)
class OutsideExpert:
    """An expert who has no account in the house."""

    name: str
    organisation: str
    phone: str


@dataclass(frozen=True)
class OpinionFacts:
    """What an expert says; conditions come with the verdict 有条件同意 and with no other."""

    verdict: ReviewVerdict
    text: str
    conditions: Sequence[str] = ()


@transaction.atomic
def invite_reviewers(
    connection: Connection,
    users: Collection[User],
    outside: Sequence[OutsideExpert] = (),
    *,
    by: Actor,
    at: datetime,
) -> Mapping[DesignReviewer, str]:
    """Invites experts and returns the secret of each outside expert's link, which is kept nowhere.

    Refuses whoever submitted the design. An outside expert who is invited again gets a new link;
    the old one ends.
    """
    authorise(by, "customers.convene_review", connection.company)
    convener = person_of(by)
    checked_outside = [_checked_expert(expert) for expert in outside]
    if not users and not checked_outside:
        raise Invalid("nobody_invited", _("请选择内部专家或填写外部专家。"))
    locked_connection = lock_connection(connection)
    refuse_held(locked_connection)
    review = _open_review(locked_connection)
    for user in users:
        if user.pk == review.design.submitted_by_id:
            raise NotAllowed(_("设计提交人不能会审自己的设计。"))
        if not user.is_active or not user.works_for(locked_connection.company):
            raise Invalid("reviewer_wrong", _("内部专家须为本公司或集团在职人员。"))
        DesignReviewer.objects.get_or_create(
            review=review,
            user=user,
            defaults={
                "name": user.display_name[:40],
                "organisation": locked_connection.company.name,
                "invited_by": convener,
                "invited_at": at,
            },
        )
    secrets: dict[DesignReviewer, str] = {}
    for expert in checked_outside:
        reviewer, _created = DesignReviewer.objects.get_or_create(
            review=review,
            user=None,
            phone=expert.phone,
            defaults={
                "name": expert.name,
                "organisation": expert.organisation,
                "invited_by": convener,
                "invited_at": at,
            },
        )
        if ReviewOpinion.objects.filter(reviewer=reviewer).exists():
            raise Refused("opinion_given", _("%(name)s 的意见已经签署。"), name=reviewer.name)
        secrets[reviewer] = issue_link(
            reviewer,
            REVIEW_LINK,
            recipient=reviewer.name,
            valid_until=at + LINK_LIFE,
            company=locked_connection.company,
            by=by,
            at=at,
        )
    journal.record(
        "invite_reviewers",
        locked_connection,
        by=by,
        at=at,
        users=sorted(user.username for user in users),
        outside=[reviewer.name for reviewer in secrets],
    )
    return secrets


@transaction.atomic
def give_review_opinion(
    connection: Connection, facts: OpinionFacts, *, by: Actor, at: datetime
) -> ReviewOpinion:
    """Signs the opinion of an expert of the house, who was invited."""
    authorise(by, "customers.give_review_opinion", connection.company)
    person = person_of(by)
    locked_connection = lock_connection(connection)
    refuse_held(locked_connection)
    review = _open_review(locked_connection)
    reviewer = review.reviewers.filter(user=person).first()
    if reviewer is None:
        raise NotAllowed(_("您没有被邀请参加这次会审，请联系召集人。"))
    opinion = _sign(reviewer, facts, signature=reviewer.name, by=by, at=at)
    journal.record(
        "give_review_opinion",
        locked_connection,
        by=by,
        at=at,
        verdict=opinion.verdict,
        reason=opinion.text,
    )
    return opinion


def reviewer_of_link(secret: str, at: datetime) -> DesignReviewer | None:
    """Returns the expert whose link this is, while an opinion can be given by it."""
    link = find_link(secret, REVIEW_LINK)
    if link is None or not is_valid(link, at):
        return None
    return (
        DesignReviewer.objects.select_related("review__connection__company", "review__design")
        .filter(pk=link.record_id, review__closed_at=None)
        .first()
    )


@transaction.atomic
def give_outside_opinion(
    secret: str,
    facts: OpinionFacts,
    *,
    signature: str,
    phone_tail: str,
    by: Actor,
    at: datetime,
) -> ReviewOpinion:
    """Signs the opinion of an outside expert; the link is used up.

    No permission: whoever has the link and knows name and telephone of the invited expert speaks
    for the expert. Raises `NotFound` for a link that is used, ended, late or was never issued.
    """
    reviewer = reviewer_of_link(secret, at)
    if reviewer is None:
        raise NotFound(_("链接无效、已使用或会审已结束。"))
    if clean_text(signature) != reviewer.name or phone_tail.strip() != reviewer.phone[-4:]:
        raise Invalid("another_expert", _("姓名或手机后四位与受邀专家不符，请由本人填写。"))
    locked_connection = lock_connection(reviewer.review.connection)
    if locked_connection.held_at is not None or open_review_of(locked_connection) is None:
        raise NotFound(_("链接无效、已使用或会审已结束。"))
    use_link(secret, REVIEW_LINK, by=by, at=at)
    opinion = _sign(reviewer, facts, signature=reviewer.name, by=by, at=at)
    journal.record(
        "give_outside_opinion",
        locked_connection,
        by=by,
        at=at,
        verdict=opinion.verdict,
        reason=opinion.text,
    )
    return opinion


@transaction.atomic
def pass_review(connection: Connection, *, summary: str, by: Actor, at: datetime) -> DesignReview:
    """Passes a design on which enough experts have signed and nobody is against it.

    Conditions stay with the connection until each is confirmed.
    """
    authorise(by, "customers.convene_review", connection.company)
    person_of(by)
    clean_summary = written(summary, _("请填写会审结论。"), "summary_missing")
    locked_connection = lock_connection(connection)
    CONNECTION.next_state(locked_connection.state, "pass_review")
    review = _open_review(locked_connection)
    opinions = list(
        ReviewOpinion.objects.filter(reviewer__review=review).select_related("reviewer")
    )
    outside = sum(opinion.reviewer.user_id is None for opinion in opinions)
    if len(opinions) < review.quorum or outside < review.outside_quorum:
        raise Refused(
            "no_quorum",
            _(
                "须有 %(quorum)s 份意见，其中外部专家 %(outside)s 份；"
                "现有 %(given)s 份，外部 %(given_outside)s 份。"
            ),
            quorum=review.quorum,
            outside=review.outside_quorum,
            given=len(opinions),
            given_outside=outside,
        )
    against = [row.reviewer.name for row in opinions if row.verdict == ReviewVerdict.AGAINST]
    if against:
        raise Refused(
            "opinion_against",
            _("%(names)s 不同意，请退回设计修改后再次会审。"),
            names="、".join(against),
        )
    close_review(review, passed=True, summary=clean_summary, by=by, at=at)
    move_connection(locked_connection, "pass_review", by=by, at=at)
    journal.record("pass_review", locked_connection, by=by, at=at, reason=clean_summary)
    return review


@transaction.atomic
def meet_review_condition(
    condition: ReviewCondition, *, evidence: str, by: Actor, at: datetime
) -> ReviewCondition:
    """Confirms that a condition of the review is met, with the evidence; not by the designer."""
    connection = condition.opinion.reviewer.review.connection
    authorise(by, "customers.convene_review", connection.company)
    person = person_of(by)
    clean_evidence = written(evidence, _("请填写落实情况。"), "evidence_missing")
    locked_connection = lock_connection(connection)
    locked_condition = ReviewCondition.objects.select_for_update(of=("self",)).get(pk=condition.pk)
    if locked_condition.met_at is not None:
        raise Refused("condition_met", _("这项条件已确认满足。"))
    if condition.opinion.reviewer.review.design.submitted_by_id == person.pk:
        raise NotAllowed(_("会审条件须由设计提交人以外的人确认。"))
    locked_condition.evidence = clean_evidence
    locked_condition.met_by = person
    locked_condition.met_at = at
    locked_condition.save()
    journal.record(
        "meet_review_condition",
        locked_connection,
        by=by,
        at=at,
        title=locked_condition.text,
        reason=clean_evidence,
    )
    return locked_condition


def open_conditions(connection: Connection) -> list[ReviewCondition]:
    """Returns the conditions of reviews that were passed and that nobody has confirmed."""
    return list(
        ReviewCondition.objects.filter(
            opinion__reviewer__review__connection=connection,
            opinion__reviewer__review__passed=True,
            met_at=None,
        )
    )


def _open_review(locked_connection: Connection) -> DesignReview:
    review = open_review_of(locked_connection)
    if review is None:
        raise Refused("no_review", _("没有进行中的会审，请先提交设计。"))
    return review


def _sign(
    reviewer: DesignReviewer, facts: OpinionFacts, *, signature: str, by: Actor, at: datetime
) -> ReviewOpinion:
    """Stores an expert's opinion with its conditions; each expert has one."""
    text = written(facts.text, _("请填写会审意见。"), "opinion_missing")
    conditions = [clean for line in facts.conditions if (clean := clean_text(line))]
    if bool(conditions) != (facts.verdict == ReviewVerdict.CONDITIONS):
        raise Invalid("conditions_wrong", _("有条件同意须写明条件，其他结论不写条件。"))
    if len(conditions) > MOST_CONDITIONS or any(len(line) > 200 for line in conditions):
        raise Invalid("conditions_long", _("条件最多 20 条，每条不超过 200 字。"))
    if ReviewOpinion.objects.filter(reviewer=reviewer).exists():
        raise Refused("opinion_given", _("%(name)s 的意见已经签署。"), name=reviewer.name)
    opinion = ReviewOpinion.objects.create(
        reviewer=reviewer,
        verdict=facts.verdict,
        text=text,
        signature=signature,
        signed_at=at,
        origin=by.origin[:60],
    )
    ReviewCondition.objects.bulk_create(
        ReviewCondition(opinion=opinion, text=line) for line in conditions
    )
    return opinion


def _checked_expert(expert: OutsideExpert) -> OutsideExpert:
    """Returns the expert with texts cleaned; raises `Invalid` for what is missing or wrong."""
    name, organisation = clean_text(expert.name), clean_text(expert.organisation)
    if not 0 < len(name) <= 40 or not 0 < len(organisation) <= 80:
        raise Invalid("expert_incomplete", _("请填写外部专家的姓名、单位和电话。"))
    try:
        phone = check_phone(expert.phone)
    except ValueError as error:
        raise Invalid("expert_phone", _("%(error)s，请核对。"), error=_(str(error))) from error
    return OutsideExpert(name, organisation, phone)
