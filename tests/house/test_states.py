"""No state is written past its workflow."""

import pytest

from tests.house.states import faults_of
from tests.house.trees import house, parse


def test_every_state_comes_from_its_workflow() -> None:
    faults = [
        f"{name} {remedy}" for module in house().values() for name, remedy in faults_of(module)
    ]
    assert faults == [], "\n".join(faults)


@pytest.mark.parametrize(
    "line",
    [
        "bill.state = 'paid'",
        "bill.state = BillState.PAID",
        "bill.state: str = 'paid'",
        "bill.state, bill.number = 'paid', 7",
        "Bill.objects.filter(pk=1).update(state=BillState.PAID)",
        "Bill.objects.filter(pk=1).update(state=state)",
        "setattr(bill, 'state', 'paid')",
    ],
)
def test_a_planted_fault_is_named_with_its_remedy(line: str) -> None:
    ((place, remedy),) = faults_of(
        parse("billing/bills/x.py", f"def pay(bill, state):\n    {line}\n")
    )
    assert place == "billing/bills/x.py pay"
    assert "WORKFLOW.next_state(record.state, verb)" in remedy


@pytest.mark.parametrize(
    "lines",
    [
        ["bill.state = BILL.next_state(bill.state, 'pay')"],
        ["state = BILL.next_state(bill.state, 'pay')", "bill.state = state"],
        ["Bill.objects.update(state=BILL.next_state(BillState.OPEN, 'pay'))"],
        ["Bill.objects.filter(state=BillState.OPEN).update(number=7)"],
    ],
)
def test_what_a_workflow_gives_passes(lines: list[str]) -> None:
    body = "".join(f"    {line}\n" for line in lines)
    assert list(faults_of(parse("billing/bills/x.py", f"def pay(bill):\n{body}"))) == []
