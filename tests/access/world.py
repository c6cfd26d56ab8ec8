"""Two companies with one record of every kind, and everybody who may ask: built once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models import Model
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask
from django_otp.plugins.otp_totp.models import TOTPDevice

from complaints.dispatch.operations import assign_ticket
from complaints.models import CallBack, Crew, Visit
from complaints.promises.owed_call_backs import new_link
from complaints.tickets.intake import Place, open_ticket
from customers.models import Account, Connection, Customer
from customers.sign_in.authentication import COOKIE
from heating.roles import ENGINEER, PROCUREMENT, STAFF_ROLES
from office.actors import Actor
from office.models import CalendarVersion, Company, Document, User
from office.tokens.machine_tokens import issue_machine_token
from office.tokens.one_time_links import issue_link
from suppliers.certificates.operations import issue_stretch
from suppliers.models import (
    CommonNetwork,
    ContractTerm,
    EventKind,
    PaperRequirement,
    PaperType,
    PriorityRule,
    Recheck,
    Sourcing,
    Supplier,
    TermKind,
)
from suppliers.own_page.operations import issue_supplier_link
from suppliers.papers.operations import PaperFacts, hand_in_paper
from suppliers.registry.bank_accounts import propose_bank_account
from suppliers.sourcing.operations import OFFER_LINK
from suppliers.states import SourcingState
from suppliers.watch.events import EventFacts, plan_event
from suppliers.watch.issues import IssueFacts, raise_issue
from tests.access.addresses import Side
from tests.access.requests import PERSON
from tests.builders import a_company, a_member_of_staff
from tests.clock import present
from tests.customer_api import token_for
from tests.customers.connection_records import review_link
from tests.heating.admin_pages import HOUSE_WIDE
from tests.heating.company_records import company_records
from tests.service_desk import a_paper, a_repair, publish_rules, t
from tests.suppliers.admission_records import an_admission, people, qualified
from tests.suppliers.blacklist_records import a_proposed_ban
from tests.suppliers.rating_records import (
    AFTER_OBJECTIONS,
    a_final_run,
    a_perfect_year,
    rating_of,
)
from tests.suppliers.supplier_records import NOON, a_category, a_supplier

SYSTEM = Actor.system("tests")
# A member of staff without any role, and one with every permission there is, of our company.
NO_ROLE, ALL_PERMISSIONS = "no_role", "all_permissions"


@dataclass(frozen=True)
class World:
    """Our company, another one, and what each actor's requests carry, by the actor's name."""

    own: Side
    other: Side
    actors: Mapping[str, Mapping[str, Any]]


def build_world() -> World:
    """Builds both companies and signs everybody in."""
    _part_the_keys()
    publish_rules()
    own, other = _side("11", "own"), _side("21", "other", weeks=1)
    shared = _house_wide()
    # A supplier belongs to the group: one link for both.
    supplier = next(row for row in shared.values() if isinstance(row, Supplier))
    secret = issue_supplier_link(supplier, by=SYSTEM, at=present())
    for side in (own, other):
        side.records.update(shared)
        side.supplier_link = secret
    return World(own, other, _actors(own))


def _part_the_keys() -> None:
    """Lets the keys of every table begin elsewhere, so that no record passes for another table's.

    An address completed with the key of the wrong table would otherwise be answered by luck.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(oid::regclass, 1000000 + 1000 * row_number() OVER (ORDER BY oid))"
            " FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
        )


def _side(code: str, prefix: str, *, weeks: int = 0) -> Side:
    records = company_records(code, prefix, weeks=weeks)
    side = Side(records, phone=f"138000000{code}")
    account, crew = side.of(Account), side.of(Crew)
    Customer.objects.filter(company__code=code).update(phone=side.phone)
    records[Document] = a_paper(account, account.company, by=SYSTEM, at=present())
    report = a_repair(place=Place(account=account), caller_phone=side.phone)
    ticket = open_ticket(account.company, report, by=SYSTEM, at=t("2026-01-13 09:00"))
    records[Visit] = assign_ticket(
        ticket, crew, seen_version=ticket.version, by=SYSTEM, at=t("2026-01-13 09:01")
    )
    side.link = new_link(side.of(CallBack), by=SYSTEM, at=present())
    side.offer_link = _offer_link(side.of(Sourcing))
    side.review_link = review_link(side.of(Connection))
    return side


def _offer_link(sourcing: Sourcing) -> str:
    """Returns the secret of the invitation to a sourcing whose offers may still come."""
    at = present()
    sourcing.state, sourcing.offers_until = SourcingState.INVITING, at + timedelta(days=1)
    sourcing.save()
    return issue_link(
        sourcing.invitations.get(),
        OFFER_LINK,
        recipient="x",
        valid_until=sourcing.offers_until,
        company=sourcing.company,
        by=SYSTEM,
        at=at,
    )


