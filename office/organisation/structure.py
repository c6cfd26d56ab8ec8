"""Departments and posts: opened, changed from a day on, and closed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.locks.advisory_locks import AdvisoryLock, lock_until_commit
from office.models import Appointment, Company, Department, Post, PostTerm, Rank
from office.organisation.on_day import in_force
from office.permissions import authorise
from office.refusals import Invalid, Refused

_CODE = re.compile(r"[0-9A-Z][0-9A-Z.-]{0,19}")


@dataclass(frozen=True)
class PostFacts:
    """What a post is from a day on: department, name, rank and the post that leads it."""

    department: Department
    name: str
    rank: Rank
    superior: Post | None = None


def lock_organisation() -> None:
    """Locks the whole chart until the transaction ends: periods of several rows are compared, and
    no single row could be locked for what does not exist yet.
    """
    lock_until_commit(AdvisoryLock.ORGANISATION)


@transaction.atomic
def open_department(
    company: Company,
    name: str,
    *,
    parent: Department | None = None,
    first_day: date,
    by: Actor,
    at: datetime,
) -> Department:
    """Opens a department from a day on; one that is open under the same name is returned as it is.

    Raises `Invalid` for a parent of another company or one that is not open on that day.
    """
    authorise(by, "office.open_department", company)
    lock_organisation()
    if not name.strip():
        raise Invalid("name_missing", _("请填写部门名称。"))
    if parent is not None and parent.company_id != company.pk:
        raise Invalid("department_elsewhere", _("上级部门须属于同一公司。"))
    if parent is not None:
        _check_open(parent, first_day)
    same = Department.objects.filter(
        company=company, parent=parent, name=name.strip(), last_day__isnull=True
    ).first()
    if same is not None:
        return same
    department = Department.objects.create(
        company=company, parent=parent, name=name.strip(), first_day=first_day
    )
    journal.record("open_department", department, by=by, at=at, first_day=f"{first_day}")
    return department


@transaction.atomic
def close_department(
    department: Department, *, last_day: date, by: Actor, at: datetime
) -> Department:
    """Closes a department after its last day; refuses while posts or parts of it go on longer."""
    authorise(by, "office.close_department", department.company)
    lock_organisation()
    closed = Department.objects.select_for_update(of=("self",)).get(pk=department.pk)
    if closed.last_day is not None:
        raise Refused("closed_already", _("部门“%(name)s”已撤销。"), name=closed.name)
    _check_ends(closed.first_day, last_day)
    later = Q(last_day__isnull=True) | Q(last_day__gt=last_day)
    if closed.parts.filter(later).exists() or closed.post_terms.filter(later).exists():
        raise Refused(
            "department_in_use",
            _("部门“%(name)s”在这一天之后还有下级部门或岗位，请先撤销或调整。"),
            name=closed.name,
        )
    closed.last_day = last_day
    closed.save(update_fields=["last_day"])
    journal.record("close_department", closed, by=by, at=at, last_day=f"{last_day}")
    return closed


@transaction.atomic
def set_post(
    company: Company, code: str, facts: PostFacts, *, first_day: date, by: Actor, at: datetime
) -> PostTerm:
    """Says what a post is from a day on: creates the post, or ends what it was the day before.

    A post that already is so stays as it is. Raises `Refused` for a day that is not after the
    beginning of what is in force, and for a superior that is lower or below the post itself.
    """
    authorise(by, "office.set_post", company)
    lock_organisation()
    _check_facts(company, facts, first_day)
    post = Post.objects.filter(code=code).first()
    if post is not None and post.company_id != company.pk:
        raise Refused(
            "post_code_taken", _("岗位编码 %(post)s 已由其他公司使用，请另编一个。"), post=code
        )
    latest = None
    if post is not None:
        latest = post.terms.order_by("-first_day").first()
        if latest is not None and latest.last_day is None and _says(latest, facts):
            return latest
        _check_above(post, facts.superior)
    else:
        post = Post.objects.create(company=company, code=_checked_code(code))
    if latest is not None:
        _end_before(latest, first_day)
    term = PostTerm.objects.create(
        post=post,
        department=facts.department,
        name=facts.name.strip(),
        rank=facts.rank,
        superior=facts.superior,
        first_day=first_day,
    )
    journal.record(
        "set_post",
        term,
        by=by,
        at=at,
        company=company,
        code=code,
        rank=int(facts.rank),
        department=facts.department.name,
        superior=facts.superior.code if facts.superior else None,
        first_day=f"{first_day}",
    )
    return term


@transaction.atomic
def close_post(post: Post, *, last_day: date, by: Actor, at: datetime) -> PostTerm:
    """Closes a post after its last day; refuses while people or lower posts rest on it longer."""
    authorise(by, "office.close_post", post.company)
    lock_organisation()
    term = post.terms.select_for_update(of=("self",)).filter(last_day__isnull=True).first()
    if term is None:
        raise Refused("closed_already", _("岗位 %(post)s 已撤销。"), post=post.code)
    _check_ends(term.first_day, last_day)
    later = Q(last_day__isnull=True) | Q(last_day__gt=last_day)
    if Appointment.objects.filter(later, post=post).exists():
        raise Refused(
            "post_taken", _("岗位 %(post)s 在这一天之后还有人任职，请先免除任职。"), post=post.code
        )
    if PostTerm.objects.filter(later, superior=post).exists():
        raise Refused(
            "post_leads",
            _("岗位 %(post)s 在这一天之后还是其他岗位的上级，请先调整。"),
            post=post.code,
        )
    term.last_day = last_day
    term.save(update_fields=["last_day"])
    journal.record("close_post", term, by=by, at=at, company=post.company, last_day=f"{last_day}")
    return term


def department_by_path(
    company: Company, names: Sequence[str], *, first_day: date, by: Actor, at: datetime
) -> Department:
    """Returns the department at the end of a path such as 工程部/二次网班, opening what is missing.
    A step of an import; the caller has the chart locked.
    """
    department: Department | None = None
    for name in names:
        same = Department.objects.filter(
            in_force(first_day), company=company, parent=department, name=name
        ).first()
        department = same or open_department(
            company, name, parent=department, first_day=first_day, by=by, at=at
        )
    if department is None:
        raise Invalid("department_missing", _("请填写部门。"))
    return department


def _checked_code(code: str) -> str:
    if not _CODE.fullmatch(code):
        raise Invalid(
            "post_code_wrong", _("岗位编码由大写字母、数字、点和短横组成，不超过 20 个字。")
        )
    return code


def _check_facts(company: Company, facts: PostFacts, first_day: date) -> None:
    if not facts.name.strip():
        raise Invalid("name_missing", _("请填写岗位名称。"))
    if facts.department.company_id != company.pk:
        raise Invalid("department_elsewhere", _("岗位所在部门须属于同一公司。"))
    _check_open(facts.department, first_day)
    if facts.superior is None:
        return
    above = facts.superior.terms.filter(in_force(first_day)).first()
    if above is None:
        raise Refused(
            "superior_closed",
            _("上级岗位 %(post)s 在 %(day)s 没有设置，请先设置上级岗位。"),
            post=facts.superior.code,
            day=f"{first_day}",
        )
    if above.rank > facts.rank:
        raise Refused(
            "superior_lower",
            _("上级岗位 %(post)s 的职级低于本岗位，请核对。"),
            post=facts.superior.code,
        )


def _check_above(post: Post, superior: Post | None) -> None:
    """Refuses a superior that the post itself leads, by what is latest of every post."""
    passed: set[int] = set()
    while superior is not None and superior.pk not in passed:
        if superior.pk == post.pk:
            raise Refused(
                "superior_below",
                _("上级岗位受岗位 %(post)s 领导，两者不能互为上下级。"),
                post=post.code,
            )
        passed.add(superior.pk)
        term = superior.terms.select_related("superior").order_by("-first_day").first()
        superior = term.superior if term else None


def _says(term: PostTerm, facts: PostFacts) -> bool:
    return (term.department_id, term.name, term.rank, term.superior_id) == (
        facts.department.pk,
        facts.name.strip(),
        int(facts.rank),
        facts.superior.pk if facts.superior else None,
    )


def _end_before(term: PostTerm, first_day: date) -> None:
    """Ends what a post was on the day before. A step of `set_post`; the chart is locked."""
    if first_day <= (term.last_day or term.first_day):
        raise Refused(
            "post_term_backdated",
            _("岗位已有自 %(day)s 起的设置，新的生效日期须在 %(last)s 之后。"),
            day=f"{term.first_day}",
            last=f"{term.last_day or term.first_day}",
        )
    if term.last_day is None:
        term.last_day = first_day - timedelta(days=1)
        term.save(update_fields=["last_day"])


def _check_open(department: Department, day: date) -> None:
    if day < department.first_day or (department.last_day and day > department.last_day):
        raise Refused(
            "department_closed",
            _("部门“%(name)s”在 %(day)s 尚未设立或已撤销，请核对日期。"),
            name=department.name,
            day=f"{day}",
        )


def _check_ends(first_day: date, last_day: date) -> None:
    if last_day < first_day:
        raise Invalid("last_day_too_early", _("截止日期不能早于 %(day)s。"), day=f"{first_day}")
