"""Each kind of value that people send is read by one field of the house."""

import ast
from collections.abc import Iterator

from tests.house.trees import Module, house, parse

READERS = {
    "DateField": "office.day_field.DayField",
    "DateTimeField": "office.moment_field.MomentField",
    "SplitDateTimeField": "office.moment_field.MomentField",
}


def faults_of(module: Module) -> Iterator[str]:
    """Yields each form field of Django that accepts days with which the house cannot reckon."""
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "forms"
            and node.func.attr in READERS
        ):
            yield f"{module.path}:{node.lineno} use {READERS[node.func.attr]}"


def test_no_form_reads_days_another_way() -> None:
    faults = [fault for module in house().values() for fault in faults_of(module)]
    assert faults == [], "\n".join(faults)


def test_a_planted_field_is_named_with_its_remedy() -> None:
    module = parse("billing/counter/forms.py", "on = forms.DateField(label='x')\n")
    assert list(faults_of(module)) == ["billing/counter/forms.py:1 use office.day_field.DayField"]
