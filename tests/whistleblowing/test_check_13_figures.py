"""Check 13: small figures are suppressed; tests, duplicates and second closings do not count."""

import pytest

from tests.whistleblowing.island_records import NOON, a_report, an_officer, signed_in
from whistleblowing.figures.counting import SMALLEST_CELL, Cell, cells_of, figures
from whistleblowing.keys.report_keys import Reader
from whistleblowing.models import ConcludedCase, Report
from whistleblowing.process.operations import Words, take_step

BOTH = Words("依据", "理由")


def _close(report: Report, head: Reader, last: str = "close_case") -> None:
    for name in ("begin_check", "decline_case", "give_feedback", last):
        take_step(report, name, BOTH, by=head, at=NOON)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({}, []),
        ({"a": 1}, [None]),
        ({"a": 4}, [None]),
        ({"a": 5}, [5]),
        # One suppressed figure could be reckoned from the total: the next goes with it.
        ({"a": 1, "b": 7, "c": 9}, [9, None, None]),
        ({"a": 1, "b": 2, "c": 9}, [9, None, None]),
        ({"a": 5, "b": 6}, [6, 5]),
    ],
)
def test_cells_under_five_are_suppressed(counts: dict[str, int], shown: list[int | None]) -> None:
    headings = [heading for heading, count in counts.items() for _ in range(count)]
    assert [cell.count for cell in cells_of(headings)] == shown


@pytest.mark.django_db
def test_one_case_in_a_small_department_is_no_figure() -> None:
    head = an_officer()
    report, _ = a_report()
    _close(report, head)
    assert figures(2026)["total"] == [Cell("", None)]
    page = signed_in(head).get("/audit/figures?year=2026").content.decode()
    assert page.count("&lt; 5") == 4
    assert figures(2025)["total"] == [Cell("", 0)]


@pytest.mark.django_db
def test_tests_duplicates_and_reopened_cases_are_left_out() -> None:
    head = an_officer()
    reports = [a_report(form_key=f"{number}" * 40)[0] for number in range(SMALLEST_CELL + 1)]
    for report in reports[:-1]:
        _close(report, head)
    _close(reports[-1], head, "set_aside")
    assert figures(2026)["total"] == [Cell("", SMALLEST_CELL)]
    take_step(reports[0], "reopen_case", Words("新线索"), by=head, at=NOON)
    _close_again(reports[0], head)
    assert ConcludedCase.objects.count() == SMALLEST_CELL
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


def _close_again(report: Report, head: Reader) -> None:
    for name in ("decline_case", "give_feedback", "close_case"):
        take_step(report, name, BOTH, by=head, at=NOON)
