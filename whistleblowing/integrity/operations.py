"""Which posts sign pledges, who has signed, and who was trained; entered by lists of numbers."""

from collections.abc import Container, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office.calendar import business_date
from office.models import Person, Post
from office.refusals import Invalid, NotAllowed
from whistleblowing.integrity.queries import pledge_years
from whistleblowing.keys.report_keys import Reader
from whistleblowing.models import Attendance, Officer, PledgeDuty, SignedPledge, Training
from whistleblowing.officers.events import note
from whistleblowing.words import EventKind, PledgeKind


@transaction.atomic
def set_pledge_posts(
    codes: Sequence[str], kind: PledgeKind, first_day: date, *, by: Reader, at: datetime
) -> int:
    """Makes everybody on these posts sign a pledge of a kind each year; returns how many are new.

    Posts that have the duty keep it. Refuses the whole list where a code is not known.
    """
    officer = _authorise(by)
    years = pledge_years(business_date(at))
    if not years[-1] <= first_day.year <= years[0] + 1:
        raise Invalid("day_far", _("起始日期应在最近五个年度以内，最迟为明年。"))
    posts = Post.objects.in_bulk([*codes], field_name="code")
    _refuse_unknown(codes, posts)
    # Two officers may send the same list at one moment: the constraint keeps the first.
    before = PledgeDuty.objects.filter(kind=kind, last_day=None).count()
    PledgeDuty.objects.bulk_create(
        [PledgeDuty(post=post, kind=kind, first_day=first_day) for post in posts.values()],
        ignore_conflicts=True,
    )
    note(EventKind.PLEDGE_POSTS_SET, officer, at=at)
    return PledgeDuty.objects.filter(kind=kind, last_day=None).count() - before


@transaction.atomic
def end_pledge_post(duty: PledgeDuty, *, by: Reader, at: datetime) -> None:
    """Ends the duty of a post with today; what was signed stays."""
    officer = _authorise(by)
    locked_duty = PledgeDuty.objects.select_for_update(of=("self",)).get(pk=duty.pk)
    if locked_duty.last_day is not None:
        raise Invalid("duty_ended", _("该岗位已不再要求签署。"))
    locked_duty.last_day = business_date(at)
    locked_duty.save(update_fields=["last_day"])
    note(EventKind.PLEDGE_POSTS_SET, officer, at=at)


@transaction.atomic
def record_pledges(
    numbers: Sequence[str], kind: PledgeKind, signed_on: date, *, by: Reader, at: datetime
) -> int:
    """Records that people signed a pledge for the year of the day; returns how many are new."""
    officer = _authorise(by)
    _refuse_far(signed_on, at)
    people = _people(numbers)
    year = signed_on.year
    signed = SignedPledge.objects.filter(person__in=people, kind=kind, year=year)
    before = signed.count()
    SignedPledge.objects.bulk_create(
        [
            SignedPledge(
                person=person, kind=kind, year=year, signed_on=signed_on, recorded_by=officer
            )
            for person in people
        ],
        ignore_conflicts=True,
    )
    note(EventKind.PLEDGES_RECORDED, officer, at=at)
    return signed.count() - before


@transaction.atomic
def record_training(
    topic: str, held_on: date, numbers: Sequence[str], *, by: Reader, at: datetime
) -> Training:
    """Records a training and who took part."""
    officer = _authorise(by)
    _refuse_far(held_on, at)
    if not topic.strip():
        raise Invalid("topic_missing", _("请填写培训内容。"))
    people = _people(numbers)
    training = Training.objects.create(held_on=held_on, topic=topic.strip(), recorded_by=officer)
    Attendance.objects.bulk_create(
        Attendance(training=training, person=person) for person in people
    )
    note(EventKind.TRAINING_RECORDED, officer, at=at)
    return training


def _authorise(by: Reader) -> Officer:
    """Returns the officer; raises NotAllowed for those without everyday reports."""
    if by.officer is None or not by.officer.takes_reports:
        raise NotAllowed()
    return by.officer


def _people(numbers: Sequence[str]) -> list[Person]:
    people = Person.objects.in_bulk([*numbers], field_name="number")
    _refuse_unknown(numbers, people)
    return list(people.values())


def _refuse_unknown(wanted: Sequence[str], existing: Container[str]) -> None:
    if not wanted:
        raise Invalid("list_empty", _("请填写名单，每行一个。"))
    missing = [each for each in wanted if each not in existing]
    if missing:
        raise Invalid(
            "not_in_the_chart",
            _("组织架构里没有：%(missing)s。请核对后重新提交整份名单。"),
            missing="、".join(missing[:10]),
        )


def _refuse_far(day: date, at: datetime) -> None:
    """Refuses a day after today, or before the years that are shown: a slip of the hand."""
    today = business_date(at)
    if day > today or day.year not in pledge_years(today):
        raise Invalid("day_far", _("日期应在最近五个年度以内、今天或者以前。"))
