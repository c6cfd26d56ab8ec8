"""An employer's transfer that pays for several of its people, entered as one paper."""

from datetime import timedelta

from billing.group_payments.operations import Paper, spread_transfer
from billing.group_payments.parts import Part, owed_by_contract
from billing.models import CompanyBankAccount, GroupPayment
from customers.models import SupplyContract
from heating.demo.calendar import Storyline
from heating.demo.customers import PHONES
from office.actors import Actor

EMPLOYER = "某某机械厂工会"
WORKERS = 3


def pay_for_workers(
    bank_account: CompanyBankAccount, story: Storyline, *, by: Actor
) -> GroupPayment | None:
    """Enters yesterday's transfer of an employer for the first accounts that owe; None when fewer
    than two do.
    """
    contracts = list(
        SupplyContract.objects.filter(
            company=bank_account.company, ends__isnull=True, bills__isnull=False
        )
        .exclude(intents__state="open")
        .exclude(customer__phone__in=PHONES)
        .select_related("account__premise", "customer", "payer", "company")
        .order_by("account__number")
        .distinct()[: WORKERS * 8]
    )
    debts = owed_by_contract([contract.pk for contract in contracts], story.today)
    parts = [
        Part(contract, debts[contract.pk], debts[contract.pk])
        for contract in contracts
        if debts[contract.pk]
    ][:WORKERS]
    if len(parts) < 2:
        return None
    yesterday = story.today - timedelta(days=1)
    total_fen = sum(part.amount_fen for part in parts)
    return spread_transfer(
        bank_account.company,
        Paper(f"demo-group-{bank_account.pk:08d}", EMPLOYER, total_fen),
        parts,
        bank_account=bank_account,
        bank_reference=f"{yesterday:%Y%m%d}8000001",
        value_date=yesterday,
        by=by,
        at=story.minutes_ago(50),
    )
