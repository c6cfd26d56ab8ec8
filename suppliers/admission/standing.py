"""Whether suppliers may be dealt with at a moment, and by name what is missing where they may not.

A qualification is never switched on or off: each question looks at its days, at the conditions of
its admission and at the supplier's papers, so that it is suspended and restored to the minute.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from office.action_names import action_name
from office.approvals.steps import approvals_of
from office.calendar import business_date
from office.refusals import Refused
from office.states import ApprovalState
from suppliers.blacklist.gate import bars_at
from suppliers.models import (
    Admission,
    AdmissionCondition,
    Qualification,
    Supplier,
    SupplyCategory,
    TrialRole,
)
from suppliers.papers.gates import missing_papers_at
from suppliers.states import SiteVisitState, TrialState


def qualified_at(supplier: Supplier, category: SupplyCategory, at: datetime) -> bool:
    """Returns whether the supplier may supply in the category at the moment."""
    return not missing_for_supply(supplier, category, at)


def missing_for_supply(supplier: Supplier, category: SupplyCategory, at: datetime) -> list[str]:
    """Returns by name what the supplier lacks at the moment to supply in the category in bulk."""
    qualifications = list(
        Qualification.objects.filter(supplier=supplier, category=category, granted_at__lte=at)
        .select_related("supplier__merged_into")
        .order_by("-valid_until", "-pk")
    )
    if qualifications:
        reasons = suspensions_of(qualifications, at)
        return min((reasons[row.pk] for row in qualifications), key=len)
    admission = (
        Admission.objects.filter(supplier=supplier, category=category).order_by("-pk").first()
    )
    dealing = (supplier.pk, category.pk)
    papers = [*missing_papers_at([dealing], at)[dealing], *bars_at([dealing], at)[dealing]]
    steps = missing_steps(admission, at) if admission else [gettext("没有申请准入")]
    return [*steps, *map(str, papers)] or [gettext("尚未批准批量供应")]


def require_qualified(supplier: Supplier, category: SupplyCategory, *, at: datetime) -> None:
    """A step of each operation that buys in bulk: refuses a supplier that is not qualified at the
    moment, and names what is missing.
    """
    missing = missing_for_supply(supplier, category, at)
    if missing:
        raise Refused(
            "not_qualified",
            _("%(supplier)s 不能批量供应“%(category)s”，缺：%(missing)s。"),
            supplier=supplier,
            category=category,
            missing="；".join(missing),
        )


def suspensions_of(qualifications: Collection[Qualification], at: datetime) -> dict[int, list[str]]:
    """Returns for each qualification why it does not hold at the moment; nothing where it holds.

    Five statements, however many there are, and four more while somebody is on the blacklist. The
    rows come with their suppliers.
    """
    on = business_date(at)
    dealings = {(row.supplier_id, row.category_id) for row in qualifications}
    papers = missing_papers_at(dealings, at)
    bars = bars_at(dealings, at)
    conditions = _overdue_conditions({row.admission_id for row in qualifications}, at)
    reasons: dict[int, list[str]] = {}
    for row in qualifications:
        found_reasons = []
        if row.granted_at > at or not row.valid_from <= on <= row.valid_until:
            found_reasons.append(
                gettext("供货资格有效期 %(start)s 至 %(end)s")
                % {"start": row.valid_from, "end": row.valid_until}
            )
        if row.supplier.merged_into is not None:
            found_reasons.append(gettext("已并入 %(name)s") % {"name": row.supplier.merged_into})
        found_reasons += conditions[row.admission_id]
        found_reasons += map(str, bars[row.supplier_id, row.category_id])
        found_reasons += map(str, papers[row.supplier_id, row.category_id])
        reasons[row.pk] = found_reasons
    return reasons


def qualified_suppliers(categories: Iterable[int], at: datetime) -> dict[int, set[int]]:
    """Returns the ids of the suppliers that are qualified at the moment, by category.

    Six statements, however many categories there are, and four more while somebody is on the
    blacklist.
    """
    on = business_date(at)
    rows = list(
        Qualification.objects.filter(
            category__in=list(categories),
            granted_at__lte=at,
            valid_from__lte=on,
            valid_until__gte=on,
        ).select_related("supplier__merged_into")
    )
    reasons = suspensions_of(rows, at)
    qualified: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        if not reasons[row.pk]:
            qualified[row.category_id].add(row.supplier_id)
    return qualified


def missing_steps(admission: Admission, at: datetime) -> list[str]:
    """Returns by name the steps of an admission that are missing before bulk supply."""
    return [
        *_missing_levels(admission),
        *_missing_visit(admission),
        *_missing_trial(admission),
        *_overdue_conditions({admission.pk}, at)[admission.pk],
    ]


def _missing_levels(admission: Admission) -> list[str]:
    approval = approvals_of(admission).first()
    if approval is None or approval.state == ApprovalState.APPROVED:
        return []
    pending = approval.state == ApprovalState.PENDING
    first = approval.level if pending else 1
    return [
        gettext("第%(level)s级审批（%(name)s）")
        % {"level": level, "name": action_name(permission.partition(".")[2])}
        for level, permission in enumerate(approval.levels, start=1)
        if level >= first
    ]


def _missing_visit(admission: Admission) -> list[str]:
    states = set(admission.visits.values_list("state", flat=True))
    if SiteVisitState.PASSED in states:
        return []
    return [gettext("考察未通过") if SiteVisitState.FAILED in states else gettext("现场考察")]


def _missing_trial(admission: Admission) -> list[str]:
    trial = admission.trials.order_by("-pk").first()
    if trial is None:
        return [gettext("试用")]
    if trial.state == TrialState.CONFIRMED:
        return []
    opinions = {opinion.role: opinion for opinion in trial.opinions.all()}
    if trial.state == TrialState.REFUSED:
        against = [role.label for role in TrialRole if not opinions[role].agrees]
        return [gettext("试用未通过（%(roles)s不同意）") % {"roles": "、".join(map(str, against))}]
    if trial.state == TrialState.INSPECTED:
        lacking = [role.label for role in TrialRole if role not in opinions]
        return [gettext("试用意见（%(roles)s）") % {"roles": "、".join(map(str, lacking))}]
    return [gettext("试用到货验收") if trial.state == TrialState.ORDERED else gettext("试用")]


def _overdue_conditions(admissions: Collection[int], at: datetime) -> dict[int, list[str]]:
    """Returns the conditions whose last day had passed and that nobody had confirmed by then."""
    overdue: dict[int, list[str]] = defaultdict(list)
    rows = AdmissionCondition.objects.filter(
        Q(met_at=None) | Q(met_at__gt=at),
        admission__in=list(admissions),
        due_on__lt=business_date(at),
        set_at__lte=at,
    )
    for condition in rows:
        overdue[condition.admission_id].append(
            gettext("条件逾期未落实：%(text)s（%(due)s）")
            % {"text": condition.text, "due": condition.due_on}
        )
    return overdue
