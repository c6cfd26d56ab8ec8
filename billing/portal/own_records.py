"""What a signed-in customer may see: the contracts of his own, and what hangs on them.

A contract is one's own as its customer or as the one who pays for it, also after it has ended:
debts stay with the old owner, and the new owner sees none of them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from billing.ledger.balances import ContractBalance, contract_balances
from billing.ledger.open_bills import with_open_amount
from billing.models import Bill, BillLine, PaymentIntent, Receipt
from customers.contracts.own_contracts import own_contracts
from customers.models import Account, CustomerToken, SupplyContract
from office.refusals import NotFound, Refused

PAGE = 50


@dataclass
class OwnAccount:
    """An account with the contracts on it that are the customer's own."""

    account: Account
    contracts: list[SupplyContract] = field(default_factory=list)
    receivable_fen: int = 0
    advance_fen: int = 0
    current: bool = False

    @property
    def owed_fen(self) -> int:
        return self.receivable_fen - self.advance_fen


def own_accounts(token: CustomerToken, *, page: int, on: date) -> tuple[list[OwnAccount], bool]:
    """One page of accounts with their balances, and whether there are more."""
    accounts = (
        Account.objects.filter(pk__in=own_contracts(token).values("account"))
        .select_related("company", "premise")
        .order_by("number", "pk")
    )
    start = (page - 1) * PAGE
    found = list(accounts[start : start + PAGE + 1])
    return _with_balances(token, found[:PAGE], on), len(found) > PAGE


def own_account(token: CustomerToken, account_id: int, *, on: date) -> OwnAccount:
    """One account with its balance; unknown and not one's own answer alike."""
    found = Account.objects.filter(
        pk=account_id, pk__in=own_contracts(token).values("account")
    ).select_related("company", "premise")
    own = _with_balances(token, list(found), on)
    if not own:
        raise NotFound
    return own[0]


def own_bills(token: CustomerToken) -> QuerySet[Bill]:
    """Newest first, each with what is open and with lines that can be explained."""
    lines = BillLine.objects.select_related("tariff__document").order_by("ordinal")
    return (
        with_open_amount(Bill.objects.filter(contract__in=own_contracts(token)))
        .select_related("season", "company")
        .prefetch_related(Prefetch("lines", lines))
        .order_by("-season__label", "-pk")
    )


def own_bill(token: CustomerToken, number: str) -> Bill:
    bill = own_bills(token).filter(number=number).first()
    if bill is None:
        raise NotFound
    return bill


def own_bills_by_number(token: CustomerToken, numbers: Collection[str]) -> list[Bill]:
    """The bills to pay together: all one's own and all of one contract, or a refusal."""
    found = list(
        Bill.objects.filter(number__in=numbers, contract__in=own_contracts(token)).select_related(
            "contract__company", "contract__account"
        )
    )
    if {bill.number for bill in found} != set(numbers):
        raise NotFound(_("没有找到所选账单，请刷新后重试。"))
    if len({bill.contract_id for bill in found}) > 1:
        raise Refused(
            "bills_of_several_contracts", _("一次只能缴同一户、同一合同的账单，请分开缴。")
        )
    return found


def own_contract_to_prepay(token: CustomerToken, account_id: int, *, on: date) -> SupplyContract:
    """The contract in force on an account, to which money can be paid ahead."""
    own = own_account(token, account_id, on=on)
    for contract in own.contracts:
        if contract.in_force_on(on):
            return contract
    raise Refused("no_current_contract", _("该户现在没有您的有效合同，只能按账单缴清欠费。"))


def own_intent(token: CustomerToken, public_id: UUID) -> PaymentIntent:
    found = (
        PaymentIntent.objects.filter(public_id=public_id, contract__in=own_contracts(token))
        .select_related("company", "contract__account")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def own_receipts(token: CustomerToken) -> QuerySet[Receipt]:
    return (
        Receipt.objects.filter(payment__contract__in=own_contracts(token))
        .select_related("company", "payment__contract__account")
        .order_by("-pk")
    )


def own_receipt(token: CustomerToken, number: str) -> Receipt:
    found = own_receipts(token).filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def _with_balances(token: CustomerToken, accounts: Sequence[Account], on: date) -> list[OwnAccount]:
    own = {account.pk: OwnAccount(account) for account in accounts}
    contracts = list(
        own_contracts(token)
        .filter(account__in=own)
        .select_related("company", "account")
        .order_by("-starts")
    )
    balances = contract_balances([contract.pk for contract in contracts])
    for contract in contracts:
        entry = own[contract.account_id]
        balance = balances.get(contract.pk, ContractBalance(0, 0))
        entry.contracts.append(contract)
        entry.receivable_fen += balance.receivable_fen
        entry.advance_fen += balance.advance_fen
        entry.current = entry.current or contract.in_force_on(on)
    return list(own.values())
