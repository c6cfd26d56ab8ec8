"""Declaring an interest, and ending a declaration."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.models import InterestDeclaration, InterestScene, Person
from office.permissions import authorise, may
from office.refusals import Invalid, NotAllowed, Refused


@dataclass(frozen=True)
class InterestFacts:
    """What is declared: the scene, the colleague or partner, in words, and since when."""

    scene: InterestScene
    detail: str
    first_day: date
    related: Person | None = None
    party: str = ""


@transaction.atomic
def declare_interest(facts: InterestFacts, *, by: Actor, at: datetime) -> InterestDeclaration:
    """Declares an interest of the actor's own."""
    authorise(by, "office.declare_interest")
    return _declare("declare_interest", _own_person(by), facts, by=by, at=at)


@transaction.atomic
def enter_interest(
    declarant: Person, facts: InterestFacts, *, by: Actor, at: datetime
) -> InterestDeclaration:
    """Enters what a person without a user has declared on paper."""
    authorise(by, "office.enter_interest", declarant.company)
    return _declare("enter_interest", declarant, facts, by=by, at=at)


@transaction.atomic
def end_interest(
    declaration: InterestDeclaration, *, last_day: date, reason: str, by: Actor, at: datetime
) -> InterestDeclaration:
    """Ends a declaration after its last day; the declarant may, and those who enter declarations.

    A declaration is not ended for days that have passed: what was decided by it stays explained.
    """
    authorise(by, "office.end_interest")
    locked = InterestDeclaration.objects.select_for_update(of=("self",)).get(pk=declaration.pk)
    is_own = by.user is not None and locked.declarant.user_id == by.user.pk
    if not is_own and not may(by, "office.enter_interest", locked.declarant.company):
        raise NotAllowed()
    if locked.last_day is not None:
        raise Refused("interest_over", _("这项申报已于 %(day)s 终止。"), day=f"{locked.last_day}")
    if last_day < max(locked.first_day, business_date(at)):
        raise Invalid("interest_backdated", _("终止日期不能早于今天和起始日期。"))
    if not reason.strip():
        raise Invalid("reason_missing", _("请填写终止原因。"))
    locked.last_day = last_day
    locked.end_reason = reason.strip()
    locked.save(update_fields=["last_day", "end_reason"])
    journal.record(
        "end_interest",
        locked,
        by=by,
        at=at,
        company=locked.declarant.company,
        last_day=f"{last_day}",
    )
    return locked


def _own_person(by: Actor) -> Person:
    """Returns the person who the actor is; raises `Refused` for a user without one."""
    person = Person.objects.filter(user=by.user).first() if by.user else None
    if person is None:
        raise Refused(
            "no_person",
            _("您的登录用户还没有关联人员档案，请联系人事关联后再申报。"),
        )
    return person


def _declare(
    action: str, declarant: Person, facts: InterestFacts, *, by: Actor, at: datetime
) -> InterestDeclaration:
    """Writes the declaration. A step of the two operations above."""
    if facts.related is None and not facts.party.strip():
        raise Invalid("interest_with_nobody", _("请填写相关同事的工号，或相关外部单位的名称。"))
    if facts.related is not None and facts.related.pk == declarant.pk:
        raise Invalid("interest_in_oneself", _("相关同事不能是申报人本人。"))
    if facts.scene is InterestScene.RELATIVE and facts.related is None:
        raise Invalid("relative_missing", _("亲属在集团内任职的，请填写亲属的工号。"))
    if not facts.detail.strip():
        raise Invalid("detail_missing", _("请说明是什么关系或利益。"))
    declaration = InterestDeclaration.objects.create(
        declarant=declarant,
        scene=facts.scene,
        related=facts.related,
        party=facts.party.strip(),
        detail=facts.detail.strip(),
        first_day=facts.first_day,
        declared_at=at,
        entered_by=by.user,
    )
    # The journal is read by more people than the declarations: it says that, not what.
    journal.record(action, declaration, by=by, at=at, company=declarant.company)
    return declaration
