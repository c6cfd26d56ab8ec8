"""What two test modules need stands in a conftest, in builders or in a neighbour without tests."""

import ast
from collections.abc import Iterator

from tests.house.trees import ROOT, Module, parse


def faults_of(module: Module) -> Iterator[str]:
    """Yields each import from a test module, and how to mend it."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            names = [alias.name for alias in node.names]
            home = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            for name in names:
                path = f"{home}.{name}" if home else name
                if any(part.startswith("test_") for part in path.split(".")[:-1]):
                    yield (
                        f"{module.path}:{node.lineno} imports {path}: a fixture belongs into the "
                        "nearest conftest.py, a record into tests/builders.py, anything else into "
                        "a module beside the tests whose name does not begin with “test_”."
                    )


def test_no_test_module_is_imported() -> None:
    modules = (
        parse(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / "tests").rglob("*.py"))
    )
    faults = [fault for module in modules for fault in faults_of(module)]
    assert faults == [], "\n".join(faults)


def test_a_planted_import_is_named_with_its_remedy() -> None:
    (fault,) = faults_of(parse("tests/x.py", "from tests.billing.runs.test_runs import issued\n"))
    assert fault.startswith("tests/x.py:1 imports tests.billing.runs.test_runs.issued: a fixture")
    neighbour = "from tests.billing.runs.billed_season import issued\nimport pytest\n"
    assert list(faults_of(parse("tests/x.py", neighbour))) == []
