"""Chinese names of roles stand in office/roles.py and heating/roles/ and nowhere else."""

import pytest

from tests.house.role_names import GROUP_NAMES, faults_of
from tests.house.trees import house, parse


def test_roles_are_named_by_their_identity() -> None:
    faults = [
        f"{place} {remedy}" for module in house().values() for place, remedy in faults_of(module)
    ]
    assert faults == [], "\n".join(faults)


@pytest.mark.parametrize("path", ["billing/counter/shifts.py", "heating/site.py"])
@pytest.mark.parametrize("name", sorted(GROUP_NAMES))
def test_a_planted_name_is_named_with_its_remedy(path: str, name: str) -> None:
    planted = parse(path, f"def members(groups):\n    return groups.get(name='{name}').users\n")
    ((place, remedy),) = faults_of(planted)
    assert place == f"{path}:2"
    assert f"write `Role.{GROUP_NAMES[name].name}` of office/roles.py" in remedy


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("office/roles.py", "NAMES = {'agent': '客服'}"),
        ("heating/roles/groups.py", "OLD_NAMES = ['收费员']"),
        ("billing/counter/shifts.py", "SENTENCE = '只能由本班收费员交班。'"),
        ("billing/counter/shifts.py", "names = Role.CASHIER.group_name"),
    ],
)
def test_the_roles_themselves_and_sentences_pass(path: str, source: str) -> None:
    assert list(faults_of(parse(path, source))) == []
