"""Screens catch refusals in one place, so that a lock that was not free is answered like them."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.trees import Module, house, parse

REMEDY = (
    "catches Refused itself, and a busy lock becomes a 500: take `carry_out` or `outcome_of` of "
    "office.outcomes, or `attempt` of office.screens.records."
)


def faults_of(module: Module) -> Iterator[str]:
    """Yields each function that answers a browser and catches `Refused` without raising again."""
    for function in ast.walk(module.tree):
        if not isinstance(function, ast.FunctionDef) or not _answers_a_browser(function):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Try) and _catches_only_refusals(node):
                yield f"{module.path} {function.name} {REMEDY}"


def _answers_a_browser(function: ast.FunctionDef) -> bool:
    return any(
        argument.annotation is not None and ast.unparse(argument.annotation) == "HttpRequest"
        for argument in function.args.args
    )


def _catches_only_refusals(node: ast.Try) -> bool:
    caught = {name for handler in node.handlers if handler.type for name in _names(handler.type)}
    # A machine's callback, which answers every exception, translates busy locks too.
    if "Refused" not in caught or "Exception" in caught:
        return False
    refusals = [handler for handler in node.handlers if "Refused" in _names(handler.type)]
    return not any(isinstance(part, ast.Raise) for row in refusals for part in ast.walk(row))


def _names(caught: ast.expr | None) -> set[str]:
    return {part.id for part in ast.walk(caught) if isinstance(part, ast.Name)} if caught else set()


def test_no_screen_catches_refusals_itself() -> None:
    faults = [fault for module in house().values() for fault in faults_of(module)]
    assert faults == [], "\n".join(faults)


_SCREEN = """
def take(request: HttpRequest):
    try:
        take_cash()
    except Refused as refusal:
        {answer}
"""


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        (_SCREEN.format(answer="messages.error(request, refusal.sentence)"), 1),
        (_SCREEN.format(answer="raise"), 0),
        (_SCREEN.replace("HttpRequest", "Request").format(answer="return"), 0),
        (_SCREEN.format(answer="return") + "    except Exception:\n        return\n", 0),
    ],
)
def test_a_planted_screen_is_named_with_its_remedy(source: str, faults: int) -> None:
    reported = list(faults_of(parse("billing/counter/pages.py", source)))
    assert reported == [f"billing/counter/pages.py take {REMEDY}"] * faults
