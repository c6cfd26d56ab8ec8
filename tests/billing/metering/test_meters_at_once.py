"""Two people enter one meter at once: it is on record once."""

from functools import partial

import pytest

from billing.models import Meter
from office.models import Company
from office.refusals import Refused
from tests.billing.adjustments.desk import Desk
from tests.billing.metering.meter_desk import install
from tests.builders import a_company, an_account
from tests.parallel import at_once


@pytest.mark.django_db(transaction=True)
def test_a_number_that_two_enter_at_once_is_on_record_once(desk: Desk) -> None:
    company: Company = a_company()
    accounts = [an_account(company) for _ in range(4)]
    outcomes = at_once([partial(install, desk, account) for account in accounts])
    [meter] = Meter.objects.filter(company=company)
    sentence = f"表号 7788 已登记在户号 {meter.account.number}，请核对。"
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert [(row.code, row.sentence) for row in refusals] == [("meter_number_taken", sentence)] * 3
