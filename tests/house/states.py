"""A state changes by the word of its workflow: `WORKFLOW.next_state(state, verb)`."""

import ast
from collections.abc import Iterator

from tests.house.trees import Module

_SENTENCE = (
    "sets `state` to {value}, which no workflow gave: write "
    "`record.state = WORKFLOW.next_state(record.state, verb)`, and add the move to states.py if "
    "there is none."
)


def faults_of(module: Module) -> Iterator[tuple[str, str]]:
    """Yields each place where a state is written by hand, and how to mend it."""
    # Jobs are not in a workflow: nobody presses them on, `office/jobs/queue.py` alone moves them.
    if module.path == "office/jobs/queue.py":
        return
    for function in ast.walk(module.tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            allowed = _names_of_next_states(function)
            for value in _written(function):
                if not _is_next_state(value) and ast.unparse(value) not in allowed:
                    yield (
                        f"{module.path} {function.name}",
                        _SENTENCE.format(value=ast.unparse(value)),
                    )


def _written(function: ast.AST) -> Iterator[ast.expr]:
    """What is assigned to `….state`, by statement, `setattr` or `….update(state=…)`."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and any(
            isinstance(part, ast.Attribute) and part.attr == "state"
            for target in node.targets
            for part in ast.walk(target)
        ):
            yield node.value
        elif isinstance(node, ast.AnnAssign | ast.AugAssign) and _is_state(node.target):
            yield node.value or node.target
        elif isinstance(node, ast.Call):
            yield from _written_by_call(node)


def _written_by_call(call: ast.Call) -> Iterator[ast.expr]:
    if isinstance(call.func, ast.Attribute) and call.func.attr in ("update", "update_or_create"):
        yield from (word.value for word in call.keywords if word.arg == "state")
    if isinstance(call.func, ast.Name) and call.func.id == "setattr" and len(call.args) == 3:
        name, value = call.args[1:]
        if isinstance(name, ast.Constant) and name.value == "state":
            yield value


def _is_state(target: ast.AST) -> bool:
    return isinstance(target, ast.Attribute) and target.attr == "state"


def _is_next_state(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and value.func.attr == "next_state"
    )


def _names_of_next_states(function: ast.AST) -> set[str]:
    return {
        ast.unparse(target)
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and _is_next_state(node.value)
        for target in node.targets
    }
