"""The definitions, and the page that tells them."""

from datetime import date
from pathlib import Path

from django.conf import settings

from complaints.kpis.arithmetic import Count, Figure, Times, figures_of, read_kept
from complaints.kpis.periods import Period, season_period, whole_month
from complaints.measures import BY_CODE, DEFINITION_VERSION, KPIS, Form, Measure
from office.language import in_chinese


def test_the_page_says_what_the_code_counts() -> None:
    page = Path(settings.BASE_DIR, "docs", "kpis.md").read_text()
    assert f"## Definitions, version {DEFINITION_VERSION}\n" in page
    with in_chinese():
        for kpi in KPIS:
            cells = (kpi.name, f"`{kpi.code}`", kpi.numerator, kpi.denominator, kpi.day, kpi.source)
            assert f"| {' | '.join(str(cell) for cell in cells)} |" in page


def test_every_measure_is_published() -> None:
    assert {kpi.measure for kpi in KPIS} | {kpi.above for kpi in KPIS} == {*Measure, None}
    assert all(kpi.above is None or kpi.form is Form.RATIO for kpi in KPIS)


class TestFigure:
    def test_is_rounded_half_up_where_it_is_read(self) -> None:
        rate = BY_CODE["closed_in_time"]
        assert Figure(rate, 2, 3).text == "66.7%"
        assert Figure(rate, 1, 2000).text == "0.1%"
        assert Figure(rate, 1, 2001).text == "0.0%"
        assert Figure(rate, 0, 0).text == "—"
        assert Figure(BY_CODE["solution_time"], 9, 9, Times(70, 1370)).text == "70 / 1,370"

    def test_adds_up_from_what_was_counted(self) -> None:
        counts = [
            Count("due", "repair", 4, 3),
            Count("due", "complaint", 2, 2),
            Count("solved", "repair", 10, 10),
            Count("redone", "repair", 1, 1),
        ]
        figures = figures_of(counts, {"solved": Times(5, 9)})
        assert (figures["closed_in_time"].numerator, figures["closed_in_time"].denominator) == (
            5,
            6,
        )
        assert (figures["complaint_closing"].text, figures["redo_rate"].text) == ("100.0%", "10.0%")
        time = figures["solution_time"]
        assert read_kept(time.kpi, time.as_stored()) == time


class TestPeriod:
    def test_a_season_begins_in_october(self) -> None:
        assert season_period(date(2026, 1, 12)).since == date(2025, 10, 1)
        assert season_period(date(2025, 10, 1)).since == date(2025, 10, 1)
        assert season_period(date(2025, 9, 30)).since == date(2024, 10, 1)

    def test_the_same_days_a_year_before(self) -> None:
        leap = Period("season", date(2023, 10, 1), date(2024, 3, 1)).year_before("last")
        assert (leap.since, leap.last) == (date(2022, 10, 1), date(2023, 2, 28))

    def test_a_month_is_whole(self) -> None:
        february = whole_month(date(2024, 2, 1))
        assert (february.last, february.until) == (date(2024, 2, 29), date(2024, 3, 1))
        assert whole_month(date(2025, 12, 1)).until == date(2026, 1, 1)
