"""No test reads the wall clock: what passes today passes on every day and at every hour."""

import ast
from collections.abc import Iterator

from tests.clock import REAL_TIME
from tests.house.trees import ROOT, Module, parse

CLOCK = "tests/clock.py"
# What reads the wall clock, by the name in front of the dot.
READERS = {
    "timezone": {"now"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns"},
}
# These read it when they are called with nothing.
WITHOUT_ARGUMENTS = {"localtime", "localdate"}


def _faults(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if _reads_wall_clock(node):
            assert isinstance(node, ast.expr)
            yield (
                f"{module.path}:{node.lineno} reads the wall clock: use a fixed moment, or "
                "`present()` of tests/clock.py for the moment that screens and jobs read too; "
                "where another process takes part, add the file to REAL_TIME there with its reason"
            )


def _reads_wall_clock(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and not node.args and not node.keywords:
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else ""
        name = function.id if isinstance(function, ast.Name) else name
        if name in WITHOUT_ARGUMENTS:
            return True
    if not isinstance(node, ast.Attribute):
        return False
    owner = node.value
    # `datetime.now` as well as `datetime.datetime.now`.
    owner_name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return node.attr in READERS.get(owner_name, ())


def test_no_test_reads_the_wall_clock() -> None:
    faults = [
        fault
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if (name := str(path.relative_to(ROOT))) != CLOCK
        for fault in _faults(parse(name, path.read_text(encoding="utf-8")))
    ]
    assert faults == []


def test_every_place_where_the_clock_runs_is_there() -> None:
    assert [place for place in REAL_TIME if not (ROOT / place).exists()] == []


def test_planted_faults_are_named() -> None:
    for fault in (
        "open_ticket(at=timezone.now())",
        "at = datetime.now(UTC)",
        "at = datetime.datetime.now(UTC)",
        "day = date.today()",
        "day = timezone.localdate()",
        "day = localtime()",
        "seconds = time.time()",
        "clock = timezone.now",
    ):
        assert len(list(_faults(parse("tests/x.py", fault)))) == 1, fault
    for sound in ("time.monotonic()", "present()", "timezone.localdate(present())", "NOW"):
        assert list(_faults(parse("tests/x.py", sound))) == [], sound
