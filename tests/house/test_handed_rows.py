"""An operation writes only rows that it has read under its lock, never the row it was handed.

What a screen hands over was read before the lock: somebody may have changed it since. Private
functions and steps get the locked row from their caller and may write it.
"""

import ast
from collections.abc import Iterator

from tests.house.trees import Module, house, parse

_OPERATION = {"by", "at"}


def _writes(function: ast.FunctionDef) -> Iterator[tuple[int, str]]:
    """Yields line and name of each parameter that is assigned to, saved or deleted."""
    arguments = [*function.args.args, *function.args.kwonlyargs]
    rebound = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and _set(node)}
    handed = {argument.arg for argument in arguments} - {"self", "cls"} - rebound
    for node in ast.walk(function):
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            continue
        if node.value.id in handed and (_set(node) or node.attr in {"save", "delete"}):
            yield node.lineno, node.value.id


def _set(node: ast.Name | ast.Attribute) -> bool:
    return isinstance(node.ctx, ast.Store)


def faults_of(module: Module) -> Iterator[str]:
    """Yields each row that an operation was handed and writes."""
    for function in module.functions:
        keywords = {argument.arg for argument in function.args.kwonlyargs}
        is_step = (ast.get_docstring(function) or "").startswith("A step of")
        if function.name.startswith("_") or is_step or not keywords >= _OPERATION:
            continue
        for line, name in _writes(function):
            yield f"{module.path}:{line} {function.name} writes `{name}`: lock it and write that"


def test_no_operation_writes_the_row_it_was_handed() -> None:
    faults = [fault for module in house().values() for fault in faults_of(module)]
    assert faults == [], "\n".join(faults)


def test_a_planted_write_is_named_with_its_remedy() -> None:
    module = parse(
        "billing/counter/shifts.py",
        "def close_shift(shift, *, by, at):\n    shift.state = 'closed'\n    shift.save()\n",
    )
    assert list(faults_of(module)) == [
        "billing/counter/shifts.py:2 close_shift writes `shift`: lock it and write that",
        "billing/counter/shifts.py:3 close_shift writes `shift`: lock it and write that",
    ]


def test_a_row_read_under_the_lock_and_a_step_pass() -> None:
    module = parse(
        "billing/counter/shifts.py",
        "def close_shift(shift, *, by, at):\n    locked = lock(shift)\n    locked.save()\n"
        "def end(shift, *, by, at):\n    'A step of closing.'\n    shift.save()\n",
    )
    assert list(faults_of(module)) == []
