"""Posts and people of a list: each sound row goes through the operations that a clerk calls."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from office.actors import Actor
from office.models import (
    Appointment,
    Company,
    OrganisationListKind,
    Person,
    Post,
    PostTerm,
    User,
)
from office.organisation.people import (
    appoint_person,
    end_appointment,
    enter_person,
    link_person,
)
from office.organisation.structure import PostFacts, department_by_path, set_post
from office.refusals import Refused

Values = Mapping[str, Any]
# Enters the values of a row; returns whether they were new.
Enter = Callable[[Values], bool]


def entering(kind: OrganisationListKind, company: Company, *, by: Actor, at: datetime) -> Enter:
    """Returns the function that enters the rows of one kind, one at a time."""
    if kind is OrganisationListKind.POSTS:
        return lambda values: _enter_post(values, company, by=by, at=at)
    return lambda values: _enter_appointment(values, company, by=by, at=at)


def _enter_post(values: Values, company: Company, *, by: Actor, at: datetime) -> bool:
    superior = None
    if values["superior"]:
        superior = Post.objects.filter(code=values["superior"]).first()
        if superior is None:
            raise Refused(
                "superior_unknown",
                _("没有编码为 %(post)s 的上级岗位；上级岗位的行须排在前面，或已在系统中。"),
                post=values["superior"],
            )
    before = PostTerm.objects.count()
    department = department_by_path(
        company, values["department"], first_day=values["first_day"], by=by, at=at
    )
    facts = PostFacts(department, values["name"], values["rank"], superior)
    set_post(company, values["code"], facts, first_day=values["first_day"], by=by, at=at)
    return PostTerm.objects.count() > before


def _enter_appointment(values: Values, company: Company, *, by: Actor, at: datetime) -> bool:
    post = Post.objects.filter(code=values["post"], company=company).first()
    if post is None:
        raise Refused("post_unknown", _("本公司没有编码为 %(post)s 的岗位。"), post=values["post"])
    person = enter_person(company, values["number"], values["name"], by=by, at=at)
    if values["username"]:
        _link(person, values["username"], by=by, at=at)
    first_day, last_day = values["first_day"], values["last_day"]
    same = Appointment.objects.filter(person=person, post=post, first_day=first_day).first()
    if same is not None and same.last_day == last_day:
        return False
    appointment = same or appoint_person(person, post, first_day=first_day, by=by, at=at)
    if last_day is not None:
        end_appointment(appointment, last_day=last_day, reason="名单导入", by=by, at=at)
    return True


def _link(person: Person, username: str, *, by: Actor, at: datetime) -> None:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise Refused("user_unknown", _("没有登录名为 %(name)s 的用户。"), name=username)
    if person.user_id != user.pk:
        link_person(person, user, by=by, at=at)