def _house_wide() -> dict[type[Model], Model]:
    """Builds one record of every table that belongs to no company."""
    every_hour = IntervalSchedule.objects.create(every=1, period=IntervalSchedule.HOURS)
    rows: list[Model] = [
        every_hour,
        CrontabSchedule.objects.create(),
        PeriodicTask.objects.create(name="test", task="test", interval=every_hour),
        AccessAttempt.objects.create(username="test", failures_since_start=1),
        AccessFailureLog.objects.create(username="test"),
        AccessLog.objects.create(username="test"),
        TOTPDevice.objects.create(user=User.objects.order_by("pk")[0], name="test"),
        Group.objects.order_by("pk")[0],
        CalendarVersion.objects.order_by("pk")[0],
        *_supplier_rows(),
    ]
    assert {row._meta.label_lower for row in rows} == HOUSE_WIDE
    return {type(row): row for row in rows}


def _supplier_rows() -> Iterator[Model]:
    """Builds one record of every table of suppliers, which belong to the group."""
    supplier = a_supplier()
    buyer = Actor.staff(a_member_of_staff("buyer", PROCUREMENT, a_company("11")))
    yield supplier
    yield propose_bank_account(
        supplier,
        bank="工商银行迎泽支行",
        holder=supplier.name,
        number="62220212",
        reason="建档",
        by=buyer,
        at=NOON,
    )
    paper = PaperFacts(PaperType.BUSINESS_LICENCE, valid_from=NOON.date())
    yield hand_in_paper(supplier, paper, by=buyer, at=NOON)
    category = a_category()
    yield category
    staff = people()
    yield an_admission(staff, supplier, category)
    yield qualified(staff, a_supplier(2), category)
    yield a_proposed_ban(staff, a_supplier(3))
    yield Recheck.objects.create(supplier=supplier, opened_at=NOON, due_on=NOON.date())
    yield raise_issue(supplier, IssueFacts("问题", NOON.date()), by=staff.buyer, at=NOON)
    training = EventFacts(EventKind.TRAINING, "安全培训", NOON.date(), "太原")
    event = plan_event(training, [supplier], by=staff.buyer, at=NOON)
    yield event
    yield event.attendances.get()
    yield PaperRequirement.objects.create(
        paper_type=PaperType.ISO_9001, category=category, starts=NOON.date(), source="采购制度"
    )
    yield ContractTerm.objects.create(
        category=category,
        kind=TermKind.OTHER,
        text="质保两年",
        starts=NOON.date(),
        source="采购制度",
    )
    yield PriorityRule.objects.create(share=Decimal("0.03"), starts=NOON.date(), source="采购制度")
    rated = a_perfect_year(4)
    run = a_final_run(staff)
    issue_stretch(run, by=staff.manager, at=AFTER_OBJECTIONS)
    yield run.rule
    yield run
    yield rating_of(run, rated)
    yield run.certificates.get(supplier=rated)
    yield CommonNetwork.objects.create(
        network="203.0.113.0/24", name="采购大厅", starts=NOON.date()
    )


def _actors(own: Side) -> dict[str, dict[str, Any]]:
    company = a_company("11")
    customer_token = token_for(own.phone)
    _, machine_token = issue_machine_token(
        company, "呼叫中心", life=timedelta(days=1), by=SYSTEM, at=present()
    )
    actors: dict[str, dict[str, Any]] = {
        "anonymous": {},
        "customer": {
            "HTTP_AUTHORIZATION": f"Bearer {customer_token}",
            "HTTP_COOKIE": f"{COOKIE}={customer_token}",
        },
        "machine": {"HTTP_AUTHORIZATION": f"Bearer {machine_token}"},
        NO_ROLE: {PERSON: _colleague(NO_ROLE, company)},
        ALL_PERMISSIONS: {PERSON: _colleague(ALL_PERMISSIONS, company, *Permission.objects.all())},
    }
    for role in STAFF_ROLES:
        colleague = a_member_of_staff(f"colleague_{role.key}", role, company)
        actors[role.key] = {PERSON: User.objects.get(pk=colleague.pk)}
        if role is ENGINEER:
            own.of(Visit).crew.members.add(colleague)
    return actors


def _colleague(name: str, company: Company, *permissions: Permission) -> User:
    """A member of staff with these permissions and no role."""
    colleague = User.objects.create_user(name, password="x", is_staff=True)
    colleague.companies.add(company)
    colleague.user_permissions.set(permissions)
    return User.objects.get(pk=colleague.pk)
