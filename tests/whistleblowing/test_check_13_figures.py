"""Check 13: small figures are suppressed; tests, duplicates and second closings do not count."""

from datetime import UTC, date, datetime

import pytest

from office.organisation.on_day import chart_on
from tests.builders import a_company
from tests.office.organisation.charts import a_department, a_person, a_post
from tests.whistleblowing.closed_cases import a_closed_case
from tests.whistleblowing.island_records import NOON, an_officer, signed_in
from whistleblowing.figures.counting import Cell, shown_years, small_companies, yearly_figures
from whistleblowing.models import ConcludedCase
from whistleblowing.process.operations import Words, take_step

pytestmark = pytest.mark.django_db
BOTH = Words("依据", "理由")
LAST_YEAR = datetime(2025, 3, 3, 4, tzinfo=UTC)
TODAY = date(2026, 3, 3)


def _total(year: int) -> int | None:
    (cell,) = yearly_figures(year, TODAY)["total"]
    return cell.count


def test_one_case_in_a_small_department_is_no_figure() -> None:
    head = an_officer()
    a_closed_case(head, at=LAST_YEAR)
    figures = yearly_figures(2025, TODAY)
    assert figures["total"] == [Cell("", None)]
    assert [cell.count for cell in figures["kind"]] == [None, *[0] * 7]
    page = signed_in(head).get("/audit/figures?year=2025").content.decode()
    # The total, the kind, the rank and the company.
    assert page.count("<dd>–</dd>") == 4
    assert "<dd>1</dd>" not in page
    assert _total(2024) == 0


def test_tests_duplicates_and_reopened_cases_are_left_out() -> None:
    head = an_officer()
    reports = [a_closed_case(head, str(number), opened=False) for number in range(5)]
    a_closed_case(head, "x", opened=False, last="set_aside")
    assert _total(2026) == 5
    take_step(reports[0], "reopen_case", Words("新线索"), by=head, at=NOON)
    for name in ("decline_case", "give_feedback", "close_case"):
        take_step(reports[0], name, BOTH, by=head, at=NOON)
    assert ConcludedCase.objects.count() == 5
    row = ConcludedCase.objects.first()
    assert row is not None
    assert (row.year, row.kind, row.rank, row.opened) == (
        *(2026, "bribery", "department_head"),
        False,
    )
    # Nothing leads from a figure back to its report.
    assert {field.name for field in ConcludedCase._meta.get_fields()} == {
        *("id", "year", "kind", "rank", "company", "opened"),
    }


def test_figures_of_the_running_year_are_not_shown() -> None:
    # The difference between two days would tell of the case that was closed between them.
    assert shown_years(TODAY) == [2025, 2024, 2023, 2022, 2021]
    page = signed_in(an_officer()).get("/audit/figures?year=2026").content.decode()
    assert "2025 年办结案件" in page


def test_a_company_with_four_people_in_the_chart_is_small() -> None:
    small, large = a_company(), a_company("21")
    for company, count in ((small, 4), (large, 5)):
        post = a_post(a_department(company, "部"), f"P{company.code}")
        for number in range(count):
            a_person(company, f"{company.code}{number}", post)
    assert small_companies(chart_on(date(2026, 1, 1))) == {small.pk}
    for company in (small, large) * 5:
        ConcludedCase.objects.create(
            year=2025, kind="bribery", rank="staff", company=company.name, opened=True
        )
    cells = yearly_figures(2025, TODAY)["company"]
    # Five cases of four people are hidden, and so is what would give them away.
    assert {cell.heading for cell in cells if cell.count is None} == {small.name, large.name}
    assert _total(2025) == 10
