"""The house's own source as syntax trees: each file is read and parsed once per process."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from heating.rooms import EVERY_APP

ROOT = Path(__file__).resolve().parents[2]

Definition = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Module:
    """One Python file: its path below the project's root and its syntax tree."""

    path: str
    tree: ast.Module

    @cached_property
    def name(self) -> str:
        """The dotted name by which others import it."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """Functions and classes at the top of the file."""
        return {
            node.name: node
            for node in self.tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
        }

    @cached_property
    def functions(self) -> list[ast.FunctionDef]:
        return [node for node in self.definitions.values() if isinstance(node, ast.FunctionDef)]

    @cached_property
    def imports(self) -> dict[str, str]:
        """Each imported name with the dotted name it stands for."""
        return {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }


def parse(path: str, source: str) -> Module:
    """Builds a module of any text; planted faults come this way."""
    return Module(path, ast.parse(source))


@lru_cache(maxsize=1)
def house() -> dict[str, Module]:
    """All modules of our apps by dotted name, without migrations."""
    modules = (
        parse(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
        for app in EVERY_APP
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
    )
    return {module.name: module for module in modules}


def reached(
    module: Module, node: ast.AST, modules: dict[str, Module], seen: set[str] | None = None
) -> Iterator[tuple[str, ast.AST]]:
    """Yields what a function names, and what that names in turn, as (dotted name, definition).

    Over-approximates: a function that is only handed on counts as called.
    """
    seen = set() if seen is None else seen
    for name in _names(module, node):
        if name in seen:
            continue
        seen.add(name)
        home, _, short = name.rpartition(".")
        owner = module if home == module.name else modules.get(home)
        definition = owner.definitions.get(short) if owner else None
        if owner is None or definition is None:
            yield name, node
            continue
        yield name, definition
        yield from reached(owner, definition, modules, seen)


def _names(module: Module, node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            if part.id in module.definitions:
                yield f"{module.name}.{part.id}"
            elif part.id in module.imports:
                yield module.imports[part.id]
        elif isinstance(part, ast.Attribute):
            owner = part.value
            if isinstance(owner, ast.Name) and owner.id in module.imports:
                yield f"{module.imports[owner.id]}.{part.attr}"
