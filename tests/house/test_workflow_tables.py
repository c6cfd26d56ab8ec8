"""No workflow has a dead end: every state is reached, and from each something leads to an end."""

import ast
from collections.abc import Iterable

import pytest
from django.db.models import TextChoices

from heating.management.commands.workflows import workflows
from office.workflow import Move, Workflow
from tests.house.trees import house, reached

WORKFLOWS = {workflow.table: workflow for _app, workflow in workflows()}

# The states in which nobody has anything left to do. A state that is not here waits for somebody,
# so that a move has to lead on from it; `closed` ones can be opened again.
ENDS = {
    "billing_adjustment": {"cancelled", "issued"},
    "billing_advancerefund": {"cancelled", "paid"},
    "billing_areachange": {"approved", "cancelled"},
    "billing_attempt": {"paid", "closed", "failed"},
    "billing_billingrun": {"cancelled", "closed"},
    "billing_channelday": {"closed"},
    # A returned move has given its credit free: another is drafted in its place.
    "billing_creditmove": {"cancelled", "moved", "returned"},
    "billing_dunningrun": {"cancelled", "done"},
    "billing_largepayment": {"declined", "used"},
    "billing_latefeewaiver": {"approved", "cancelled"},
    "billing_paymentintent": {"paid", "cancelled"},
    "billing_pricedocument": {"published"},
    "billing_refundtosource": {"cancelled", "closed", "paid"},
    "billing_resumption": {"approved", "cancelled"},
    "billing_shift": {"closed"},
    "billing_stopheat": {"cancelled", "resumed", "voided", "approved"},
    "complaints_articleversion": {"published"},
    "complaints_callback": {"answered", "dropped", "unanswered"},
    "complaints_incident": {"cancelled", "closed"},
    "complaints_ticket": {"closed"},
    "complaints_visit": {"completed", "withdrawn"},
    "customers_annualplan": {"approved"},
    "customers_connection": {"heated", "rejected", "withdrawn"},
    "customers_contracttemplate": {"discarded", "published"},
    "customers_message": {"expired", "sent"},
    "customers_renewalrun": {"cancelled", "issued"},
    "customers_signingrequest": {"cancelled", "signed"},
    "office_approval": {"approved", "returned", "withdrawn"},
    "suppliers_admission": {"qualified", "rejected", "withdrawn"},
    "suppliers_ban": {"lifted", "rejected", "withdrawn"},
    "suppliers_banappeal": {"denied", "upheld"},
    "suppliers_ratingrule": {"published"},
    "suppliers_ratingrun": {"cancelled", "final"},
    "suppliers_recheck": {"done"},
    "suppliers_sitevisit": {"called_off", "failed", "passed"},
    "suppliers_sourcing": {"awarded", "called_off"},
    "suppliers_supplierbankaccount": {"ended", "rejected"},
    "suppliers_supplierissue": {"verified"},
    "suppliers_supplierpaper": {"rejected", "replaced"},
    "suppliers_trial": {"called_off", "confirmed", "refused"},
    "whistleblowing_report": {"closed"},
}
# What people and clocks come in by.
_DOORS = (
    *("admin", "api", "commands", "job", "jobs", "notify", "page", "pages", "tasks"),
    *("verbs", "views"),
)


def faults_of(workflow: Workflow, ends: set[str]) -> list[str]:
    """Returns a sentence for each state that is not reached or has no way to an end."""
    pairs = [(source, move.target) for move in workflow.moves for source in move.sources]
    states = set(workflow.states.values)
    begun = _closure({workflow.initial}, pairs)
    leading_on = _closure(set(ends), [(target, source) for source, target in pairs])
    return [
        *(f"{state} is no state" for state in sorted(ends - states)),
        *(f"{state} is never reached" for state in sorted(states - begun)),
        *(f"{state} is a dead end" for state in sorted(states - leading_on)),
    ]


def _closure(states: set[str], pairs: list[tuple[str, str]]) -> set[str]:
    """Returns the states and all that the pairs lead to from them."""
    while more := {target for source, target in pairs if source in states} - states:
        states = states | more
    return states


def test_every_workflow_says_where_it_ends() -> None:
    assert set(WORKFLOWS) == set(ENDS)


@pytest.mark.parametrize("table", ENDS)
def test_every_state_is_reached_and_leads_to_an_end(table: str) -> None:
    assert faults_of(WORKFLOWS[table], ENDS[table]) == []


def test_every_move_has_an_operation_that_somebody_can_call() -> None:
    called_names = set(_called())
    lost_moves = [
        f"{table} {move.verb}"
        for table, workflow in WORKFLOWS.items()
        for move in workflow.moves
        if not _operations(move.verb) & called_names
    ]
    assert lost_moves == []


def _called() -> Iterable[str]:
    """Yields the dotted name of everything that is reached from a screen, the API or a job."""
    seen: set[str] = set()
    for module in house().values():
        parts = module.path.removesuffix(".py").split("/")
        if any(part.endswith(_DOORS) for part in parts):
            for name, _node in reached(module, module.tree, house(), seen):
                yield name


def _operations(verb: str) -> set[str]:
    """Returns the functions that are named after the verb or name it, also by a table beside them.

    A table of verbs at the top of a module belongs to every function of the module.
    """
    return _by_verb().get(verb, set())


_FUNCTIONS: dict[str, set[str]] = {}


def _by_verb() -> dict[str, set[str]]:
    """Returns the functions by each text that they, or a table of their module, consist of."""
    if not _FUNCTIONS:
        for module in house().values():
            if module.path.startswith("heating/") or module.path.endswith(
                ("states.py", "action_names.py", "fact_names.py")
            ):
                continue
            functions = {f"{module.name}.{function.name}" for function in module.functions}
            for statement in module.tree.body:
                name = getattr(statement, "name", "")
                owners = {f"{module.name}.{name}"} if name else functions
                if name:
                    _FUNCTIONS.setdefault(name, set()).update(owners)
                for node in ast.walk(statement):
                    if isinstance(node, ast.Constant) and isinstance(node.value, str):
                        _FUNCTIONS.setdefault(node.value, set()).update(owners)
    return _FUNCTIONS


class _Paper(TextChoices):
    DRAFT = "draft", "起草"
    RETURNED = "returned", "退回"
    SENT = "sent", "已发"
    LOST = "lost", "遗失"


def test_a_planted_dead_end_is_named() -> None:
    moves = (
        Move("send", "发出", (_Paper.DRAFT,), _Paper.SENT),
        Move("return", "退回", (_Paper.DRAFT,), _Paper.RETURNED),
        Move("look_again", "复看", (_Paper.RETURNED,), _Paper.RETURNED),
    )
    workflow = Workflow("x", "x", "state", _Paper, _Paper.DRAFT, moves)
    assert faults_of(workflow, {"sent", "gone"}) == [
        "gone is no state",
        "lost is never reached",
        "lost is a dead end",
        "returned is a dead end",
    ]
    assert _operations("send_by_pigeon") == set()
