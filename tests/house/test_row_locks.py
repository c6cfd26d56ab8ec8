"""`select_for_update` locks rows of its own table only."""

import ast

from tests.house.trees import Module, house, parse


def _faults(module: Module) -> list[str]:
    return [
        f"{module.path}:{node.lineno} say select_for_update(of=('self',)): joins, also those of "
        "the model's own ordering, would lock rows of other tables"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "select_for_update"
        and not any(_is_own_table(keyword) for keyword in node.keywords)
    ]


def _is_own_table(keyword: ast.keyword) -> bool:
    """Says whether the keyword is `of=("self",)` and nothing more."""
    return keyword.arg == "of" and ast.unparse(keyword.value) == "('self',)"


def test_a_row_lock_names_its_table() -> None:
    assert [fault for module in house().values() for fault in _faults(module)] == []


def test_a_planted_fault_is_named() -> None:
    for of in ("", "of=()", "of=('self', 'company')", "of=('shift',)", "of=tables", "nowait=True"):
        fault = f"Shift.objects.select_for_update({of}).get()"
        assert len(_faults(parse("billing/x.py", fault))) == 1, fault
    assert _faults(parse("billing/x.py", "x.select_for_update(of=('self',)).get()")) == []
