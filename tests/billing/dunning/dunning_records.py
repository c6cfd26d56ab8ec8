"""One record of every kind that the screens of dunning show."""

from django.db.models import Model

from billing.models import DebtAge, DunningHold, HoldKind, InstalmentPart, InstalmentPlan
from customers.models import SupplyContract
from office.calendar import business_date
from tests.builders import NOW, a_season, an_issued_bill


def dunning_rows(contract: SupplyContract) -> list[Model]:
    """Leaves a bill of the contract open and returns its age, a hold and a plan."""
    company, day = contract.company, business_date(NOW)
    an_issued_bill(contract, a_season(company, "2024-2025"))
    hold = DunningHold.objects.create(
        company=company,
        contract=contract,
        kind=HoldKind.DISPUTE,
        starts=day,
        ends=day,
        reason="室温不达标",
        entered_at=NOW,
    )
    plan = InstalmentPlan.objects.create(
        company=company,
        contract=contract,
        debt_fen=100,
        reason="困难",
        source="协议",
        agreed_at=NOW,
    )
    InstalmentPart.objects.create(plan=plan, ordinal=1, due_on=day, amount_fen=100)
    return [DebtAge.objects.get(company=company), hold, plan]
