"""Variables and functions are named after things and deeds, never after a verb in the past."""

import ast
from collections.abc import Iterator

from tests.house.trees import ROOT, Module, house, parse

NO_NOUNS = {"said", "told", "held", "found", "asked", "kept", "one", "known", "who"}
REMEDY = "does not say what it holds: name it after the thing, as `locked_ticket` or `recipients`"


def _named(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yields line and name of each variable, parameter and function that the file brings in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name.lstrip("_")
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.lineno, node.name


def faults_of(module: Module) -> Iterator[str]:
    """Yields each variable, parameter and function whose name does not say what it holds."""
    for line, name in _named(module.tree):
        if name in NO_NOUNS:
            yield f"{module.path}:{line} `{name}` {REMEDY}"


def test_no_variable_or_function_is_named_after_a_verb() -> None:
    modules = [
        *house().values(),
        *(
            parse(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
            for path in sorted((ROOT / "tests").rglob("*.py"))
        ),
    ]
    faults = [fault for module in modules for fault in faults_of(module)]
    assert faults == [], "\n".join(faults)


def test_planted_names_are_reported_with_their_remedy() -> None:
    module = parse(
        "billing/counter/shifts.py",
        "def close_shift(shift, *, by, at):\n    held = lock(shift)\n    return held\n",
    )
    assert list(faults_of(module)) == [
        f"billing/counter/shifts.py:2 `held` {REMEDY}",
    ]
    for fault in (
        "def tell(told): pass",
        "def tell(*, who): pass",
        "def tell(**asked): pass",
        "sort(key=lambda one: one.row)",
        "rows = [known for known in rows]",
        "while found := next_batch(): pass",
        "with lock() as kept: pass",
        "def _found(): pass",
        "try: pass\nexcept Exception as said: raise",
        "match rows:\n    case [one, *_]: pass",
    ):
        assert len(list(faults_of(parse("tests/x.py", fault)))) == 1, fault
    for sound in ("locked_shift = lock(shift)", "Refused('x', who=name)", "row.said"):
        assert list(faults_of(parse("tests/x.py", sound))) == [], sound
