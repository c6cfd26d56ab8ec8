"""The list of cases: ordered and cut by what lies in clear, and only its own page is opened."""

from datetime import timedelta
from typing import Any

import pytest

from tests.whistleblowing.closed_cases import a_closed_case
from tests.whistleblowing.island_records import NOON, a_report, an_officer, signed_in
from whistleblowing.desk import case_list
from whistleblowing.desk.case_list import case_page, case_rows, own_reports
from whistleblowing.keys import sealing
from whistleblowing.keys.report_keys import Reader
from whistleblowing.models import Report, SealedKey

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def head(monkeypatch: pytest.MonkeyPatch) -> Reader:
    monkeypatch.setattr(case_list, "CASES_ON_A_PAGE", 2)
    return an_officer()


def _five(head: Reader) -> list[Report]:
    """Three that are owed something, the latest first; a closed one; and one of other readers."""
    owed = [
        a_report(key * 40, NOON - days * timedelta(days=1), accused=f"{key}某")[0]
        for key, days in (("c", 0), ("b", 2), ("a", 4))
    ]
    closed = a_closed_case(head, "d", opened=False, accused="d某")
    foreign, _ = a_report("e" * 40, accused="e某")
    SealedKey.objects.filter(officer=head.officer, key__report=foreign).delete()
    return [*reversed(owed), closed]


def test_due_first_closed_last_and_foreign_cases_never(head: Reader) -> None:
    reports = _five(head)
    assert list(own_reports(head)) == reports
    # Without anything owed it comes after what is owed, and before what is closed.
    reports[0].owed_steps.all().delete()
    assert [row.accused for row in case_rows(head, own_reports(head))] == [
        *("b某", "c某", "a某"),
        "d某",
    ]


def test_a_page_opens_its_own_rows_and_no_others(head: Reader, monkeypatch: Any) -> None:
    _five(head)
    opened: list[bytes] = []
    real = sealing.opener

    def counted(private_key: bytes) -> Any:
        box = real(private_key)
        return lambda sealed: opened.append(sealed) or box(sealed)  # type: ignore[func-returns-value]

    monkeypatch.setattr(case_list, "opener", counted)
    pages = [case_rows(head, case_page(head, number).object_list) for number in ("1", "2")]
    assert [[row.accused for row in rows] for rows in pages] == [["a某", "b某"], ["c某", "d某"]]
    assert len(opened) == 4
    desk = signed_in(head)
    page = desk.get("/audit/").content.decode()
    assert (len(opened), "第 1 / 2 页，共 4 件" in page, "c某" in page) == (6, True, False)
    page = desk.get("/audit/?page=2").content.decode()
    assert ("上一页" in page, "下一页" in page, "a某" in page) == (True, False, False)
    # A number that is none is the last page, and a state that is none chooses nothing.
    page = desk.get("/audit/?page=77&state=x").content.decode()
    assert ("c某" in page, "d某" in page) == (True, True)


def test_cases_are_chosen_by_state(head: Reader) -> None:
    _five(head)
    desk = signed_in(head)
    page = desk.get("/audit/?state=closed").content.decode()
    assert [key for key in "abcde" if f"{key}某" in page] == ["d"]
    assert "没有您可以打开的案件" in desk.get("/audit/?state=opened").content.decode()
