"""People and their appointments to posts."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.models import Appointment, Company, Person, Post, User
from office.organisation.on_day import in_force
from office.organisation.structure import lock_organisation
from office.permissions import authorise
from office.refusals import Invalid, Refused


@transaction.atomic
def enter_person(
    company: Company,
    number: str,
    name: str,
    *,
    user: User | None = None,
    by: Actor,
    at: datetime,
) -> Person:
    """Enters a person under a staff number; one who is on file under this name stays as they are,
    also in another company.

    Raises `Refused` for a number that belongs to somebody else and for a user who is linked to
    another person.
    """
    authorise(by, "office.enter_person", company)
    lock_organisation()
    if not number.strip() or not name.strip():
        raise Invalid("person_incomplete", _("请填写工号和姓名。"))
    on_file = Person.objects.filter(number=number.strip()).first()
    if on_file is not None:
        if on_file.name != name.strip():
            raise Refused(
                "number_taken",
                _("工号 %(number)s 已登记为另一姓名的人员，请核对。"),
                number=number.strip(),
            )
        return on_file
    _check_user_free(user)
    person = Person.objects.create(
        company=company, number=number.strip(), name=name.strip(), user=user
    )
    journal.record("enter_person", person, by=by, at=at, user=user.username if user else None)
    return person


@transaction.atomic
def link_person(person: Person, user: User | None, *, by: Actor, at: datetime) -> Person:
    """Links a person to the user by whom they sign in; None takes the link away."""
    authorise(by, "office.link_person", person.company)
    lock_organisation()
    locked = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if user is not None and locked.user_id != user.pk:
        _check_user_free(user)
    locked.user = user
    locked.save(update_fields=["user"])
    journal.record("link_person", locked, by=by, at=at, user=user.username if user else None)
    return locked


@transaction.atomic
def appoint_person(
    person: Person, post: Post, *, first_day: date, by: Actor, at: datetime
) -> Appointment:
    """Appoints a person to a post from a day on; who is on it already from that day stays so.

    Raises `Refused` for a post that is not set up on that day and for days that overlap.
    """
    authorise(by, "office.appoint_person", post.company)
    lock_organisation()
    if not post.terms.filter(in_force(first_day)).exists():
        raise Refused(
            "post_not_in_force",
            _("岗位 %(post)s 在 %(day)s 没有设置，请核对日期。"),
            post=post.code,
            day=f"{first_day}",
        )
    own = Appointment.objects.filter(person=person, post=post)
    same = own.filter(first_day=first_day, last_day__isnull=True).first()
    if same is not None:
        return same
    if own.filter(Q(last_day__isnull=True) | Q(last_day__gte=first_day)).exists():
        raise Refused(
            "appointed_already",
            _("%(name)s在这段时间已任岗位 %(post)s，请先免除原任职。"),
            name=person.name,
            post=post.code,
        )
    appointment = Appointment.objects.create(person=person, post=post, first_day=first_day)
    journal.record(
        "appoint_person",
        appointment,
        by=by,
        at=at,
        company=post.company,
        person=person.number,
        post=post.code,
        first_day=f"{first_day}",
    )
    return appointment


@transaction.atomic
def end_appointment(
    appointment: Appointment, *, last_day: date, reason: str, by: Actor, at: datetime
) -> Appointment:
    """Ends an appointment after its last day, with the reason, such as a transfer."""
    authorise(by, "office.end_appointment", appointment.post.company)
    lock_organisation()
    locked = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    if locked.last_day is not None:
        raise Refused(
            "appointment_over", _("这项任职已于 %(day)s 结束。"), day=f"{locked.last_day}"
        )
    if last_day < locked.first_day:
        raise Invalid(
            "last_day_too_early", _("截止日期不能早于 %(day)s。"), day=f"{locked.first_day}"
        )
    if not reason.strip():
        raise Invalid("reason_missing", _("请填写离任原因。"))
    locked.last_day = last_day
    locked.reason = reason.strip()
    locked.save(update_fields=["last_day", "reason"])
    journal.record(
        "end_appointment",
        locked,
        by=by,
        at=at,
        company=locked.post.company,
        person=locked.person.number,
        last_day=f"{last_day}",
        reason=locked.reason,
    )
    return locked


def _check_user_free(user: User | None) -> None:
    if user is not None and Person.objects.filter(user=user).exists():
        raise Refused(
            "user_linked",
            _("用户 %(user)s 已关联另一人员，请先解除。"),
            user=user.username,
        )
