"""The facts that the matching ladder decides from, looked up for many lines at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q

from billing.ledger.open_bills import open_bills_by_contract
from billing.models import StatementLineBooking
from billing.statements.ladder import Facts, OpenAccount, searched_name
from billing.statements.lines import Line
from billing.statements.remarks import number_candidates
from customers.models import Account, SupplyContract
from office.models import Company

_WIDE_BRACKETS = str.maketrans("()", "（）")


def facts_about(company: Company, lines: Sequence[Line]) -> Facts:
    """Returns the facts about some lines; the number of queries does not grow with the lines.

    `payer_account` of the lines is the keyed digest.
    """
    candidates = {text for line in lines for text in number_candidates(line.remark)}
    numbers = Account.objects.filter(company=company, number__in=candidates)
    contracts = SupplyContract.objects.filter(
        company=company, number__in=candidates, ends__isnull=True
    )
    payers = _payers(company, lines)
    names = {line.payer_name for line in lines if line.payer_name}
    by_name, by_number = _open_accounts(company, names, payers)
    return Facts(
        accounts=frozenset(numbers.values_list("number", flat=True)),
        contracts=dict(contracts.values_list("number", "account__number")),
        payers=payers,
        names=by_name,
        open_accounts=by_number,
    )


def _payers(company: Company, lines: Iterable[Line]) -> dict[str, list[str]]:
    """Returns the accounts that a person confirmed for each payer's account number before."""
    digests = {line.payer_account for line in lines if line.payer_account}
    confirmed = (
        StatementLineBooking.objects.filter(
            company=company,
            line__payer_digest__in=digests,
            payment__contract__isnull=False,
        )
        .order_by()
        .values_list("line__payer_digest", "payment__contract__account__number")
        .distinct()
    )
    accounts: dict[str, list[str]] = defaultdict(list)
    for payer, number in confirmed:
        accounts[payer].append(number)
    return {payer: sorted(numbers) for payer, numbers in accounts.items()}


def _open_accounts(
    company: Company, names: set[str], payers: dict[str, list[str]]
) -> tuple[dict[str, list[OpenAccount]], dict[str, OpenAccount]]:
    """Returns the accounts of customers with these names, and those that payers paid for."""
    searched = set(map(searched_name, names))
    spellings = names | searched | {name.translate(_WIDE_BRACKETS) for name in searched}
    paid_before = {number for numbers in payers.values() for number in numbers}
    contracts = list(
        SupplyContract.objects.filter(
            Q(customer__name__in=spellings)
            | Q(payer__name__in=spellings)
            | Q(account__number__in=paid_before),
            company=company,
            ends__isnull=True,
        )
        .select_related("account", "customer", "payer")
        .order_by("account__number")
    )
    open_bills = open_bills_by_contract(contract.pk for contract in contracts)
    by_name: dict[str, list[OpenAccount]] = defaultdict(list)
    by_number: dict[str, OpenAccount] = {}
    for contract in contracts:
        open_fen = tuple(item.open_fen for item in open_bills.get(contract.pk, ()))
        number = contract.account.number
        by_number[number] = OpenAccount(number, contract.customer_id, open_fen)
        for person in (contract.customer, contract.payer):
            if person is not None and searched_name(person.name) in searched:
                account = OpenAccount(number, person.pk, open_fen)
                if account not in by_name[searched_name(person.name)]:
                    by_name[searched_name(person.name)].append(account)
    return by_name, by_number
