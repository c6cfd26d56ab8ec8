"""The records that a signed-in customer may see: the customer's own contracts and what depends on
them.

A contract belongs to its customer and to its payer, also after it has ended: debts stay with the
old owner, and the new owner sees none of them. Money that was assigned out of suspense, and its
receipt, belong to the contract it was assigned to, and no longer to the one it was paid for.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from billing.bills.explain import with_lines
from billing.ledger.balances import ContractBalance, contract_balances
from billing.ledger.open_bills import with_open_amount
from billing.models import (
    Bill,
    Payment,
    PaymentIntent,
    Receipt,
    SuspenseAssignment,
)
from customers.contracts.own_contracts import own_contracts
from customers.models import Account, CustomerToken, SupplyContract
from office.refusals import NotFound, Refused

PAGE = 50


@dataclass
class OwnAccount:
    """An account with those of its contracts that belong to the customer."""

    account: Account
    contracts: list[SupplyContract] = field(default_factory=list)
    receivable_fen: int = 0
    advance_fen: int = 0
    current: bool = False

    @property
    def owed_fen(self) -> int:
        return self.receivable_fen - self.advance_fen


def own_accounts(token: CustomerToken, *, page: int, on: date) -> tuple[list[OwnAccount], bool]:
    """Returns one page of accounts with their balances, and whether there are more pages."""
    accounts = (
        Account.objects.filter(pk__in=own_contracts(token).values("account"))
        .select_related("company", "premise")
        .order_by("number", "pk")
    )
    start = (page - 1) * PAGE
    page_accounts = list(accounts[start : start + PAGE + 1])
    return _with_balances(token, page_accounts[:PAGE], on), len(page_accounts) > PAGE


def own_account(token: CustomerToken, account_id: int, *, on: date) -> OwnAccount:
    """Returns one account with its balance; a foreign account is answered like one that does not
    exist.
    """
    account_rows = Account.objects.filter(
        pk=account_id, pk__in=own_contracts(token).values("account")
    ).select_related("company", "premise")
    own = _with_balances(token, list(account_rows), on)
    if not own:
        raise NotFound
    return own[0]


def own_bills(token: CustomerToken) -> QuerySet[Bill]:
    """Returns the bills, newest first, with their open amounts and with lines ready to be
    explained.
    """
    bills = with_lines(Bill.objects.filter(contract__in=own_contracts(token)))
    return (
        with_open_amount(bills)
        .select_related("season", "company", "adjustment__corrects")
        .order_by("-season__label", "-pk")
    )


def own_bills_by_number(token: CustomerToken, numbers: Collection[str]) -> list[Bill]:
    """Returns the bills to pay together; refuses unless all are the customer's own and of one
    contract.
    """
    bills = list(
        Bill.objects.filter(number__in=numbers, contract__in=own_contracts(token)).select_related(
            "contract__company", "contract__account"
        )
    )
    if {bill.number for bill in bills} != set(numbers):
        raise NotFound(_("没有找到所选账单，请刷新后重试。"))
    if len({bill.contract_id for bill in bills}) > 1:
        raise Refused(
            "bills_of_several_contracts", _("一次只能缴同一户、同一合同的账单，请分开缴。")
        )
    return bills


def own_contract_to_prepay(token: CustomerToken, account_id: int, *, on: date) -> SupplyContract:
    """Returns the contract in force on an account, to which money can be paid ahead."""
    own = own_account(token, account_id, on=on)
    for contract in own.contracts:
        if contract.in_force_on(on):
            return contract
    raise Refused("no_current_contract", _("该户现在没有您的有效合同，只能按账单缴清欠费。"))


def own_intent(token: CustomerToken, public_id: UUID) -> PaymentIntent:
    intent = (
        PaymentIntent.objects.filter(public_id=public_id, contract__in=own_contracts(token))
        .select_related("company", "contract__account")
        .first()
    )
    if intent is None:
        raise NotFound
    return intent


def own_receipts(token: CustomerToken) -> QuerySet[Receipt]:
    """Returns the receipts, newest first, each in the name of a contract of the customer."""
    contracts = own_contracts(token)
    paid = Payment.objects.filter(contract__in=contracts, assignment__isnull=True)
    assigned = SuspenseAssignment.objects.filter(contract__in=contracts)
    # A union and not an OR, so that PostgreSQL finds both by their indexes.
    payments = paid.order_by().values("pk").union(assigned.order_by().values("payment"))
    return (
        Receipt.objects.filter(payment__in=payments)
        .select_related("company", "payment")
        .prefetch_related("payment__refunds_to_source")
        .order_by("-pk")
    )


def own_receipt(token: CustomerToken, number: str) -> Receipt:
    receipt = own_receipts(token).filter(number=number).first()
    if receipt is None:
        raise NotFound
    return receipt


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
