"""The connection contract 入网合同: signed with its payment schedule, amended by another one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.connection.follow_ups import follow_up
from customers.connection.steps import (
    earliest_day,
    lock_connection,
    move_connection,
    person_of,
    refuse_held,
    written,
)
from customers.connection_states import CONNECTION
from customers.models import (
    Connection,
    ConnectionContract,
    ConnectionInstalment,
    ConnectionTerms,
    ContractPaper,
    CustomerKind,
)
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.documents.operations import StoredFile, Upload, attach_document, store_file
from office.entered_times import DayBound, refuse_earlier_day
from office.models import Company, User
from office.money import round_fen, yuan_text
from office.permissions import authorise
from office.refusals import Invalid, Refused


@dataclass(frozen=True)
class ContractFacts:
    """A contract for an area in m² at the price of the day on which it was signed; the schedule
    is (day, fen) each.
    """

    area: Decimal
    signed_on: date
    schedule: Sequence[tuple[date, int]]


@dataclass(frozen=True)
class Agreement:
    """What both sides agree on: an area in m² at the price of some terms, paid by a schedule of
    (day, fen).
    """

    terms: ConnectionTerms
    area: Decimal
    schedule: Sequence[tuple[date, int]]


def terms_in_force(company: Company, day: date) -> ConnectionTerms:
    """Returns what the company charges on that day; refuses a company without terms."""
    terms = (
        ConnectionTerms.objects.filter(company=company, starts__lte=day).order_by("-starts").first()
    )
    if terms is None:
        raise Refused(
            "no_connection_terms",
            _("%(company)s 在 %(day)s 没有入网收费规定，请先登记。"),
            company=company,
            day=day,
        )
    return terms


def contract_in_force(connection: Connection) -> ConnectionContract:
    """Returns the contract of a connection that has one."""
    return connection.contracts.select_related("terms").get(ended_at=None)


@transaction.atomic
def sign_connection_contract(
    connection: Connection, facts: ContractFacts, scan: Upload, *, by: Actor, at: datetime
) -> ConnectionContract:
    """Enters the contract that both have signed, with its scan: the kick-off can be called.

    Refuses a resident unless the terms of the day let residents pay.
    """
    authorise(by, "customers.sign_connection_contract", connection.company)
    person = person_of(by)
    stored_scan = store_file(scan)
    locked_connection = lock_connection(connection)
    CONNECTION.next_state(locked_connection.state, "sign_connection_contract")
    contract = _write_signed(locked_connection, facts, stored_scan, None, person, at)
    move_connection(locked_connection, "sign_connection_contract", by=by, at=at)
    follow_up(locked_connection, at=at)
    journal.record(
        "sign_connection_contract",
        locked_connection,
        by=by,
        at=at,
        title=contract.number,
        amount_fen=contract.amount_fen,
    )
    return contract


@transaction.atomic
def amend_connection_contract(
    connection: Connection,
    facts: ContractFacts,
    scan: Upload,
    *,
    reason: str,
    by: Actor,
    at: datetime,
) -> ConnectionContract:
    """Enters an amendment, which replaces the contract in force; that one stays to be read.

    The price stays that of the first contract's day.
    """
    authorise(by, "customers.sign_connection_contract", connection.company)
    person = person_of(by)
    clean_reason = written(reason, _("请写明变更原因。"))
    stored_scan = store_file(scan)
    locked_connection = lock_connection(connection)
    CONNECTION.next_state(locked_connection.state, "amend_connection_contract")
    refuse_held(locked_connection)
    former = contract_in_force(locked_connection)
    former.ended_at = at
    former.save(update_fields=["ended_at"])
    contract = _write_signed(locked_connection, facts, stored_scan, former, person, at)
    follow_up(locked_connection, at=at)
    journal.record(
        "amend_connection_contract",
        locked_connection,
        by=by,
        at=at,
        title=contract.number,
        amount_fen=contract.amount_fen,
        reason=clean_reason,
    )
    return contract


def end_contract(locked_connection: Connection, *, at: datetime) -> None:
    """A step of ending a connection: ends its contract, which stays to be read."""
    locked_connection.contracts.filter(ended_at=None).update(ended_at=at)


def check_agreement(connection: Connection, agreement: Agreement) -> int:
    """A step of signing and drawing up: returns the amount in fen, area × price.

    Refuses a resident unless the terms let residents pay, and a schedule that is not the amount.
    """
    terms = agreement.terms
    if connection.applicant_kind == CustomerKind.RESIDENT and not terms.residents_pay:
        raise Refused(
            "residents_do_not_pay",
            _("按 %(source)s，不得向居民个人收取入网费；付款方应为开发建设单位。"),
            source=terms.source,
        )
    if agreement.area <= 0:
        raise Invalid("size_wrong", _("合同面积须大于 0。"))
    amount_fen = round_fen(agreement.area * terms.price_fen, 100)
    total_fen = sum(fen for _day, fen in agreement.schedule)
    if total_fen != amount_fen or not all(fen > 0 for _day, fen in agreement.schedule):
        raise Invalid(
            "schedule_wrong",
            _("付款计划合计 %(total)s 元，与合同金额 %(amount)s 元不符。"),
            total=yuan_text(total_fen),
            amount=yuan_text(amount_fen),
        )
    if len({day for day, _fen in agreement.schedule}) < len(agreement.schedule):
        raise Invalid("schedule_day_twice", _("付款计划中同一天写了两次，请合并。"))
    return amount_fen


def write_contract(
    locked_connection: Connection,
    agreement: Agreement,
    *,
    former: ConnectionContract | None,
    signed_on: date,
    proof: ContractPaper | StoredFile,
    entered_by: User,
    at: datetime,
) -> ConnectionContract:
    """A step of signing: writes the contract with its instalments.

    `proof` is the paper that was signed, or the scan of a contract that was not drawn up here.
    """
    amount_fen = check_agreement(locked_connection, agreement)
    number = f"{locked_connection.number}-HT{locked_connection.contracts.count() + 1}"
    scan, paper = None, None
    if isinstance(proof, ContractPaper):
        paper = proof
    else:
        scan = attach_document(
            locked_connection,
            proof,
            company=locked_connection.company,
            kind="contract",
            title=number,
            by=Actor.staff(entered_by),
            at=at,
        )
    contract = ConnectionContract.objects.create(
        connection=locked_connection,
        number=number,
        amends=former,
        terms=agreement.terms,
        payer=locked_connection.applicant,
        area=agreement.area,
        price_fen=agreement.terms.price_fen,
        amount_fen=amount_fen,
        signed_on=signed_on,
        document=scan,
        paper=paper,
        entered_by=entered_by,
        entered_at=at,
    )
    ConnectionInstalment.objects.bulk_create(
        ConnectionInstalment(contract=contract, due_on=day, amount_fen=fen)
        for day, fen in agreement.schedule
    )
    return contract


def _write_signed(
    locked_connection: Connection,
    facts: ContractFacts,
    scan: StoredFile,
    former: ConnectionContract | None,
    person: User,
    at: datetime,
) -> ConnectionContract:
    """Writes a contract that was signed outside, with its scan."""
    if facts.signed_on > business_date(at):
        raise Invalid("signed_in_future", _("签订日期不能晚于今天。"))
    bounds = [earliest_day(locked_connection)]
    if former:
        bounds.append(DayBound(former.signed_on, _("原合同签订")))
    refuse_earlier_day(facts.signed_on, *bounds, day_name=_("签订日期"))
    terms = former.terms if former else terms_in_force(locked_connection.company, facts.signed_on)
    return write_contract(
        locked_connection,
        Agreement(terms, facts.area, facts.schedule),
        former=former,
        signed_on=facts.signed_on,
        proof=scan,
        entered_by=person,
        at=at,
    )
