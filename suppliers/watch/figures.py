"""The figures of the yearly report on suppliers; each is the length of a list that opens.

A past year is read at its last minute in Shanghai, the present one at this moment.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from office.calendar import business_date
from office.forms.typed_numbers import read_number
from office.language import Text
from office.models import User
from office.zone import SHANGHAI
from suppliers.models import (
    EventAttendance,
    EventKind,
    PaperType,
    PaperVerification,
    Recheck,
    Region,
    Supplier,
    SupplierActivity,
    SupplierIssue,
    WageDeduction,
)
from suppliers.states import IssueState, RecheckState
from suppliers.watch.expiry import STEPS, expiring_papers

# The papers whose coverage the report publishes.
COVERED = (
    PaperType.INTEGRITY_PLEDGE,
    PaperType.ISO_9001,
    PaperType.ISO_14001,
    PaperType.ISO_45001,
)


@dataclass(frozen=True)
class Figure:
    """A number, what it is a part of where it is a share, and the address of its list."""

    label: Text
    count: int
    link: str
    total: int | None = None
    amount_fen: int | None = None

    @property
    def percent(self) -> str:
        """The share with one decimal; "—" where there is nothing to be a part of."""
        return f"{self.count * 100 / self.total:.1f}%" if self.total else "—"


def moment_of(year: int, now: datetime) -> datetime:
    """Returns the last moment of a past year in Shanghai, and now for the present one."""
    return min(now, datetime.combine(date(year, 12, 31), time.max, SHANGHAI))


def on_file_at(at: datetime) -> QuerySet[Supplier]:
    """Returns the suppliers that were on file at a moment; merged records count once."""
    return Supplier.objects.filter(registered_at__lte=at, merged_into=None)


def showing(paper_type: PaperType, at: datetime) -> QuerySet[Supplier]:
    """Returns the suppliers on file of which a verified paper of this type counted at a moment."""
    on = business_date(at)
    verified = PaperVerification.objects.filter(
        Q(paper__valid_until=None) | Q(paper__valid_until__gte=on),
        accepted=True,
        at__lte=at,
        paper__supplier=OuterRef("pk"),
        paper__paper_type=paper_type,
        paper__valid_from__lte=on,
    )
    return on_file_at(at).filter(Exists(verified))


def watched(name: str, now: datetime) -> QuerySet[Supplier] | None:
    """Returns the list behind a figure by its name, as in "iso_9001-2023"; None for other names.

    Names: `on_file`, a paper's type, and `without_` before it.
    """
    word, _dash, digits = name.rpartition("-")
    year = read_number(digits, largest=2999)
    if year is None or year < 2000:
        return None
    at = moment_of(year, now)
    paper = word.removeprefix("without_")
    if word == "on_file":
        return on_file_at(at)
    if paper not in COVERED:
        return None
    having = showing(PaperType(paper), at)
    return on_file_at(at).exclude(pk__in=having.values("pk")) if paper != word else having


def regions_of(year: int, now: datetime) -> list[Figure]:
    """Returns the number of suppliers by region and, last, all of them; one statement."""
    counts = dict(
        on_file_at(moment_of(year, now)).order_by().values_list("region").annotate(Count("pk"))
    )
    address = f"{reverse('admin:suppliers_supplier_changelist')}?watch=on_file-{year}"
    return [
        *(
            Figure(region.label, counts.get(region, 0), f"{address}&region__exact={region}")
            for region in Region
        ),
        Figure(_("合计"), sum(counts.values()), address),
    ]


def coverage_of(year: int, now: datetime) -> list[Figure]:
    """Returns for each published paper how many suppliers show it, of how many."""
    at = moment_of(year, now)
    total = on_file_at(at).count()
    address = reverse("admin:suppliers_supplier_changelist")
    return [
        Figure(
            paper_type.label,
            showing(paper_type, at).count(),
            f"{address}?watch={paper_type}-{year}",
            total=total,
        )
        for paper_type in COVERED
    ]


def expiring_now(now: datetime) -> list[Figure]:
    """Returns how many papers end within 90, 60 and 30 days or have ended."""
    address = reverse("admin:suppliers_supplierpaper_changelist")
    return [
        Figure(
            _("%(days)s 天内到期") % {"days": days},
            expiring_papers(now, days).count(),
            f"{address}?expiring={days}",
        )
        for days in STEPS
    ]


def work_of(year: int, user: User) -> list[Figure]:
    """Returns re-checks, issues, events and wage deductions of a year, as far as the person sees
    them.
    """
    rechecks = Recheck.objects.filter(opened_at__range=_moments(year))
    issues = SupplierIssue.objects.filter(raised_at__range=_moments(year))
    came = EventAttendance.objects.filter(event__held_on__year=year, people__gt=0)
    deductions = WageDeduction.objects.visible_to(user).standing().filter(breached_on__year=year)
    amount = deductions.aggregate(amount=Sum("amount_fen"))["amount"] or 0
    return [
        Figure(
            _("已完成年度复查"),
            rechecks.filter(state=RecheckState.DONE).count(),
            _list_of("recheck", f"year={year}&state__exact=done"),
            total=rechecks.count(),
        ),
        Figure(
            _("已验证整改事项"),
            issues.filter(state=IssueState.VERIFIED).count(),
            _list_of("supplierissue", f"year={year}&state__exact=verified"),
            total=issues.count(),
        ),
        *(
            Figure(
                kind.label,
                SupplierActivity.objects.filter(kind=kind, held_on__year=year).count(),
                _list_of("supplieractivity", f"year={year}&kind__exact={kind}"),
            )
            for kind in EventKind
        ),
        Figure(
            _("参加培训与交流（家次）"),
            came.count(),
            _list_of("eventattendance", f"year={year}&came=yes"),
        ),
        Figure(
            _("欠薪扣款"),
            deductions.count(),
            _list_of("wagededuction", f"year={year}"),
            amount_fen=amount,
        ),
    ]


def _moments(year: int) -> tuple[datetime, datetime]:
    return (
        datetime(year, 1, 1, tzinfo=SHANGHAI),
        datetime.combine(date(year, 12, 31), time.max, SHANGHAI),
    )


def _list_of(table: str, query: str) -> str:
    return f"{reverse(f'admin:suppliers_{table}_changelist')}?{query}"
