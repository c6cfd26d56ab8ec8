"""Files are short, features stand in the import contract, and inside a feature nothing climbs."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from heating.rooms import DESKS, EVERY_APP, ISLAND
from tests.house import layers
from tests.house.offenders import LONGER_THAN_400_LINES
from tests.house.trees import ROOT, house, parse

MOST_LINES = 400
_ROOMS = (*EVERY_APP, "simulators", "static", "templates", "tests")
_OTHERS_FILES = ("static/idb/", "static/unfold/", "templates/unfold/")


def long_files(lengths: dict[str, int]) -> set[str]:
    """The paths of files with more lines than a person reads at once."""
    return {path for path, length in lengths.items() if length > MOST_LINES}


def _lengths() -> dict[str, int]:
    files = {
        str(path.relative_to(ROOT)): path
        for room in _ROOMS
        for kind in ("py", "js", "css", "html")
        for path in (ROOT / room).rglob(f"*.{kind}")
        if "migrations" not in path.parts
    }
    return {
        name: len(path.read_text(encoding="utf-8").splitlines())
        for name, path in files.items()
        if not name.startswith(_OTHERS_FILES)
    }


def test_no_file_is_longer_than_400_lines() -> None:
    long = long_files(_lengths())
    new, mended = sorted(long - LONGER_THAN_400_LINES), sorted(LONGER_THAN_400_LINES - long)
    assert new == [], f"More than {MOST_LINES} lines are two rooms; cut them by subject: {new}"
    assert mended == [], f"Mended; take these lines out of tests/house/offenders.py: {mended}"


def test_401_lines_are_too_many() -> None:
    assert long_files({"billing/bills/a.py": 400, "billing/bills/b.py": 401}) == {
        "billing/bills/b.py"
    }


@pytest.mark.parametrize("app", [*DESKS, ISLAND])
def test_every_feature_stands_in_the_import_contract(app: str) -> None:
    contract = layers.contract_of(app)
    faults = list(layers.contract_faults(app, layers.features_of(app), contract))
    assert faults == [], "\n".join(faults)


def test_a_planted_feature_without_a_place_is_named_with_its_remedy() -> None:
    contract = {"exhaustive": True, "layers": ["portal | counter", "models"]}
    faults = layers.contract_faults("billing", {"portal", "counter", "models", "refunds"}, contract)
    assert [fault.split(":")[0] for fault in faults] == [
        "billing/refunds has no place in its import contract"
    ]
    loose = layers.contract_faults("billing", {"models"}, {"layers": ["models"]})
    assert list(loose) == ["The import contract of billing must say `exhaustive = true`."]


def test_the_linter_of_imports_is_red_on_a_planted_feature_and_on_a_climb(tmp_path: Path) -> None:
    for root in (*EVERY_APP, "simulators"):
        shutil.copytree(ROOT / root, tmp_path / root, ignore=_only_python)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    planted = tmp_path / "billing" / "planted"
    planted.mkdir()
    (planted / "__init__.py").write_text("")
    rules = tmp_path / "customers" / "states.py"
    rules.write_text(f"import customers.contracts.operations\n{rules.read_text(encoding='utf-8')}")
    linter = Path(sys.executable).with_name("lint-imports")
    answer = subprocess.run(
        [linter, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert "billing.planted" in answer.stdout
    assert "customers.states -> customers.contracts.operations" in answer.stdout


def _only_python(folder: str, names: list[str]) -> set[str]:
    return {
        name
        for name in names
        if name == "__pycache__" or not (name.endswith(".py") or Path(folder, name).is_dir())
    }


def test_nothing_climbs_inside_a_feature() -> None:
    faults = [
        f"{path} {remedy}"
        for module in house().values()
        for path, remedy in layers.faults_of(module)
    ]
    assert faults == [], "\n".join(faults)


@pytest.mark.parametrize(
    ("path", "imported"),
    [
        ("billing/counter/operations.py", "billing.counter.pages"),
        ("billing/counter/operations.py", "billing.counter.shift_pages"),
        ("billing/counter/operations.py", "billing.counter.forms"),
        ("billing/counter/forms.py", "billing.counter.pages"),
        ("billing/counter/queries.py", "billing.counter.operations"),
        ("complaints/portal/operations.py", "complaints.portal.api.tickets"),
    ],
)
def test_a_planted_climb_is_named_with_its_remedy(path: str, imported: str) -> None:
    ((place, remedy),) = layers.faults_of(parse(path, f"from {imported} import something\n"))
    assert place == path
    assert remedy.startswith(f"imports {imported}.something, which stands above it: move")


@pytest.mark.parametrize(
    ("path", "imported"),
    [
        ("billing/counter/pages.py", "billing.counter.operations"),
        ("billing/counter/pages.py", "billing.counter.forms"),
        ("billing/counter/operations.py", "billing.counter.queries"),
        ("billing/counter/operations.py", "billing.payments.receive"),
    ],
)
def test_downwards_and_across_passes(path: str, imported: str) -> None:
    assert list(layers.faults_of(parse(path, f"from {imported} import something\n"))) == []
