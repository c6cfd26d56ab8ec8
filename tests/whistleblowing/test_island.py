"""Of the office the island takes what keeps no content, and nobody but heating takes the island."""

import ast

from heating import settings as real_settings
from heating.rooms import DESKS
from heating.schedule import BEAT_SCHEDULE
from tests.house.trees import Module, house, parse

ALLOWED = (
    *("office.workflow", "office.calendar", "office.clock", "office.refusals", "office.language"),
    *("office.promises.reckoning", "office.outcomes", "office.requests", "office.organisation"),
    # Who may read a report rests on the chart and on declared relations.
    "office.interests",
    # People and companies, by which an officer and a form are tied to the house.
    *("office.models.User", "office.models.Company", "office.models.Person"),
    # Whose posts change and who signs pledges, by the chart.
    *("office.models.Post", "office.models.PostTerm", "office.models.Appointment"),
    # A paper is made in memory; the office keeps none of it.
    "office.pdf",
    # Amounts and days as people type and read them.
    *("office.money", "office.forms.yuan_field", "office.forms.day_field"),
)


def faults_of(module: Module) -> list[str]:
    """Returns what a module of the island imports of the office beyond the allowed."""
    return [
        f"{module.path} imports {target}"
        for target in sorted(set(module.imports.values()))
        if target.startswith("office.") and not target.startswith(ALLOWED)
    ]


def _island() -> list[Module]:
    return [module for module in house().values() if module.path.startswith("whistleblowing/")]


def test_the_island_takes_of_the_office_what_keeps_no_content() -> None:
    assert len(_island()) > 30
    assert [fault for module in _island() for fault in faults_of(module)] == []
    source = "from office import journal\nfrom office.refusals import Refused"
    planted = parse("whistleblowing/x.py", source)
    assert faults_of(planted) == ["whistleblowing/x.py imports office.journal"]


def test_no_desk_names_the_island_even_as_a_text() -> None:
    texts = [
        module.path
        for module in house().values()
        if module.path.split("/")[0] in (*DESKS, "office")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and str(node.value).startswith("whistleblowing.")
    ]
    assert texts == []


def test_its_tasks_carry_no_arguments() -> None:
    tasks = [task for task in BEAT_SCHEDULE.values() if task["task"].startswith("whistleblowing.")]
    assert len(tasks) == 3
    assert all("args" not in task and "kwargs" not in task for task in tasks)


def test_its_wall_stands_in_front_of_all_others() -> None:
    assert real_settings.MIDDLEWARE[0] == "whistleblowing.walls.IslandMiddleware"
