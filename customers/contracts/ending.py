"""The end of a supply contract: its last day and the agreement, with what billing reckons up."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from customers.contract_papers.amendments import chinese_day
from customers.contract_papers.papers import PaperFacts, draw_up_paper
from customers.contract_papers.templates import template_in_force
from customers.contracts.terms import terms_of
from customers.models import ContractKind, ContractPaper, SupplyContract
from office.actors import Actor
from office.calendar import business_date
from office.refusals import Invalid, Refused


@dataclass(frozen=True)
class FinalWords:
    """What the agreement says: why, what is unpaid and prepaid, and what becomes of it."""

    reason: str
    open_amount: str
    advance: str
    settlement: str


def end_locked_contract(
    contract: SupplyContract, on: date, words: FinalWords, *, by: Actor, at: datetime
) -> ContractPaper:
    """A step of `end_contract` (billing), which authorises, holds the lock of account and contract
    and knows what is open.

    Ends the contract on a day, which is no longer its own, and draws up the agreement. Raises
    `Invalid` for a day to come and one before the contract began.
    """
    if on > business_date(at):
        raise Invalid("end_in_future", _("终止日期不能晚于今天。"))
    if on <= contract.starts:
        raise Invalid(
            "end_before_contract",
            _("终止日期须晚于合同生效日期 %(starts)s。"),
            starts=contract.starts,
        )
    # Read before the end is written: a day on which another contract ended is refused by name.
    others = SupplyContract.objects.filter(account=contract.account_id, ends__gt=on)
    if others.exclude(pk=contract.pk).exists():
        raise Refused(
            "contracts_overlap",
            _("户号 %(account)s 在 %(on)s 另有合同，请核对日期。"),
            account=contract.account.number,
            on=on,
        )
    template = template_in_force(contract.company, ContractKind.ENDING, business_date(at))
    terms = terms_of(contract, contract.starts, 1)
    contract.ends = on
    contract.save(update_fields=["ends"])
    return draw_up_paper(
        template,
        PaperFacts(
            company=contract.company,
            party=contract.customer.name,
            values={
                **{name: terms.values[name] for name in ("供热人", "用热人", "户号", "用热地址")},
                "原合同编号": contract.number,
                "约定日期": chinese_day(on),
                "终止原因": words.reason,
                "未缴金额": words.open_amount,
                "预存余额": words.advance,
                "结转说明": words.settlement,
            },
            supply_contract=contract,
        ),
        "draw_up_ending",
        by=by,
        at=at,
    )
