"""Nights: the figures of a day are frozen once.

Records that are entered late lead to a revision with a visible correction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from complaints.kpis.arithmetic import figures_of
from complaints.kpis.causes import Changed, cause_of, changed_rows
from complaints.kpis.figures import Figures, figures_of_nights
from complaints.kpis.nights import latest_revision, missing_days, stale_days
from complaints.kpis.tallies import lock_nights, tally_stale
from complaints.measures import BY_CODE, DEFINITION_VERSION
from complaints.models import KpiCorrection, KpiNight, KpiStale
from office.calendar import business_date
from office.refusals import Refused

# The columns of a cell. Numbers come first, since PostgreSQL compares them faster than texts.
_CELL = "company_id, heat_station_id, crew_id, measure, kind, channel"
_DRAFT = f"""
CREATE TEMP TABLE complaints_kpi_draft ON COMMIT DROP AS
SELECT {_CELL}, count(*) AS denominator, count(*) FILTER (WHERE hit) AS numerator,
       array_agg(record ORDER BY record) AS counted,
       coalesce(array_agg(record ORDER BY record) FILTER (WHERE hit), '{{}}') AS hits,
       CASE WHEN max(minutes) IS NULL THEN NULL ELSE array_agg(minutes ORDER BY record) END
       AS minutes
FROM complaints_kpitally WHERE day = %s
GROUP BY {_CELL}
"""
# The digest of all cells. COLLATE "C" makes their order, and so the digest, independent of the
# server's locale.
_HASH = """
SELECT encode(sha256(convert_to(coalesce(string_agg(
    concat_ws('|', measure, company_id, coalesce(heat_station_id, 0), coalesce(crew_id, 0),
              kind, channel, counted, hits, minutes),
    E'\\n' ORDER BY measure COLLATE "C", company_id, heat_station_id, crew_id,
    kind COLLATE "C", channel COLLATE "C"), ''), 'UTF8')), 'hex')
FROM complaints_kpi_draft
"""
_KEEP = f"""
INSERT INTO complaints_kpifact
    (night_id, {_CELL}, denominator, numerator, counted, hits, minutes)
SELECT %s, {_CELL}, denominator, numerator, counted, hits, minutes FROM complaints_kpi_draft
"""


@dataclass(frozen=True)
class NightlyOutcome:
    """The result of a run: days frozen, corrected and unchanged, and how many are still missing."""

    frozen: tuple[date, ...]
    corrected: tuple[date, ...]
    unchanged: tuple[date, ...]
    left: int = 0


def freeze_nights(
    *,
    at: datetime,
    again: Sequence[date] = (),
    most: int | None = None,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> NightlyOutcome:
    """A step of the job `carry_on_nightly_kpis`: freezes every missing night in order.

    Frozen days that have changed are revised first. Each day has a transaction of its own, so that
    the next run continues after a kill. `again` are frozen days to be examined in any case; `most`
    limits the missing nights of this run; `tell` receives the progress.
    """
    tally_stale()
    frozen_days = set(KpiNight.objects.values_list("day", flat=True))
    revisited = sorted({*stale_days(), *again} & frozen_days)
    all_missing = missing_days(at)
    missing = all_missing[:most]
    total = len(revisited) + len(missing)
    written: list[date] = []
    for number, day in enumerate([*revisited, *missing], start=1):
        if freeze_night(day, at=at) is not None:
            written.append(day)
        tell(number, total)
    changed = set(written)
    return NightlyOutcome(
        frozen=tuple(day for day in missing if day in changed),
        corrected=tuple(day for day in revisited if day in changed),
        unchanged=tuple(day for day in [*revisited, *missing] if day not in changed),
        left=len(all_missing) - len(missing),
    )


@transaction.atomic
def freeze_night(day: date, *, at: datetime) -> KpiNight | None:
    """A step of `freeze_nights`, in a transaction of its own.

    Freezes the figures of a day, or a revision of them; returns None if they are frozen already. Of
    two workers the second waits for the first, sees its night and writes nothing.
    """
    lock_nights()
    _check_clock(day, at)
    KpiStale.objects.filter(day=day).delete()
    before = latest_revision(day)
    digest = _draft(day)
    if before is not None and before.input_hash == digest:
        return None
    night = KpiNight.objects.create(
        day=day,
        revision=before.revision + 1 if before else 1,
        definition_version=DEFINITION_VERSION,
        input_hash=digest,
        computed_at=at,
    )
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [night.pk])
        cursor.execute("DROP TABLE complaints_kpi_draft")
    if before is not None:
        _correct(before, night)
    return night


def _check_clock(day: date, at: datetime) -> None:
    """Refuses to compute a day that is not over, and a system clock that was set back."""
    last_computed = (
        KpiNight.objects.order_by("-computed_at").values_list("computed_at", flat=True).first()
    )
    if last_computed is not None and at < last_computed:
        raise Refused(
            "clock_moved_back",
            _("系统时间早于上一次指标计算，服务器时钟可能被调慢；请联系系统管理员校时。"),
        )
    if day >= business_date(at):
        raise Refused("day_not_over", _("%(day)s 还没有结束，不能计算指标。"), day=f"{day}")


def _draft(day: date) -> str:
    """Writes the day's cells into a temporary table and returns the SHA-256 of its content."""
    with connection.cursor() as cursor:
        # Compiling the aggregate takes longer than running it over one day.
        cursor.execute("SET LOCAL jit = off")
        # ON COMMIT DROP does not suffice where several days share one transaction, as in tests.
        cursor.execute("DROP TABLE IF EXISTS pg_temp.complaints_kpi_draft")
        cursor.execute(_DRAFT, [day])
        cursor.execute(_HASH)
        row = cursor.fetchone()
    return str(row[0])


def _correct(before: KpiNight, night: KpiNight) -> None:
    """Records which figures of which companies a revision changed, and why."""
    figures = figures_of_nights([before.pk, night.pk])
    changed = changed_rows(before, night)
    nothing: Figures = figures_of((), {})
    corrections = []
    for company in sorted({row.company_id for row in changed}):
        company_rows = [row for row in changed if row.company_id == company]
        old_figures = figures.get((before.pk, company), nothing)
        new_figures = figures.get((night.pk, company), nothing)
        cause = cause_of(company_rows, night.day, since=before.computed_at)
        corrections += [
            KpiCorrection(
                night=night,
                company_id=company,
                kpi=code,
                before=old_figures[code].as_stored(),
                after=new_figures[code].as_stored(),
                counted=_ids(company_rows, code),
                cause=cause,
            )
            for code in new_figures
            if old_figures[code] != new_figures[code] or _moved(company_rows, code)
        ]
    KpiCorrection.objects.bulk_create(corrections)


def _ids(changed: list[Changed], code: str) -> list[int]:
    """Returns the keys of the rows behind a figure that changed."""
    kpi = BY_CODE[code]
    return sorted(
        {pk for row in changed if row.measure in (kpi.measure, kpi.above) for pk in row.ids}
    )


def _moved(changed: list[Changed], code: str) -> bool:
    """Returns whether rows moved between stations, crews or kinds while the total stayed."""
    return BY_CODE[code].kind is None and bool(_ids(changed, code))
