"""The gate of the blacklist: nothing new with whoever is on it, whatever way a dealing comes in.

Only new dealings ask here. Deliveries of orders that were placed before are entered and paid.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from office.calendar import business_date
from office.refusals import Refused
from suppliers.models import (
    Ban,
    BanClearance,
    BanSubject,
    SubjectKind,
    Supplier,
    SupplierTrait,
    SupplyCategory,
    TraitKind,
)

# The traits of a supplier in which a person or an account of the blacklist can stand.
TRAITS: Mapping[SubjectKind, tuple[TraitKind, ...]] = {
    SubjectKind.PERSON: (TraitKind.REPRESENTATIVE, TraitKind.OWNER),
    SubjectKind.ACCOUNT: (TraitKind.ACCOUNT,),
}
# A supplier and a category, by their keys.
Dealing = tuple[int, int]


@dataclass(frozen=True)
class Bar:
    """Why nothing new may be agreed with a supplier: a ban, or a person or account of one.

    `subject` is what the supplier has in common with somebody else's ban and nobody has judged
    yet; None where the supplier itself is banned.
    """

    ban: Ban
    subject: BanSubject | None = None

    def __str__(self) -> str:
        if self.subject is not None:
            return gettext("%(kind)s“%(text)s”与黑名单（%(name)s）相同，待核实") % {
                "kind": self.subject.get_kind_display(),
                "text": self.subject.text,
                "name": self.ban.supplier.name,
            }
        until = self.ban.ends_on or gettext("长期")
        return gettext("已列入黑名单（%(scope)s，至 %(until)s）") % {
            "scope": self.ban.category or gettext("全部类别"),
            "until": until,
        }


def in_force_at(at: datetime, *, path: str = "") -> Q:
    """Returns the condition of bans that are in force at a moment; `path` leads to the ban."""
    on = business_date(at)
    return (
        Q(**{f"{path}starts_at__lte": at})
        & (Q(**{f"{path}lifted_at": None}) | Q(**{f"{path}lifted_at__gt": at}))
        & (Q(**{f"{path}ends_on": None}) | Q(**{f"{path}ends_on__gte": on}))
    )


def refuse_banned(supplier: Supplier, category: SupplyCategory, *, at: datetime) -> None:
    """A step of each operation that agrees something new with a supplier: refuses one that is
    barred from the category at the moment.
    """
    bars = bars_at([(supplier.pk, category.pk)], at)[supplier.pk, category.pk]
    if bars:
        raise Refused(
            "supplier_banned",
            _("%(supplier)s 不能办理新业务：%(reason)s。已到货的照常验收付款。"),
            supplier=supplier.name,
            reason="；".join(map(str, bars)),
        )


def bars_at(dealings: Collection[Dealing], at: datetime) -> dict[Dealing, list[Bar]]:
    """Returns for each dealing what bars the supplier from the category at the moment.

    One statement while the blacklist is empty, five otherwise.
    """
    bars_by_dealing: dict[Dealing, list[Bar]] = {dealing: [] for dealing in dealings}
    bars = bars_of_suppliers({supplier for supplier, _category in dealings}, at)
    if not bars:
        return bars_by_dealing
    parents = dict(SupplyCategory.objects.values_list("pk", "parent_id"))
    for supplier, category in bars_by_dealing:
        bars_by_dealing[supplier, category] = [
            bar
            for bar in bars.get(supplier, [])
            if bar.ban.category_id is None or _is_below(category, bar.ban.category_id, parents)
        ]
    return bars_by_dealing


def bars_of_suppliers(suppliers: Iterable[int], at: datetime) -> dict[int, list[Bar]]:
    """Returns what bars suppliers at the moment, whatever the category; each ban once."""
    subjects = _subjects(at)
    if not subjects:
        return {}
    members = _members(suppliers)
    codes = {code: member for member, (_supplier, code) in members.items()}
    bars: dict[int, dict[int, Bar]] = defaultdict(dict)
    for subject in subjects:
        ban = subject.ban
        banned = [ban.supplier_id] if ban.supplier_id in members else []
        if subject.kind == SubjectKind.CODE and subject.value in codes:
            banned.append(codes[subject.value])
        for member in banned:
            bars[members[member][0]][ban.pk] = Bar(ban)
    for subject, member in _matches(subjects, members):
        bars[members[member][0]].setdefault(subject.ban_id, Bar(subject.ban, subject))
    return {supplier: list(by_ban.values()) for supplier, by_ban in bars.items()}


def suspects_at(at: datetime) -> dict[int, list[Bar]]:
    """Returns the suppliers that share a person or an account with somebody else's ban and that
    nobody has judged yet.
    """
    wanted = Q(pk__in=[])
    for subject in _subjects(at):
        if subject.kind in TRAITS:
            kind = SubjectKind(subject.kind)
            wanted |= Q(kind__in=TRAITS[kind], value=subject.value)
    sharers = SupplierTrait.objects.filter(wanted, supplier__merged_into=None)
    bars = bars_of_suppliers(set(sharers.values_list("supplier_id", flat=True)), at)
    return {
        supplier: suspected
        for supplier, all_bars in bars.items()
        if (suspected := [bar for bar in all_bars if bar.subject is not None])
    }


def suspected_suppliers(at: datetime) -> QuerySet[Supplier]:
    """Returns the suppliers of `suspects_at`."""
    return Supplier.objects.filter(pk__in=list(suspects_at(at))).order_by("name", "pk")


def _subjects(at: datetime) -> list[BanSubject]:
    return list(
        BanSubject.objects.filter(in_force_at(at, path="ban__"))
        .select_related("ban__supplier", "ban__category")
        .order_by("pk")
    )


def _members(suppliers: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Returns supplier and credit code of each record: of suppliers and those merged into them."""
    keys = list(suppliers)
    rows = Supplier.objects.filter(Q(pk__in=keys) | Q(merged_into__in=keys))
    wanted = set(keys)
    return {
        pk: (pk if pk in wanted else merged_into, code)
        for pk, merged_into, code in rows.values_list("pk", "merged_into_id", "credit_code")
    }


def _matches(
    subjects: Iterable[BanSubject], members: Mapping[int, object]
) -> Iterable[tuple[BanSubject, int]]:
    """Yields the people and accounts of bans that stand in records of other suppliers, without
    those that somebody has cleared.
    """
    by_trait: dict[tuple[str, str], list[BanSubject]] = defaultdict(list)
    for subject in subjects:
        for kind in TRAITS.get(SubjectKind(subject.kind), ()):
            by_trait[kind, subject.value].append(subject)
    traits = SupplierTrait.objects.filter(
        supplier__in=list(members), value__in=[value for _kind, value in by_trait]
    ).values_list("kind", "value", "supplier_id")
    cleared = set(
        BanClearance.objects.filter(supplier__in=list(members)).values_list(
            "subject_id", "supplier_id"
        )
    )
    for trait, value, member in traits:
        for subject in by_trait.get((trait, value), ()):
            if subject.ban.supplier_id != member and (subject.pk, member) not in cleared:
                yield subject, member


def _is_below(category: int, above: int, parents: Mapping[int, int | None]) -> bool:
    """Returns whether a category is another or lies below it."""
    passed: set[int] = set()
    step: int | None = category
    while step is not None and step not in passed:
        if step == above:
            return True
        passed.add(step)
        step = parents.get(step)
    return False
