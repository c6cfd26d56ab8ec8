"""One record of every kind that the screens of dunning show."""

from django.db.models import Model

from billing.dunning.operations import create_dunning_run
from billing.models import (
    DebtAge,
    DunningChannel,
    DunningDraft,
    DunningHold,
    DunningNotice,
    DunningStep,
    HoldKind,
    InstalmentPart,
    InstalmentPlan,
    ParkedDunning,
)
from customers.models import SupplyContract
from office.actors import Actor
from office.calendar import business_date
from tests.builders import NOW, a_season, an_issued_bill


def dunning_rows(contract: SupplyContract, by: Actor) -> list[Model]:
    """Leaves a bill of the contract open and returns its age, and what dunning keeps."""
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
    step = DunningStep.objects.create(
        company=company,
        number=1,
        effective_from=day,
        days_after_due=5,
        channel=DunningChannel.PHONE,
        text="请缴费",
        source="办法",
        published_at=NOW,
    )
    run = create_dunning_run(company, by=by, at=NOW)
    draft = DunningDraft.objects.create(run=run, contract=contract, step=step, net_fen=100, days=5)
    parked = ParkedDunning.objects.create(
        run=run, contract=contract, reason="dispute", sentence="争议处理中"
    )
    notice = DunningNotice.objects.create(
        company=company,
        run=run,
        contract=contract,
        step=step,
        number=1,
        channel=step.channel,
        oldest_bill_id=1,
        net_fen=100,
        days=5,
        noticed_on=day,
        noticed_at=NOW,
    )
    age = DebtAge.objects.get(company=company)
    return [age, hold, plan, step, run, draft, parked, notice]
