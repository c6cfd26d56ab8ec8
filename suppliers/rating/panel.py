"""The panel: who sits on it, and the sheets that its members fill in face to face."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.intake.cells import clean_text
from office.models import User
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.dimensions import PanelDepartment
from suppliers.models import PanelMark, PanelMember, PanelSheet, RatingRun, SupplierRating
from suppliers.rating.runs import lock_run
from suppliers.rating.score_rows import items_of_sheet, names_of_items
from suppliers.rating.terms import terms_of
from suppliers.rating_states import RATING_RUN


@dataclass(frozen=True)
class SheetFacts:
    """A sheet as it is handed in: points of 0 to 100 by item, remarks by item, one opinion.

    `seen` is the version that was on the screen; 0 where the member had no sheet yet.
    """

    points: Mapping[str, Decimal]
    opinion: str
    remarks: Mapping[str, str] = field(default_factory=dict)
    seen: int = 0


@transaction.atomic
def name_panel_member(
    run: RatingRun, user: User, department: PanelDepartment, *, by: Actor, at: datetime
) -> PanelMember:
    """Names a person as a member of the panel for a department.

    Raises `Invalid` for a person who may not sit on a panel, `Refused` for one who is on it.
    """
    authorise(by, "suppliers.name_panel")
    if by.user is None:
        raise NotAllowed()
    locked_run = lock_run(run)
    RATING_RUN.next_state(locked_run.state, "name_panel_member")
    if not user.is_active or not user.has_perm("suppliers.sit_on_panel"):
        raise Invalid(
            "cannot_sit_on_panel",
            _("%(person)s没有担任评委的权限，请另选。"),
            person=user.display_name,
        )
    if locked_run.panel.filter(user=user).exists():
        raise Refused(
            "on_panel_already", _("%(person)s已是本次评审的评委。"), person=user.display_name
        )
    member = PanelMember.objects.create(
        run=locked_run, user=user, department=department, named_by=by.user, named_at=at
    )
    journal.record(
        "name_panel_member",
        locked_run,
        by=by,
        at=at,
        name=user.username,
        department=department.value,
    )
    return member


@transaction.atomic
def fill_panel_sheet(
    rating: SupplierRating, facts: SheetFacts, *, by: Actor, at: datetime
) -> PanelSheet:
    """Hands in the actor's own sheet on a supplier; a change of it is a new version.

    Each member has sheets of their own, so that two who write at once do not touch each other.
    Raises `Refused` where the member has changed the sheet in another window since, `Invalid` for
    points that are missing or not of 0 to 100.
    """
    authorise(by, "suppliers.sit_on_panel")
    # The run's row orders two windows of one person, and a sheet and the end of the panel.
    run = lock_run(rating.run)
    RATING_RUN.next_state(run.state, "fill_panel_sheet")
    member = PanelMember.objects.filter(run=run, user=by.user).first()
    if member is None:
        raise NotAllowed(_("您不是本次评审的评委，请采购主管先指定。"))
    if not rating.for_panel:
        raise Refused("not_for_panel", _("这家供应商按供货记录未达合格线，不需面对面评审。"))
    _check(run, facts)
    latest = member.sheets.filter(supplier=rating.supplier_id).order_by("-version").first()
    version = latest.version if latest else 0
    if facts.seen != version:
        raise Refused(
            "sheet_changed", _("您已在另一个窗口改过这张评审表，请刷新页面后再填，以免互相覆盖。")
        )
    sheet = PanelSheet.objects.create(
        run=run,
        supplier_id=rating.supplier_id,
        member=member,
        version=version + 1,
        opinion=clean_text(facts.opinion),
        filled_at=at,
    )
    PanelMark.objects.bulk_create(
        PanelMark(
            sheet=sheet, item=item, points=points, remark=clean_text(facts.remarks.get(item, ""))
        )
        for item, points in facts.points.items()
    )
    journal.record(
        "fill_panel_sheet", rating, by=by, at=at, company=run.company, version=version + 1
    )
    return sheet


def _check(run: RatingRun, facts: SheetFacts) -> None:
    names = names_of_items()
    needed = items_of_sheet(terms_of(run.rule))
    if missing := [item for item in needed if item not in facts.points]:
        raise Invalid(
            "points_missing",
            _("请逐项打分：%(items)s。"),
            items="、".join(str(names[item]) for item in missing),
        )
    if unknown := [item for item in facts.points if item not in needed]:
        raise Invalid(
            "item_not_on_sheet",
            _("“%(item)s”不由评委打分。"),
            item=str(names.get(unknown[0], unknown[0])),
        )
    if any(not 0 <= points <= 100 for points in facts.points.values()):
        raise Invalid("points_wrong", _("分数须在0到100之间。"))
    if not clean_text(facts.opinion):
        raise Invalid("opinion_missing", _("请填写评审意见。"))
