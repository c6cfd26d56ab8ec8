"""Supply contracts whose term ends soon, or has ended, without a renewal."""

from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from customers.contracts.papers import MAIN_KINDS, revoked_papers
from customers.models import ContractPaper, SupplyContract
from office.calendar import business_date
from office.models import User
from office.scope import CompanyScope

# So many days before its end a contract is due for renewal, and so many after it it stays listed.
DUE_DAYS = 60
LISTED_DAYS = 365


def last_papers() -> CompanyScope[ContractPaper]:
    """Returns the valid paper with the latest term of each open contract."""
    valid = ContractPaper.objects.filter(kind__in=MAIN_KINDS).exclude(pk__in=revoked_papers())
    later = valid.filter(supply_contract=OuterRef("supply_contract"), ends__gt=OuterRef("ends"))
    return valid.filter(supply_contract__ends__isnull=True).exclude(Exists(later))


def expiring_papers(today: date) -> CompanyScope[ContractPaper]:
    """Returns the last papers whose term ends within the days in which renewal is due."""
    return last_papers().filter(
        ends__gte=today - timedelta(days=LISTED_DAYS), ends__lte=today + timedelta(days=DUE_DAYS)
    )


def expiring_contracts(user: User, at: datetime) -> QuerySet[SupplyContract]:
    """Returns the contracts of the person's companies that are due for renewal."""
    papers = expiring_papers(business_date(at)).visible_to(user)
    rows = SupplyContract.objects.visible_to(user).filter(pk__in=papers.values("supply_contract"))
    return rows.select_related("account", "customer").order_by("pk")
