"""Tickets that a signed-in customer may see: those about accounts that were theirs at the time.

The person who used the heat when the report came, by what was on file then, sees the ticket. A
person who only pays for others sees what they reported themselves. Later and earlier owners do not
see each other's tickets, also when the change of owner is dated back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from billing.portal.own_records import own_account, own_accounts
from complaints.classes import Channel
from complaints.incidents.reach import Spot, open_incidents_at
from complaints.models import Incident, Notice, Ticket
from customers.contracts.own_contracts import own_contracts
from customers.models import Account, CustomerToken, SupplyContract
from office.calendar import business_date
from office.refusals import NotFound, Refused

PAGE = 20
CUSTOMERS_CHANNELS = (Channel.WECHAT, Channel.WEB)


def own_tickets(token: CustomerToken) -> QuerySet[Ticket]:
    """Returns the customer's tickets, newest first."""
    # Named one by one, so that their tickets are found by the contract and not by walking all.
    contracts = list(own_contracts(token).values_list("pk", flat=True))
    used = Q(contract__customer__in=token.customer_ids)
    said_so = Q(channel__in=CUSTOMERS_CHANNELS, caller_phone=token.phone)
    return (
        Ticket.objects.filter(contract__in=contracts)
        .filter(used | said_so)
        .select_related("company", "account__premise__building", "incident")
        .order_by("-pk")
    )


def own_ticket(token: CustomerToken, number: str) -> Ticket:
    """Returns one ticket; one that does not exist and one of somebody else get the same answer."""
    ticket = own_tickets(token).filter(number=number).first()
    if ticket is None:
        raise NotFound(_("没有找到这张工单。"))
    return ticket


def own_contract_to_report(token: CustomerToken, account_id: int, at: datetime) -> SupplyContract:
    """Returns the present contract on an own account, to report something about it."""
    today = business_date(at)
    own = own_account(token, account_id, on=today)
    for contract in own.contracts:
        if contract.in_force_on(today):
            return contract
    raise Refused("no_current_contract", _("该户现在没有您的有效合同，请由现在的用户报告。"))


def reportable_accounts(token: CustomerToken, at: datetime) -> list[Account]:
    """Returns the first page of the accounts that are the customer's own today."""
    owned, _more = own_accounts(token, page=1, on=business_date(at))
    return [own.account for own in owned if own.current]


@dataclass(frozen=True)
class OwnIncident:
    """An announced or ongoing outage, and which of the customer's accounts it reaches."""

    incident: Incident
    text: str
    accounts: list[Account]


def own_incidents(accounts: Iterable[Account]) -> list[OwnIncident]:
    """Returns the open incidents over these accounts, each once, with its last notice."""
    rows = Account.objects.filter(pk__in=[account.pk for account in accounts]).select_related(
        "premise__building__community", "company"
    )
    placed_accounts = list(rows.order_by("number"))
    incidents_by_account = open_incidents_at(
        [Spot.of(account.premise) for account in placed_accounts]
    )
    own: dict[int, OwnIncident] = {}
    for account, incidents in zip(placed_accounts, incidents_by_account, strict=True):
        for incident in incidents:
            own_incident = own.setdefault(incident.pk, OwnIncident(incident, "", []))
            own_incident.accounts.append(account)
    texts = _last_notices(own)
    return [
        OwnIncident(row.incident, texts.get(row.incident.pk, ""), row.accounts)
        for row in own.values()
    ]


def _last_notices(incidents: Iterable[int]) -> dict[int, str]:
    """Returns the text of the last notice of each incident."""
    # In ascending order, so that of several notices the last one stays in the dictionary.
    rows = Notice.objects.filter(incident__in=list(incidents)).order_by("pk")
    return dict(rows.values_list("incident", "text"))
