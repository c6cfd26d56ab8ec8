"""Each public function of an operations file is an operation or a step that says so."""

import pytest

from tests.house.offenders import NOT_YET_OPERATIONS
from tests.house.operations import faults_of
from tests.house.trees import house, parse

_WHOLE = '''
from django.db import transaction
from office import journal
from office.permissions import authorise

@transaction.atomic
def close_till(till, *, by, at):
    """Closes the till."""
    authorise(by, "billing.close_till", till.company)
    journal.record("close_till", till, by=by, at=at)

def lock_till(till):
    """A step of `close_till`; the caller holds the transaction."""
'''


def _faults(source: str) -> list[str]:
    module = parse("billing/counter/operations.py", source)
    return [f"{name}: {sentence}" for name, sentence in faults_of(module, house())]


def test_every_operation_of_the_house_is_whole() -> None:
    faults: dict[str, list[str]] = {}
    for module in house().values():
        for name, sentence in faults_of(module, house()):
            faults.setdefault(name, []).append(sentence)
    new = [
        f"{name} {' '.join(faults[name])}" for name in sorted(faults.keys() - NOT_YET_OPERATIONS)
    ]
    mended = sorted(NOT_YET_OPERATIONS - faults.keys())
    assert new == [], "\n".join(new)
    assert mended == [], f"Mended; take these lines out of tests/house/offenders.py: {mended}"


def test_a_whole_operation_and_a_step_pass() -> None:
    assert _faults(_WHOLE) == []


@pytest.mark.parametrize(
    ("was", "becomes", "name", "sentence"),
    [
        ("*, by, at", "by, at", "close_till", "lacks keyword-only by and at"),
        ("*, by, at", "*, by", "close_till", "lacks keyword-only at"),
        ("@transaction.atomic\n", "", "close_till", "needs exactly one transaction"),
        (
            '    authorise(by, "billing.close_till", till.company)\n',
            "",
            "close_till",
            "no permission",
        ),
        ('    journal.record("close_till", till, by=by, at=at)\n', "", "close_till", "no line in"),
        ("A step of", "Locks for", "lock_till", "lacks keyword-only by and at"),
        ("def lock", "@transaction.atomic\ndef lock", "lock_till", "step that opens a transaction"),
    ],
)
def test_a_planted_fault_is_named_with_its_remedy(
    was: str, becomes: str, name: str, sentence: str
) -> None:
    (fault,) = _faults(_WHOLE.replace(was, becomes))
    assert fault.startswith(f"billing/counter/operations.py {name}: ")
    assert sentence in fault


def test_a_reason_stands_for_a_permission_and_for_a_line() -> None:
    reasons = "No permission: anybody may ask. No line in the journal: nothing is known yet."
    source = _WHOLE.replace("Closes the till.", f"Closes the till. {reasons}")
    for line in ("authorise(by,", "journal.record("):
        source = "\n".join(row for row in source.split("\n") if line not in row)
    assert _faults(source) == []


def test_a_line_written_by_a_step_of_another_file_counts() -> None:
    source = _WHOLE.replace("journal.record(", "receive_payment(").replace(
        "from office import journal", "from billing.payments.receive import receive_payment"
    )
    assert _faults(source) == []


def test_a_function_with_a_transaction_is_an_operation_wherever_it_lies() -> None:
    source = "@transaction.atomic\ndef pay(bill):\n    bill.save()\n"
    module = parse("billing/bills/papers.py", source)
    assert [name for name, _ in faults_of(module, house())] == ["billing/bills/papers.py pay"]
