"""Nights: a day's figures frozen once, and corrected in sight when the past was entered late."""

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

# Numbers first: they are compared faster than words.
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
    """What a run did: days frozen for the first time, days corrected, missing days left."""

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
    """Make up every missing night in order, after the frozen days that changed.

    One transaction per day: killed anywhere, the next run goes on. `again` are frozen days to be
    examined in any case. Of the missing nights at most `most` are made up.
    """
    tally_stale()
    known = set(KpiNight.objects.values_list("day", flat=True))
    touched = sorted({*stale_days(), *again} & known)
    all_missing = missing_days(at)
    missing = all_missing[:most]
    total = len(touched) + len(missing)
    done: list[date] = []
    for number, day in enumerate([*touched, *missing], start=1):
        if freeze_night(day, at=at) is not None:
            done.append(day)
        tell(number, total)
    changed = set(done)
    return NightlyOutcome(
        frozen=tuple(day for day in missing if day in changed),
        corrected=tuple(day for day in touched if day in changed),
        unchanged=tuple(day for day in [*touched, *missing] if day not in changed),
        left=len(all_missing) - len(missing),
    )


@transaction.atomic
def freeze_night(day: date, *, at: datetime) -> KpiNight | None:
    """Freeze what a day's tallies say, or a revision of it; None when that is frozen already.

    Of two workers the second waits, sees the first one's night and writes nothing.
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
    last = KpiNight.objects.order_by("-computed_at").values_list("computed_at", flat=True).first()
    if last is not None and at < last:
        raise Refused(
            "clock_moved_back",
            _("系统时间早于上一次指标计算，服务器时钟可能被调慢；请联系系统管理员校时。"),
        )
    if day >= business_date(at):
        raise Refused("day_not_over", _("%(day)s 还没有结束，不能计算指标。"), day=f"{day}")


def _draft(day: date) -> str:
    """Put the day's cells into a table of this transaction; the SHA-256 of all they hold."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute("DROP TABLE IF EXISTS pg_temp.complaints_kpi_draft")
        cursor.execute(_DRAFT, [day])
        cursor.execute(_HASH)
        row = cursor.fetchone()
    return str(row[0])


def _correct(before: KpiNight, night: KpiNight) -> None:
    """Write down which figures of which companies changed, and why."""
    figures = figures_of_nights([before.pk, night.pk])
    changed = changed_rows(before, night)
    nothing: Figures = figures_of((), {})
    corrections = []
    for company in sorted({one.company_id for one in changed}):
        mine = [one for one in changed if one.company_id == company]
        was = figures.get((before.pk, company), nothing)
        now = figures.get((night.pk, company), nothing)
        cause = cause_of(mine, night.day, since=before.computed_at)
        corrections += [
            KpiCorrection(
                night=night,
                company_id=company,
                kpi=code,
                before=was[code].kept(),
                after=now[code].kept(),
                counted=_ids(mine, code),
                cause=cause,
            )
            for code in now
            if was[code] != now[code] or _moved(mine, code)
        ]
    KpiCorrection.objects.bulk_create(corrections)


def _ids(changed: list[Changed], code: str) -> list[int]:
    """The rows behind a figure that changed."""
    kpi = BY_CODE[code]
    return sorted(
        {pk for one in changed if one.measure in (kpi.measure, kpi.above) for pk in one.ids}
    )


def _moved(changed: list[Changed], code: str) -> bool:
    """Whether rows went to another station, crew or kind, though the company's figure stayed."""
    return BY_CODE[code].kind is None and bool(_ids(changed, code))
