"""Two dunning runs over the same contracts at once: each contract is reminded once."""

from functools import partial

import pytest

from billing.dunning.ladder import StepFacts, publish_dunning_step
from billing.dunning.operations import (
    approve_dunning_run,
    create_dunning_run,
    finish_dunning_preview,
    finish_dunning_run,
    preview_dunning_run,
    start_dunning_run,
)
from billing.dunning.reminding import remind_stretch
from billing.models import DunningChannel, DunningNotice, DunningRun
from customers.models import Community
from heating.roles import CLERK, MANAGER
from office.actors import Actor
from office.calendar import business_date
from tests.builders import (
    a_company,
    a_contract,
    a_customer,
    a_member_of_staff,
    an_account,
    an_issued_bill,
)
from tests.clock import present
from tests.parallel import at_once


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_remind_a_contract_once() -> None:
    company = a_company()
    clerk = Actor.staff(a_member_of_staff("clerk", CLERK, company))
    manager = Actor.staff(a_member_of_staff("manager", MANAGER, company))
    contracts = [a_contract(an_account(company), a_customer(company)) for _ in range(20)]
    for contract in contracts:
        an_issued_bill(contract)
    at = present()
    facts = StepFacts(1, business_date(at), 5, DunningChannel.SMS, "请尽快缴费", "办法")
    publish_dunning_step(company, facts, by=manager, at=at)
    community = Community.objects.get(company=company)

    def ready(scope: Community | None) -> DunningRun:
        run = create_dunning_run(company, scope, by=clerk, at=at)
        preview_dunning_run(run, by=clerk, at=at)
        finish_dunning_preview(run, by=clerk, at=at)
        approve_dunning_run(run, by=manager, at=at)
        start_dunning_run(run, by=clerk, at=at)
        return run

    runs = [ready(None), ready(community)]
    assert at_once([partial(remind_stretch, run, at=at) for run in runs]) == [20, 20]
    for run in runs:
        finish_dunning_run(run, by=clerk, at=at)
    notices = DunningNotice.objects.filter(company=company)
    assert sorted(notices.values_list("contract", flat=True)) == sorted(
        contract.pk for contract in contracts
    )
    reminded = [(run.notices.count(), run.parked.filter(reason="changed").count()) for run in runs]
    assert sorted(reminded) == [(0, 20), (20, 0)]
