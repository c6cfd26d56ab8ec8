"""Inside a feature: screens → forms → operations → queries → rules, never back."""

import tomllib
from collections.abc import Iterator
from typing import Any

from heating.rooms import DESKS, ISLAND
from tests.house.trees import ROOT, Module

# The last word of a module's name says what it is: `crew_pages` is a page.
_SCREENS = ("admin", "pages", "views", "api", "verbs", "tasks", "screens", "urls", "commands")
_FORMS = ("forms", "serializers")


def floor_of(name: str) -> int:
    """How high a module stands: 3 screens, 2 forms, 1 operations and others, 0 queries, rules."""
    words = [part.rpartition("_")[2] for part in name.split(".")[1:]]
    for floor, kinds in ((3, _SCREENS), (2, _FORMS)):
        if any(word in kinds for word in words):
            return floor
    return 0 if words and words[-1] in ("queries", "rules") else 1


def faults_of(module: Module) -> Iterator[tuple[str, str]]:
    """Yields each import that climbs inside its feature, and how to mend it."""
    parts = module.name.split(".")
    if parts[0] not in (*DESKS, ISLAND) or len(parts) < 3:
        return
    for target in sorted(set(module.imports.values())):
        if target.split(".")[:2] == parts[:2] and floor_of(target) > floor_of(module.name):
            remedy = (
                "stands above it: move what both need into a module of queries or rules, and let "
                "the screen call it."
            )
            yield module.path, f"imports {target}, which {remedy}"


def contract_of(app: str) -> dict[str, Any]:
    """The import contract over the app's features."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    return next(contract for contract in contracts if contract.get("containers") == [app])


def features_of(app: str) -> set[str]:
    """Folders and files of Python at the top of the app."""
    return {
        path.name.removesuffix(".py")
        for path in (ROOT / app).iterdir()
        if path.name != "__init__.py" and (path.suffix == ".py" or any(path.rglob("*.py")))
    }


def contract_faults(app: str, features: set[str], contract: dict[str, Any]) -> Iterator[str]:
    """Yields each feature without a place in the contract, and how to mend it."""
    if not contract.get("exhaustive"):
        yield f"The import contract of {app} must say `exhaustive = true`."
    named = {
        name.strip() for layer in contract["layers"] for name in layer.replace(":", "|").split("|")
    }
    for feature in sorted(features - named - set(contract.get("exhaustive_ignores", []))):
        yield (
            f"{app}/{feature} has no place in its import contract: add “{feature}” to the layer "
            "in pyproject.toml that lies above all it imports and below all that import it."
        )
