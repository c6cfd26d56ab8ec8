"""The whole demo, loaded in one transaction: it is there entirely or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from django.conf import settings
from django.db import connection, transaction

from billing.models import BillingRun, Payment
from complaints.kpis.operations import freeze_nights
from complaints.models import Ticket
from customers.models import Account, Community, Message
from customers.states import MESSAGE, MessageState
from heating.demo.account_list import import_town
from heating.demo.bank import open_bank_account
from heating.demo.bank_statement import take_in_statement
from heating.demo.calendar import Storyline, season_year
from heating.demo.changes import publish_policies, tell_of_changes
from heating.demo.city import LANZHOU_TOWN, TAIYUAN_TOWN, Town
from heating.demo.connection_money import tell_of_annual_plan, tell_of_fees
from heating.demo.connections import tell_of_connections
from heating.demo.contracts import tell_of_contracts
from heating.demo.dunning import publish_ladder, tell_of_reminders
from heating.demo.group_payments import pay_for_workers
from heating.demo.metering import tell_of_meters
from heating.demo.organisation import tell_of_organisation
from heating.demo.payments import Payers, unpaid_contract
from heating.demo.prices import open_season, publish_prices, season_starts
from heating.demo.progress import Stage, nobody_watches
from heating.demo.ratings import tell_of_ratings
from heating.demo.reconciliation import compare_last_days
from heating.demo.refunds import tell_of_refunds
from heating.demo.reports import tell_of_a_partner, tell_of_pledges, tell_of_reports
from heating.demo.runs import bill_communities, preview_communities
from heating.demo.service import begin_service, serve
from heating.demo.sourcings import tell_of_sourcings
from heating.demo.staff import DESKS, hire
from heating.demo.suppliers import tell_of_suppliers
from office.actors import Actor
from office.calendar import business_date
from office.models import Company, User
from office.refusals import Refused

TAIYUAN_SHARE = (5, 8)
DEMO = Actor.system("load_demo")


@dataclass(frozen=True)
class Loaded:
    """What the demo consists of now; `anew` tells whether this call made it."""

    anew: bool
    accounts: int
    bills: int
    payments: int


def is_loaded() -> bool:
    """Whether the demo's people are at their desks; everything else came with them."""
    return User.objects.filter(username=DESKS[0].username).exists()


@transaction.atomic
def load_demo(
    *, accounts: int, seed: int, at: datetime, done: Callable[[Stage], None] = nobody_watches
) -> Loaded:
    """Builds the demo's world unless it is there; `done` hears of each stage.

    Refuses to build it outside a demo and beside other data.
    """
    _refuse_production()
    if is_loaded():
        return _loaded(anew=False)
    if Account.objects.exists():
        raise Refused("not_empty", "数据库里已有别的户号，演示数据只装入空库。")
    with connection.cursor() as cursor:
        # Every key is proved at once: tables that wait for a proof could not be attached.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        # The instalments of a connection contract are written after it.
        cursor.execute("SET CONSTRAINTS customers_connectioncontract_schedule DEFERRED")
    companies = {company.code: company for company in Company.objects.all()}
    people = hire(companies)
    staff = {name: Actor.staff(user) for name, user in people.items()}
    tell_of_organisation(staff, at=at)
    done(Stage.PEOPLE)
    of_taiyuan = accounts * TAIYUAN_SHARE[0] // TAIYUAN_SHARE[1]
    for town, count, cashier, stage in (
        (TAIYUAN_TOWN, of_taiyuan, staff["cashier"], Stage.TAIYUAN),
        (LANZHOU_TOWN, accounts - of_taiyuan, staff["cashier-lanzhou"], Stage.LANZHOU),
    ):
        company = companies[town.city.company]
        company.hotline = town.city.hotline
        company.save(update_fields=["hotline"])
        _tell(town, company, count, seed, at, staff=staff, cashier=cashier)
        done(stage)
    tell_of_refunds(companies[TAIYUAN_TOWN.city.company], staff, at=at)
    compare_last_days(by=staff["manager"], at=at)
    articles = begin_service(staff, by=DEMO, at=at)
    for code in (TAIYUAN_TOWN.city.company, LANZHOU_TOWN.city.company):
        serve(companies[code], staff, articles, at=at)
    tell_of_contracts(companies[TAIYUAN_TOWN.city.company], staff, at=at)
    done(Stage.SERVICE)
    suppliers = tell_of_suppliers(staff, seed=seed, at=at)
    done(Stage.SUPPLIERS)
    tell_of_ratings(suppliers, companies[TAIYUAN_TOWN.city.company], staff, seed=seed, at=at)
    tell_of_sourcings(suppliers, companies[TAIYUAN_TOWN.city.company], staff, at=at)
    done(Stage.RATINGS)
    head = tell_of_reports(people, at)
    tell_of_pledges(head, at)
    tell_of_a_partner(head, at)
    taiyuan = companies[TAIYUAN_TOWN.city.company]
    tell_of_annual_plan(taiyuan, staff, at=at)
    tell_of_connections(taiyuan, suppliers[0], staff, at=at)
    tell_of_fees(taiyuan, staff, at=at)
    done(Stage.CONNECTIONS)
    freeze_nights(at=at)
    done(Stage.NIGHTS)
    _keep_silent()
    return _loaded(anew=True)


