"""Site visits: a team is named, goes to the supplier and to its users, and reports."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.documents.operations import StoredFile, Upload, attach_document, store_photo
from office.intake.cells import clean_text
from office.models import User
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.admission.steps import lock_admission, move_admission, refuse_applicant
from suppliers.models import (
    MOST_POINTS,
    Admission,
    SiteVisit,
    VisitedUser,
    VisitFinding,
    VisitItem,
)
from suppliers.states import ADMISSION, SITE_VISIT, SiteVisitState

LEAST_TEAM = 2
# Of 100 points; with fewer a visit cannot be passed.
LEAST_SCORE = 60


@dataclass(frozen=True)
class VisitReport:
    """What the team reports: points of the checklist, users with what they said, photos."""

    visited_on: date
    points: Mapping[VisitItem, int]
    users: Sequence[tuple[str, str]]
    conclusion: str
    photos: Sequence[Upload] = ()


@transaction.atomic
def plan_site_visit(
    admission: Admission,
    *,
    place: str,
    planned_for: date,
    team: Collection[User],
    by: Actor,
    at: datetime,
) -> SiteVisit:
    """Plans the visit of an approved applicant; a visit that was planned before is called off."""
    authorise(by, "suppliers.plan_site_visit")
    if by.user is None:
        raise NotAllowed()
    if not clean_text(place):
        raise Invalid("place_missing", _("请填写考察地点。"))
    if planned_for < business_date(at):
        raise Invalid("visit_backdated", _("考察日期不能早于今天。"))
    if len({person.pk for person in team if person.is_active}) < LEAST_TEAM:
        raise Invalid("team_too_small", _("考察组至少 %(least)s 人。"), least=LEAST_TEAM)
    locked_admission = lock_admission(admission)
    for planned_visit in locked_admission.visits.filter(state=SiteVisitState.PLANNED):
        planned_visit.state = SITE_VISIT.next_state(planned_visit.state, "call_off_site_visit")
        planned_visit.save(update_fields=["state"])
    move_admission(locked_admission, "plan_site_visit", at=at)
    visit = SiteVisit.objects.create(
        admission=locked_admission,
        place=clean_text(place),
        planned_for=planned_for,
        planned_by=by.user,
        planned_at=at,
    )
    visit.team.set(team)
    journal.record(
        "plan_site_visit",
        locked_admission,
        by=by,
        at=at,
        title=visit.place,
        day=f"{planned_for}",
        team=sorted(person.username for person in team),
    )
    return visit


@transaction.atomic
def pass_site_visit(
    admission: Admission, report: VisitReport, *, by: Actor, at: datetime
) -> SiteVisit:
    """Reports a visit that was passed: a trial can be ordered. Needs 60 of 100 points."""
    return _report(admission, "pass_site_visit", report, by=by, at=at)


@transaction.atomic
def fail_site_visit(
    admission: Admission, report: VisitReport, *, by: Actor, at: datetime
) -> SiteVisit:
    """Reports a visit that was not passed: another one can be planned, or the admission ended."""
    return _report(admission, "fail_site_visit", report, by=by, at=at)


def _report(
    admission: Admission, verb: str, report: VisitReport, *, by: Actor, at: datetime
) -> SiteVisit:
    """Stores the team's report of the planned visit and moves visit and admission by the verb.

    Both verbs have one permission; only a member of the team, and never the applicant, may report.
    """
    authorise(by, "suppliers.pass_site_visit")
    _check_report(report, at)
    if verb == "pass_site_visit" and sum(report.points.values()) < LEAST_SCORE:
        raise Invalid(
            "score_too_low",
            _("考察得分 %(score)s，低于 %(least)s 分，不能通过。"),
            score=sum(report.points.values()),
            least=LEAST_SCORE,
        )
    # Files are written before the lock, so that nobody waits for a disk.
    stored_photos = [store_photo(photo) for photo in report.photos]
    locked_admission = lock_admission(admission)
    # Refuses an admission that is at another step; it moves below, when the report is stored.
    ADMISSION.next_state(locked_admission.state, verb)
    reporter = refuse_applicant(locked_admission, by, _("考察结论"))
    visit = locked_admission.visits.filter(state=SiteVisitState.PLANNED).first()
    if visit is None:
        raise Refused("no_visit_planned", _("还没有安排考察，请先安排。"))
    if not visit.team.filter(pk=reporter.pk).exists():
        raise NotAllowed(_("考察结论须由考察组成员登记。"))
    if report.visited_on < business_date(visit.planned_at):
        raise Invalid("visit_before_plan", _("考察日期不能早于安排考察的日子。"))
    visit.state = SITE_VISIT.next_state(visit.state, verb)
    visit.visited_on = report.visited_on
    visit.conclusion = clean_text(report.conclusion)
    visit.reported_by = reporter
    visit.reported_at = at
    visit.save()
    _store_findings(visit, report)
    _attach_photos(locked_admission, visit, stored_photos, by=by, at=at)
    move_admission(locked_admission, verb, at=at)
    journal.record(verb, locked_admission, by=by, at=at, score=visit.score, reason=visit.conclusion)
    return visit


def _check_report(report: VisitReport, at: datetime) -> None:
    """Refuses a report with a gap: day, conclusion, points of every item, a user's own words."""
    if report.visited_on > business_date(at):
        raise Invalid("visit_in_future", _("考察日期不能晚于今天。"))
    if not clean_text(report.conclusion):
        raise Invalid("conclusion_missing", _("请填写考察结论。"))
    for item, most in MOST_POINTS.items():
        # An item without points counts as -1, which is out of range too.
        if not 0 <= report.points.get(item, -1) <= most:
            raise Invalid(
                "points_wrong",
                _("“%(item)s”须打分，0 至 %(most)s 分。"),
                item=item.label,
                most=most,
            )
    users = [(clean_text(name), clean_text(opinion)) for name, opinion in report.users]
    if not users or not all(name and opinion for name, opinion in users):
        raise Invalid("users_missing", _("请至少填写一家走访用户及其评价。"))


def _store_findings(visit: SiteVisit, report: VisitReport) -> None:
    """Stores the points of the checklist and the opinions of the users that the team visited."""
    VisitFinding.objects.bulk_create(
        VisitFinding(visit=visit, item=item, points=report.points[item]) for item in MOST_POINTS
    )
    VisitedUser.objects.bulk_create(
        VisitedUser(visit=visit, name=clean_text(name), opinion=clean_text(opinion))
        for name, opinion in report.users
    )


def _attach_photos(
    admission: Admission,
    visit: SiteVisit,
    photos: Sequence[StoredFile],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Attaches the photos, stored before, to the admission."""
    for photo in photos:
        attach_document(
            admission,
            photo,
            company=admission.company,
            kind="visit",
            title=f"{visit.place} {photo.name}",
            by=by,
            at=at,
        )
