"""The numbers of the island: answering times of receipts and of the desk, a file of 200 MB, a list
of cases, and the form of a report."""

import hashlib
import logging
import statistics
import time
import uuid
from functools import partial
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.bench.comparing import LARGEST_Z, described, rank_test, times_in_turns
from tests.bench.island_rows import many_cases
from tests.bench.timing import settle, timed
from tests.whistleblowing.island_records import NOON, a_report, an_officer, form_values, signed_in
from whistleblowing.desk.case_list import CASES_ON_A_PAGE, own_reports
from whistleblowing.files.reading import FileFacts, clear_pieces
from whistleblowing.files.upload import LARGEST_FILE, SealingUploadHandler
from whistleblowing.models import OpenKey, Report

pytestmark = pytest.mark.django_db
RECEIPTS, ANSWERS, FORMS = 2_000, 500, 50
CHUNK = bytes(range(256)) * 256


def test_a_file_of_200_mb_is_sealed_and_read_in_less_than_100_mb() -> None:
    # The first test of the file: what earlier ones have left free would hide what this one takes.
    # The highest mark of the process is set back to what it uses now.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = _memory_mb("VmRSS")
    handler = SealingUploadHandler()
    handler.new_file("files", "录像.mp4", "video/mp4", None, None, None)
    digest = hashlib.sha256()
    began = time.perf_counter()
    for start in range(0, LARGEST_FILE, len(CHUNK)):
        handler.receive_data_chunk(CHUNK, start)
        digest.update(CHUNK)
    upload = handler.file_complete(LARGEST_FILE)
    sealed_in = time.perf_counter() - began
    facts = FileFacts(
        upload.file_id,
        *("录像.mp4", LARGEST_FILE, upload.digest, "video/mp4", upload.stream_key, NOON),
        in_talk=True,
    )
    began = time.perf_counter()
    read = hashlib.sha256()
    for piece in clear_pieces(facts):
        read.update(piece)
    read_in = time.perf_counter() - began
    grown = _memory_mb("VmHWM") - before
    print(
        f"sealed in {sealed_in:.1f} s, read in {read_in:.1f} s,"
        f" at most {grown:.0f} MB more than the {before:.0f} MB of Django and the tests"
    )
    assert read.hexdigest() == digest.hexdigest() == upload.digest
    assert grown < 100


def _memory_mb(name: str) -> float:
    """Returns what the kernel says of this process: VmRSS is used now, VmHWM the highest mark."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (line,) = [line for line in lines if line.startswith(f"{name}:")]
    return int(line.split()[1]) / 1024


def test_right_foreign_and_wrong_receipts_take_the_same_time() -> None:
    an_officer()
    _, right = a_report("r" * 40)
    _, foreign = a_report("f" * 40)
    client = Client()

    def send(receipt: str) -> None:
        assert client.post("/report/zh/receipt", {"receipt": receipt}).status_code == 302

    settle()
    times = times_in_turns(
        {
            "right": lambda _number: send(right),
            "foreign": lambda _number: send(foreign),
            "wrong": lambda number: send(f"{number:016}"),
        },
        RECEIPTS,
        lambda: OpenKey.objects.all().delete(),
    )
    for kind, values in times.items():
        print(described(kind, values))
    for kind in ("foreign", "wrong"):
        z = rank_test(times["right"], times[kind])
        print(f"{RECEIPTS} receipts each, right against {kind}: z = {z:.2f}")
        assert abs(z) < LARGEST_Z


@pytest.mark.parametrize("way", ["case", "file", "action"])
def test_the_desk_answers_foreign_and_missing_cases_in_the_same_time(
    way: str, caplog: pytest.LogCaptureFixture
) -> None:
    # Django writes a line for each 404, of foreign and missing ones alike.
    caplog.set_level(logging.ERROR, logger="django.request")
    head = an_officer()
    colleague = an_officer("王二", by=head)
    theirs = [str(report.pk) for report in many_cases(500)]
    desk = signed_in(colleague)
    assert own_reports(colleague).count() == 0

    def ask(key: str) -> None:
        case = f"/audit/case/{key}"
        if way == "action":
            answer = desk.post(case, {"action": "add_note", "text": "x"})
        else:
            answer = desk.get(case if way == "case" else f"{case}/{key}")
        assert answer.status_code == 404

    settle()
    times = times_in_turns(
        {
            "foreign": lambda number: ask(theirs[number % len(theirs)]),
            "missing": lambda _number: ask(str(uuid.uuid4())),
        },
        ANSWERS,
        lambda: None,
    )
    for kind, values in times.items():
        print(described(kind, values))
    z = rank_test(times["foreign"], times["missing"])
    print(f"{ANSWERS} answers each by {way}, foreign against missing: z = {z:.2f}")
    assert abs(z) < LARGEST_Z


# What is asked for is 500 cases; ten times as many tell how the list grows.
@pytest.mark.parametrize(("cases", "seconds"), [(500, 0.3), (5_000, 1.0)])
def test_a_reader_of_many_cases_sees_the_list_in_300_ms(cases: int, seconds: float) -> None:
    head = an_officer()
    many_cases(cases)
    desk = signed_in(head)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    settle()
    with CaptureQueriesContext(connection) as queries:
        page = desk.get("/audit/").content.decode()
    # Read now: the next request empties Django's log of statements.
    statements = [query["sql"] for query in queries.captured_queries]
    assert page.count("钱某某") == CASES_ON_A_PAGE
    assert own_reports(head).count() == cases
    pages = [timed(lambda: desk.get("/audit/")) for _ in range(5)]
    wall, work = min(wall for wall, _ in pages), min(work for _, work in pages)
    floor = min(_bare_database(statements) for _ in range(5))
    print(
        f"{cases} cases: page {wall * 1000:.0f} ms on the wall, {work * 1000:.0f} ms of processor;"
        f" its {len(statements)} statements alone {floor * 1000:.0f} ms, ratio {wall / floor:.1f}"
    )
    assert wall < seconds


def _bare_database(statements: list[str]) -> float:
    """The floor: the very statements once more, without Django, seals and page."""
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.cursor.execute(statement)
            if cursor.description:
                cursor.fetchall()
    return time.perf_counter() - began


def test_the_form_of_a_report_is_answered_in_100_ms_of_server_time() -> None:
    an_officer()
    client = Client()
    settle()
    works = []
    for number in range(FORMS):
        values = form_values(form_key=f"{number:040}")
        works.append(timed(partial(client.post, "/report/zh/new", values))[1])
    assert Report.objects.count() == FORMS
    asked_in = [timed(lambda: client.get("/report/zh/new"))[0] for _ in range(FORMS)]
    print(
        f"form: shown in {statistics.median(asked_in) * 1000:.0f} ms,"
        f" taken in {statistics.median(works) * 1000:.0f} ms of processor (medians of {FORMS})"
    )
    assert statistics.median(works) < 0.1
    assert statistics.median(asked_in) < 0.1
