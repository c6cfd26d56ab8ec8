"""Operations of the working calendar: published year by year, never changed, only revised."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.entered_times import DayBound, refuse_earlier_day
from office.locks.advisory_locks import AdvisoryLock, lock_until_commit
from office.models import CalendarVersion
from office.permissions import authorise, authorise_whole_group
from office.refusals import Invalid, Refused
from office.working_days.arrangement import LEAST_DAYS, Arrangement
from office.working_days.published import arrangement_of


@transaction.atomic
def publish_calendar(
    arrangement: Arrangement,
    *,
    notice: str,
    noticed_on: date | None = None,
    reason: str = "",
    seen_ordinal: int | None = None,
    by: Actor,
    at: datetime,
) -> CalendarVersion:
    """Publishes a year's arrangement; a year that has one already gets a further version.

    A promise keeps the version by which it was made. `seen_ordinal` is the version that the person
    compared with, 0 for none; a person who compared with an older one is refused.
    """
    authorise(by, "office.publish_calendar")
    authorise_whole_group(by, None, _("节假日安排全集团共用，须由负责全集团的人员发布。"))
    _check_days(arrangement)
    _check_paper(notice, noticed_on, arrangement.year, at)
    # One after the other, so that ids follow the order in which versions can be seen.
    lock_until_commit(AdvisoryLock.CALENDAR)
    before = CalendarVersion.objects.filter(year=arrangement.year).order_by("ordinal").last()
    _check_revision(before, arrangement, reason, seen_ordinal)
    version = CalendarVersion.objects.create(
        year=arrangement.year,
        ordinal=before.ordinal + 1 if before else 1,
        notice=notice.strip(),
        noticed_on=noticed_on,
        days_off=list(arrangement.days_off),
        days_at_work=list(arrangement.days_at_work),
        reason=reason.strip() if before else "",
        published_by=by.user,
        published_at=at,
    )
    journal.record(
        "publish_calendar",
        version,
        by=by,
        at=at,
        year=version.year,
        ordinal=version.ordinal,
        notice=version.notice,
        reason=version.reason,
    )
    return version


def _check_days(arrangement: Arrangement) -> None:
    off, at_work = set(arrangement.days_off), set(arrangement.days_at_work)
    if any(day.year != arrangement.year for day in off | at_work):
        raise Invalid("other_year", _("日期须都在 %(year)s 年内。"), year=arrangement.year)
    if needless := [d for d in off if d.weekday() >= 5] + [d for d in at_work if d.weekday() < 5]:
        raise Invalid(
            "needless_day",
            _("%(day)s 与周一至周五的惯例相同，不用列出。"),
            day=f"{min(needless)}",
        )
    if len(off | at_work) < LEAST_DAYS:
        raise Invalid("not_a_whole_year", _("不足 10 天，不是全年的安排，请补全后再发布。"))


def _check_paper(notice: str, noticed_on: date | None, year: int, at: datetime) -> None:
    if not notice.strip():
        raise Invalid("notice_missing", _("请填写国务院办公厅通知的文号。"))
    if noticed_on is None:
        return
    if noticed_on > business_date(at):
        raise Invalid("notice_ahead", _("发文日期不能晚于今天。"))
    # The State Council arranges a year at the end of the one before.
    year_before = DayBound(date(year - 1, 1, 1), _("上一年年初"))
    refuse_earlier_day(noticed_on, year_before, day_name=_("发文日期"))


def _check_revision(
    before: CalendarVersion | None,
    arrangement: Arrangement,
    reason: str,
    seen_ordinal: int | None,
) -> None:
    here = before.ordinal if before else 0
    if seen_ordinal is not None and seen_ordinal != here:
        raise Refused(
            "calendar_changed",
            _("%(year)s 年的安排刚刚被他人发布（现为第 %(here)s 版），请重新核对；本次没有改动。"),
            year=arrangement.year,
            here=here,
        )
    if before is None:
        return
    if arrangement_of(before) == arrangement:
        raise Refused(
            "calendar_unchanged",
            _("与 %(year)s 年现行第 %(here)s 版相同，无需再发布。"),
            year=arrangement.year,
            here=here,
        )
    if not reason.strip():
        raise Invalid("reason_missing", _("这一年已有安排，请写明修订原因。"))
