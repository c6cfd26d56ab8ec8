"""The survey 踏勘: an engineer and a day are named, the engineer goes there and reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.connection.steps import (
    earliest_day,
    lock_connection,
    move_connection,
    person_of,
    refuse_held,
    written,
)
from customers.connection_states import CONNECTION
from customers.models import Connection, ConnectionSurvey
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.documents.operations import Upload, attach_document, store_photo
from office.entered_times import refuse_earlier_day
from office.models import User
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused


@dataclass(frozen=True)
class SurveyReport:
    """What the engineer found: heat load in kW, metres to the point of the network, photos."""

    surveyed_on: date
    heat_load_kw: Decimal
    distance_m: int
    network_point: str
    conclusion: str
    photos: Sequence[Upload] = ()


@transaction.atomic
def plan_survey(
    connection: Connection, *, surveyor: User, planned_for: date, by: Actor, at: datetime
) -> ConnectionSurvey:
    """Names who surveys an accepted project and when; a survey planned before is called off."""
    authorise(by, "customers.plan_survey", connection.company)
    planner = person_of(by)
    if planned_for < business_date(at):
        raise Invalid("survey_backdated", _("踏勘日期不能早于今天。"))
    if not surveyor.is_active or not surveyor.works_for(connection.company):
        raise Invalid("surveyor_wrong", _("踏勘人须为本公司在职人员。"))
    locked_connection = lock_connection(connection)
    move_connection(locked_connection, "plan_survey", by=by, at=at)
    call_off_survey(locked_connection, at=at)
    survey = ConnectionSurvey.objects.create(
        connection=locked_connection,
        surveyor=surveyor,
        planned_for=planned_for,
        planned_by=planner,
        planned_at=at,
    )
    journal.record(
        "plan_survey",
        locked_connection,
        by=by,
        at=at,
        day=f"{planned_for}",
        surveyor=surveyor.username,
    )
    return survey


@transaction.atomic
def pass_survey(
    connection: Connection, report: SurveyReport, *, by: Actor, at: datetime
) -> ConnectionSurvey:
    """Reports that heat can be brought to the project: it goes on to the design."""
    return _report(connection, "pass_survey", report, by=by, at=at)


@transaction.atomic
def fail_survey(
    connection: Connection, report: SurveyReport, *, by: Actor, at: datetime
) -> ConnectionSurvey:
    """Reports that it cannot: another survey can be planned, or the connection ended."""
    return _report(connection, "fail_survey", report, by=by, at=at)


def call_off_survey(locked_connection: Connection, *, at: datetime) -> None:
    """A step of planning anew and of ending: calls off the survey that nobody has reported."""
    locked_connection.surveys.filter(reported_at=None, called_off_at=None).update(called_off_at=at)


def _report(
    connection: Connection, verb: str, report: SurveyReport, *, by: Actor, at: datetime
) -> ConnectionSurvey:
    """Stores the report of the planned survey and moves the connection by the verb.

    Both verbs have one permission; only the engineer who was named may report.
    """
    authorise(by, "customers.report_survey", connection.company)
    reporter = person_of(by)
    if report.surveyed_on > business_date(at):
        raise Invalid("survey_in_future", _("踏勘日期不能晚于今天。"))
    if report.heat_load_kw <= 0 or report.distance_m < 0:
        raise Invalid("survey_figures", _("热负荷须大于 0，接入距离不能为负。"))
    conclusion = written(report.conclusion, _("请填写踏勘结论。"))
    # Files are written before the lock, so that nobody waits for a disk.
    stored_photos = [store_photo(photo) for photo in report.photos]
    locked_connection = lock_connection(connection)
    CONNECTION.next_state(locked_connection.state, verb)
    refuse_held(locked_connection)
    survey = locked_connection.surveys.filter(reported_at=None, called_off_at=None).first()
    if survey is None:
        raise Refused("no_survey_planned", _("还没有安排踏勘，请先安排。"))
    if survey.surveyor_id != reporter.pk:
        raise NotAllowed(_("踏勘结论须由踏勘人本人登记。"))
    refuse_earlier_day(report.surveyed_on, earliest_day(connection), day_name=_("踏勘日期"))
    survey.surveyed_on = report.surveyed_on
    survey.feasible = verb == "pass_survey"
    survey.heat_load_kw = report.heat_load_kw
    survey.distance_m = report.distance_m
    survey.network_point = report.network_point.strip()
    survey.conclusion = conclusion
    survey.reported_at = at
    survey.save()
    for photo in stored_photos:
        attach_document(
            locked_connection,
            photo,
            company=locked_connection.company,
            kind="survey",
            title=f"{report.surveyed_on} {photo.name}"[:120],
            by=by,
            at=at,
        )
    move_connection(locked_connection, verb, by=by, at=at)
    journal.record(
        verb,
        locked_connection,
        by=by,
        at=at,
        heat_load_kw=f"{report.heat_load_kw:f}",
        distance_m=report.distance_m,
        reason=conclusion,
    )
    return survey
