"""The end of a supply contract with its final account: what is owed and what is prepaid.

No money moves here: open bills are paid at the counter, an advance is refunded or used by the
operations of billing; what stays open is carried in writing.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.ledger.balances import contract_balance
from billing.ledger.late_fees import late_fees
from billing.ledger.open_bills import OpenBill, open_bills
from billing.models import BillingRun
from billing.states import BillingRunState
from customers.contracts.ending import FinalWords, end_locked_contract
from customers.contracts.papers import lock_open_contract
from customers.models import ContractPaper, SupplyContract
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.money import yuan_text
from office.pdf.wording import one_line
from office.permissions import authorise
from office.refusals import Invalid, Refused

LONGEST = 100


@dataclass(frozen=True)
class FinalAccount:
    """What a contract owes on a day and what it has prepaid, in fen."""

    bills: list[OpenBill]
    late_fee_fen: int
    advance_fen: int

    @property
    def open_fen(self) -> int:
        """Returns the unpaid bills and late fees."""
        return sum(item.open_fen for item in self.bills) + self.late_fee_fen


def final_account(contract: SupplyContract, on: date) -> FinalAccount:
    """Returns the final account of a contract as it stands on a day."""
    fees = late_fees(contract, on).fees
    return FinalAccount(
        open_bills(contract),
        sum(fee.payable_fen for fee in fees),
        contract_balance(contract).advance_fen,
    )


@transaction.atomic
def end_contract(
    contract: SupplyContract,
    on: date,
    *,
    reason: str,
    carried: str = "",
    by: Actor,
    at: datetime,
) -> ContractPaper:
    """Ends the open contract on a day and returns the agreement with the final account.

    `carried` says in writing what becomes of what is open or prepaid: who pays, by when, or to
    where an advance goes. Raises `Refused` while something is open or prepaid and nothing is
    carried, and while a billing run is issuing bills.
    """
    authorise(by, "customers.end_contract", contract.company)
    locked_contract = lock_open_contract(contract)
    # As they are printed: narrow characters would turn Chinese commas into Western ones.
    reason, carried = one_line(reason), one_line(carried)
    if not reason:
        raise Invalid("reason_missing", _("请填写终止原因。"))
    if len(reason) > LONGEST or len(carried) > LONGEST:
        raise Invalid(
            "text_too_long", _("终止原因和结转说明各不超过 %(most)s 个字。"), most=LONGEST
        )
    # A run that is issuing may be writing a bill of this contract, which no final account shows.
    if BillingRun.objects.filter(
        company=contract.company_id, state=BillingRunState.ISSUING
    ).exists():
        raise Refused("bills_being_issued", _("本公司正在出账，请等出账完成后再办理终止。"))
    final = final_account(locked_contract, business_date(at))
    if (final.open_fen or final.advance_fen) and not carried:
        raise Refused(
            "contract_not_settled",
            _(
                "合同还有未缴 %(open)s 元、预存 %(advance)s 元。"
                "请先缴清和退还，或在结转说明中写明由谁承担、如何处理。"
            ),
            open=yuan_text(final.open_fen),
            advance=yuan_text(final.advance_fen),
        )
    words = FinalWords(
        reason=reason,
        open_amount=f"{yuan_text(final.open_fen)} 元",
        advance=f"{yuan_text(final.advance_fen)} 元",
        settlement=carried or "费用已全部结清",
    )
    paper = end_locked_contract(locked_contract, on, words, by=by, at=at)
    journal.record(
        "end_contract",
        locked_contract,
        by=by,
        at=at,
        on=on.isoformat(),
        paper=paper.number,
        open_fen=final.open_fen,
        advance_fen=final.advance_fen,
        carried=words.settlement,
    )
    return paper
