"""Where each applicant stands, since when, and with whom."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from office.action_names import action_name
from office.head_office import head_office
from office.language import Text
from office.models import Approval, User
from office.states import ApprovalState
from suppliers.admission.trials import OPINION_PERMISSIONS
from suppliers.models import Admission, Trial, TrialRole
from suppliers.states import OPEN_ADMISSIONS, AdmissionState, SiteVisitState, TrialState

QUALIFY = "suppliers.qualify_supplier"
COLUMNS: tuple[tuple[str, Text], ...] = (
    (AdmissionState.IN_REVIEW, _("三级审批")),
    (AdmissionState.RETURNED, _("已退回")),
    (AdmissionState.VISIT, _("考察")),
    (AdmissionState.TRIAL, _("试用")),
)


@dataclass(frozen=True)
class Place:
    """One open admission: its step, the people with whom it is, and for how many whole days."""

    admission: Admission
    step: str
    people: str
    days: int


def board_at(at: datetime) -> list[tuple[Text, list[Place]]]:
    """Returns the open admissions by column, the longest waiting first; ten statements at most."""
    admissions = list(
        Admission.objects.filter(state__in=OPEN_ADMISSIONS)
        .select_related("supplier", "category", "applied_by")
        .prefetch_related("visits__team", "trials__opinions")
        .order_by("waiting_since", "pk")
    )
    levels = _open_levels(admissions)
    holders = _holders({*levels.values(), *OPINION_PERMISSIONS.values(), QUALIFY})
    columns: dict[str, list[Place]] = defaultdict(list)
    for admission in admissions:
        step, people = _step(admission, levels, holders)
        days = (at - admission.waiting_since).days
        columns[admission.state].append(Place(admission, step, "、".join(people), days))
    return [(title, columns[state]) for state, title in COLUMNS]


def _step(
    admission: Admission, levels: dict[int, str], holders: dict[str, list[str]]
) -> tuple[str, list[str]]:
    """Returns the step that is open and the names of those whose turn it is."""
    applicant = [admission.applied_by.display_name]
    if admission.state == AdmissionState.IN_REVIEW:
        permission = levels[admission.pk]
        return action_name(permission.partition(".")[2]), holders[permission]
    if admission.state == AdmissionState.RETURNED:
        return str(_("重新提交")), applicant
    if admission.state == AdmissionState.VISIT:
        planned = [v for v in admission.visits.all() if v.state == SiteVisitState.PLANNED]
        if not planned:
            return str(_("安排考察")), applicant
        team = [person.display_name for person in planned[0].team.all()]
        return str(_("考察")) + f" {planned[0].planned_for}", team
    return _trial_step(list(admission.trials.all()), applicant, holders)


def _trial_step(
    trials: list[Trial], applicant: list[str], holders: dict[str, list[str]]
) -> tuple[str, list[str]]:
    latest = trials[0] if trials else None
    if latest is None or latest.state in (TrialState.REFUSED, TrialState.CALLED_OFF):
        return str(_("下达试用")), applicant
    if latest.state == TrialState.ORDERED:
        return str(_("到货验收")), applicant
    if latest.state == TrialState.CONFIRMED:
        return str(_("准予批量供应")), holders[QUALIFY]
    roles_with_opinion = {opinion.role for opinion in latest.opinions.all()}
    lacking = [role for role in TrialRole if role not in roles_with_opinion]
    names = [name for role in lacking for name in holders[OPINION_PERMISSIONS[role]]]
    roles = "、".join(str(role.label) for role in lacking)
    return str(_("试用意见")) + f"（{roles}）", list(dict.fromkeys(names))


def _open_levels(admissions: Collection[Admission]) -> dict[int, str]:
    """Returns the permission of the open level of each admission that is in review."""
    pending = Approval.objects.filter(
        record_type=ContentType.objects.get_for_model(Admission),
        record_id__in=[admission.pk for admission in admissions],
        state=ApprovalState.PENDING,
    )
    return dict(pending.values_list("record_id", "permission"))


def _holders(permissions: Iterable[str]) -> dict[str, list[str]]:
    """Returns the names of the active staff of the head office with each of the permissions."""
    codenames = [permission.partition(".")[2] for permission in permissions]
    holders: dict[str, list[str]] = defaultdict(list)
    people = (
        User.objects.filter(
            Q(group_wide=True) | Q(companies=head_office()),
            is_active=True,
            groups__permissions__codename__in=codenames,
            groups__permissions__content_type__app_label="suppliers",
        )
        .values_list("last_name", "first_name", "username", "groups__permissions__codename")
        .distinct()
        .order_by("last_name", "first_name", "username")
    )
    for last_name, first_name, username, codename in people:
        holders[f"suppliers.{codename}"].append(f"{last_name}{first_name}" or username)
    return holders
