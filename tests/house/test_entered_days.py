"""Every day that a person enters for what happened lies between its cause and today."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.trees import house, parse

_FIELDS = {"DayField", "MomentField", "PlausibleDateField"}
# The form field, and the module that compares its day; `:name` where the rule calls it otherwise.
TRUE = {
    "billing.done_on": ["billing.dunning.operations"],
    "billing.on": [
        "billing.metering.meters",
        "customers.contracts.ownership",
        "customers.contracts.ending",
    ],
    "billing.read_on": ["billing.metering.checks"],
    "billing.signed_on": ["customers.contracts.ownership"],
    "billing.value_date": ["billing.counter.guards:day"],
    "customers.first_day": ["customers.connection.heating_on"],
    "customers.met_on": ["customers.connection.works"],
    "customers.signed_on": ["customers.contract_papers.papers", "customers.connection.contracts"],
    "customers.surveyed_on": ["customers.connection.surveys", "customers.annual_plans.operations"],
    "office.noticed_on": ["office.working_days.operations"],
    "suppliers.accepted_on": ["suppliers.supply_record.facts"],
    "suppliers.actual_on": ["suppliers.supply_record.facts"],
    "suppliers.breached_on": ["suppliers.supply_record.facts"],
    "suppliers.closed_on": ["suppliers.supply_record.facts"],
    "suppliers.opened_on": ["suppliers.supply_record.facts"],
    "suppliers.ordered_on": ["suppliers.supply_record.facts"],
    "suppliers.received_on": ["suppliers.blacklist.appeals", "suppliers.admission.trials"],
    "suppliers.visited_on": ["suppliers.admission.site_visits"],
    "whistleblowing.day": [
        "whistleblowing.integrity.operations",
        "whistleblowing.process.operations",
        "whistleblowing.protection.operations",
    ],
}
# Nothing in the house can come before these: they are bounded above, and below by the field's 1900.
# The contract of an old household is older than every record of it.
FIRST = {
    "suppliers.founded_on": ["suppliers.registry.facts"],
    "customers.signed_on": ["customers.contracts.operations"],
}
# Terms and periods that are agreed or decided, days that are planned, and the limits of a list.
DECIDED = {
    *("billing.closes_on", "billing.day", "billing.due_on", "billing.effective_from"),
    *("billing.ends", "billing.opens_on", "billing.starts", "billing.warranty_until"),
    *("customers.effective_from", "customers.ends_from", "customers.ends_on"),
    *("customers.ends_until", "customers.due_on", "customers.from_day", "customers.planned_for"),
    *("customers.starts", "customers.starts_on", "customers.wanted_on"),
    *("office.first_day", "office.last_day", "office.on"),
    *("suppliers.due_on", "suppliers.ends_on", "suppliers.held_on", "suppliers.issue_due_on"),
    *("suppliers.next_on", "suppliers.offers_until", "suppliers.planned_for"),
    *("suppliers.promised_on", "suppliers.review_on", "suppliers.valid_from"),
    *("suppliers.valid_until", "whistleblowing.starts"),
}


def _entered() -> set[str]:
    """Returns `app.field` for each day or moment on a form or in a body of the API."""
    return {
        f"{name.partition('.')[0]}.{target.id}"
        for name, module in house().items()
        # `tests/complaints/test_time_bounds.py` has the table of customer service.
        if not name.startswith("complaints.")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign) and _is_field(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _is_field(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") in _FIELDS


def _bounds(tree: ast.Module, day: str) -> set[str]:
    """Returns which sides of the day some comparison or rule of the module looks at."""
    return {side for node in ast.walk(tree) for side in _sides(node, day)}


def _sides(node: ast.AST, day: str) -> Iterator[str]:
    if isinstance(node, ast.Call) and node.args and _is(node.args[0], day):
        rule = getattr(node.func, "id", "")
        if rule in {"refuse_earlier_day", "_check_past", "came_before_order"}:
            yield "lower"
        if rule in {"_past", "_check_past", "check_signed"}:
            yield "upper"
    elif isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        for left, operator, right in zip(operands, node.ops, operands[1:], strict=False):
            if isinstance(operator, ast.NotIn) and _is(getattr(left, "value", left), day):
                # `day.year not in years` refuses what lies before the first of them.
                yield "lower"
            smaller = isinstance(operator, ast.Lt | ast.LtE)
            if _is(left, day):
                # `day < bound` refuses; `day <= today`, in a chain, is what is wanted.
                yield "upper" if not smaller or len(node.ops) > 1 else "lower"
            elif _is(right, day) and smaller:
                yield "lower"


def _is(node: ast.expr, name: str) -> bool:
    return getattr(node, "attr", getattr(node, "id", "")) == name


class TestTheTable:
    def test_every_day_on_a_form_is_of_a_sort_that_has_a_rule(self) -> None:
        assert _entered() == {*TRUE, *FIRST, *DECIDED}

    @pytest.mark.parametrize(
        ("table", "sides"), [(TRUE, {"lower", "upper"}), (FIRST, {"upper"})], ids=["true", "first"]
    )
    def test_its_rule_looks_at_both_sides(
        self, table: dict[str, list[str]], sides: set[str]
    ) -> None:
        for field, rules in table.items():
            for rule in rules:
                module, _colon, name = rule.partition(":")
                tree = house()[module].tree
                assert sides <= _bounds(tree, name or field.partition(".")[2]), (field, rule)

    def test_a_missing_side_is_seen(self) -> None:
        for line, sides in (
            ("if met_on > today: pass", {"upper"}),
            ("if facts.met_on < begun: pass", {"lower"}),
            ("if not drawn <= facts.met_on <= today: pass", {"lower", "upper"}),
            ("refuse_earlier_day(facts.met_on, signing)", {"lower"}),
            ("if met_on.year not in years: pass", {"lower"}),
            ("if other > today: pass", set()),
        ):
            assert _bounds(parse("x.py", line).tree, "met_on") == sides, line