def _keep_silent() -> None:
    """What was told has been told: the window in which sign-in codes appear is not flooded."""
    Message.objects.filter(state=MessageState.WAITING).update(
        state=MESSAGE.next_state(MessageState.WAITING, "expire_message"), sealed=""
    )
    Ticket.objects.filter(confirmation_owed=True).update(confirmation_owed=False)


def _tell(
    town: Town,
    company: Company,
    accounts: int,
    seed: int,
    at: datetime,
    *,
    staff: dict[str, Actor],
    cashier: Actor,
) -> None:
    year = season_year(business_date(at))
    story = Storyline(at, season_starts(town.city, year))
    clerk, manager = staff["clerk"], staff["manager"]
    publish_prices(town.city, company, story, by=manager)
    season = open_season(town.city, company, year)
    publish_policies(season, story, by=manager)
    publish_ladder(company, story, by=manager)
    import_town(town, company, accounts, seed, story, by=clerk)
    places = Community.objects.filter(company=company)
    billed = bill_communities(
        season,
        list(places.exclude(name__in=town.waiting)) if town.waiting else [],
        clerk=clerk,
        manager=manager,
        at=lambda hour, minute: story.at(story.billed_on, hour, minute),
    )
    random = Random(f"{seed}:{company.code}:payments")  # noqa: S311 – the same demo every time
    bank_account = open_bank_account(company, on=date(year, 1, 1))
    payers = Payers([billed], random, story, cashier=cashier, bank_account=bank_account)
    payers.pay()
    pay_for_workers(bank_account, story, by=clerk)
    take_in_statement(bank_account, story, by=clerk)
    if town.waiting:
        payers.pay_wrong_amount(unpaid_contract(billed))
        preview_communities(
            season,
            list(places.filter(name__in=town.waiting)),
            clerk=clerk,
            at=lambda hour, minute: story.minutes_ago(60 * (12 - hour) - minute),
        )
        tell_of_changes(season, story, by=clerk)
        tell_of_reminders(company, story, clerk=clerk, manager=manager)
        tell_of_meters(season, story, clerk=clerk, manager=manager)


def _refuse_production() -> None:
    if settings.PRODUCTION or settings.SECRET_KEY != settings.DEMO_SECRET_KEY:
        raise Refused("not_a_demo", "演示数据含公开口令，只能装入演示环境，不能装入生产环境。")


def _loaded(*, anew: bool) -> Loaded:
    bills = sum(BillingRun.objects.filter(state="issued").values_list("bill_count", flat=True))
    return Loaded(anew, Account.objects.count(), bills, Payment.objects.count())
