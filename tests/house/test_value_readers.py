"""Each kind of value that people send is read by one field of the house."""

import ast
from collections.abc import Iterator

from tests.house.trees import Module, house, parse

READERS = {
    "DateField": "office.forms.day_field.DayField",
    "DateTimeField": "office.forms.moment_field.MomentField",
    "SplitDateTimeField": "office.forms.moment_field.MomentField",
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


# The reader itself, and a rule's time of day, whose two digits are counted first.
_OWN_DIGITS = {"office/forms/typed_numbers.py", "office/clock/rules.py"}


def numbers_of(module: Module) -> Iterator[str]:
    """Yields each function that makes a number of text by itself: `int` fails on 5,000 digits."""
    if module.path in _OWN_DIGITS:
        return
    for function in ast.walk(module.tree):
        if isinstance(function, ast.FunctionDef):
            calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
            checks = any(
                isinstance(call, ast.Attribute) and call.attr == "isdigit" for call in calls
            )
            makes = any(isinstance(call, ast.Name) and call.id == "int" for call in calls)
            if checks and makes:
                yield f"{module.path}:{function.lineno} use office.forms.typed_numbers.read_number"


def test_no_page_makes_numbers_of_text_another_way() -> None:
    faults = [fault for module in house().values() for fault in numbers_of(module)]
    assert faults == [], "\n".join(faults)


def test_a_planted_number_is_named_with_its_remedy() -> None:
    source = "def page_of(text):\n    return int(text) if text.isdigit() else 1\n"
    assert list(numbers_of(parse("billing/counter/pages.py", source))) == [
        "billing/counter/pages.py:1 use office.forms.typed_numbers.read_number"
    ]


def test_no_form_reads_days_another_way() -> None:
    faults = [fault for module in house().values() for fault in faults_of(module)]
    assert faults == [], "\n".join(faults)


def test_a_planted_field_is_named_with_its_remedy() -> None:
    module = parse("billing/counter/forms.py", "on = forms.DateField(label='x')\n")
    remedy = "use office.forms.day_field.DayField"
    assert list(faults_of(module)) == [f"billing/counter/forms.py:1 {remedy}"]
