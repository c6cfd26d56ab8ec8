"""The area lines of a change: the present ones, the one that ends and the one that begins."""

from copy import copy

from django.utils.translation import gettext_lazy as _

from billing.models import AreaChange, AreaChangeLine
from customers.models import AreaLine
from office.refusals import Invalid, Refused


def current_lines(line: AreaLine) -> list[AreaLine]:
    """Returns every area line of the same premise and ordinal, the earliest first."""
    return list(
        AreaLine.objects.filter(premise=line.premise_id, ordinal=line.ordinal).order_by("starts")
    )


def replaced(change: AreaChange, line: AreaChangeLine) -> tuple[AreaLine, AreaLine]:
    """Returns the old area line with its end and the new one that begins that day, both unsaved.

    Areas of other bases, category and height go over to the new line.
    """
    old_line, new_line = copy(line.area_line), copy(line.area_line)
    old_line.ends = change.effective_from
    new_line.pk = None
    new_line._state.adding = True  # noqa: SLF001 - Django's own way to copy a row
    new_line.starts = change.effective_from
    setattr(new_line, f"{line.basis}_area", line.area)
    return old_line, new_line


def check_new_area(change: AreaChange, line: AreaChangeLine) -> None:
    """Refuses an area that has ended, changed since or begun later, and one that stays the same.

    The caller has the lock of the account.
    """
    number, area_line = line.account.number, line.area_line
    if line.area <= 0:
        raise Invalid("area_not_positive", _("户号 %(account)s：面积必须大于零。"), account=number)
    if area_line.ends is not None:
        raise Refused(
            "area_changed_since",
            _("户号 %(account)s 的面积在起草后又有变更，请取消后重新起草；本次没有变更。"),
            account=number,
        )
    if area_line.starts >= change.effective_from:
        raise Refused(
            "area_windows_overlap",
            _("户号 %(account)s 的现有面积自 %(starts)s 起，变更起日须更晚，否则同一天计费两次。"),
            account=number,
            starts=area_line.starts,
        )
    if getattr(area_line, f"{line.basis}_area") == line.area:
        raise Refused(
            "area_unchanged",
            _("户号 %(account)s 的新面积与现有面积相同，无需变更。"),
            account=number,
        )
