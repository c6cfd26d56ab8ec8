"""A role is named by its identity, `Role.CASHIER`; its Chinese name stands with the roles only."""

import ast
from collections.abc import Iterator

from office.roles import Role
from tests.house.trees import Module

GROUP_NAMES = {role.group_name: role for role in Role}
_ROLES = ("office/roles.py", "heating/roles/")


def faults_of(module: Module) -> Iterator[tuple[str, str]]:
    """Yields each text that is the Chinese name of a role, and how to mend it."""
    if module.path.startswith(_ROLES):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and node.value in GROUP_NAMES:
            role = GROUP_NAMES[node.value]
            remedy = (
                f"names a role by “{node.value}”: write `Role.{role.name}` of office/roles.py, "
                "`.group_name` for its group in the database or `.label` for a reader; a text "
                "about something else needs a word of its own."
            )
            yield f"{module.path}:{node.lineno}", remedy
