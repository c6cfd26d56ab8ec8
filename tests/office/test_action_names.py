"""Every operation that writes into the journal has a name that people read."""

import ast
from collections.abc import Iterator

from django.conf import settings

from heating.rooms import EVERY_APP
from office.action_names import action_name

WRITERS = {"record", "record_each", "entry", "write_journal"}


def written_actions() -> Iterator[tuple[str, str]]:
    """Each action that a call of the journal names literally, and where."""
    for room in EVERY_APP:
        for path in sorted((settings.BASE_DIR / room).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                action = getattr(node.args[0], "value", None)
                with_time = {keyword.arg for keyword in node.keywords} >= {"by", "at"}
                if name in WRITERS and with_time and isinstance(action, str):
                    yield action, f"{path.name}:{node.lineno}"


def test_every_action_has_a_name() -> None:
    actions = list(written_actions())
    assert len(actions) > 100
    nameless = [(action, place) for action, place in actions if action_name(action) == action]
    assert nameless == [], "give the action a name in office/action_names.py"
