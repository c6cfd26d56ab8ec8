"""The connection contract as a paper: drawn up from a template, signed, then in force.

The price is that of the day on which the paper was drawn up. A change is an amendment, which is a
paper and a contract of its own.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.connection.contracts import (
    Agreement,
    check_agreement,
    contract_in_force,
    terms_in_force,
    write_contract,
)
from customers.connection.follow_ups import follow_up
from customers.connection.steps import (
    lock_connection,
    move_connection,
    person_of,
    refuse_held,
)
from customers.connection_states import CONNECTION, ConnectionState
from customers.contract_papers.amendments import chinese_day
from customers.contract_papers.papers import PaperFacts, draw_up_paper, refuse_unless_in_force
from customers.contract_papers.templates import template_in_force
from customers.models import (
    Connection,
    ConnectionContract,
    ConnectionDraft,
    ContractKind,
    ContractPaper,
    ContractSignature,
)
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.identity import mask_phone
from office.money import in_words, yuan_text
from office.papers.revocation import revocation_of
from office.permissions import authorise
from office.refusals import Refused


@transaction.atomic
def draw_up_connection_contract(
    connection: Connection,
    area: Decimal,
    schedule: Sequence[tuple[date, int]],
    *,
    by: Actor,
    at: datetime,
) -> ConnectionDraft:
    """Draws up the contract, or an amendment to the one in force, with a number of its own.

    `area` is in m², the schedule is (day, fen) each. The paper is signed on its own page; then
    `enter_signed_contract` puts it in force. Refuses a resident as `sign_connection_contract` does.
    """
    authorise(by, "customers.sign_connection_contract", connection.company)
    person_of(by)
    locked_connection = lock_connection(connection)
    CONNECTION.next_state(locked_connection.state, "draw_up_connection_contract")
    refuse_held(locked_connection)
    former = _former(locked_connection)
    day = business_date(at)
    terms = former.terms if former else terms_in_force(locked_connection.company, day)
    agreement = Agreement(terms, area, tuple(schedule))
    amount_fen = check_agreement(locked_connection, agreement)
    kind = ContractKind.AMENDMENT if former else ContractKind.CONNECTION
    paper = draw_up_paper(
        template_in_force(locked_connection.company, kind, day),
        PaperFacts(
            company=locked_connection.company,
            party=locked_connection.applicant,
            values=_amendment_values(locked_connection, former, agreement, amount_fen, day)
            if former
            else _contract_values(locked_connection, agreement, amount_fen),
            amends=former.paper if former else None,
        ),
        "draw_up_connection_contract",
        by=by,
        at=at,
    )
    draft = ConnectionDraft.objects.create(
        connection=locked_connection,
        paper=paper,
        terms=terms,
        area=area,
        amount_fen=amount_fen,
        schedule=[[f"{due_on:%Y-%m-%d}", fen] for due_on, fen in schedule],
    )
    journal.record(
        "draw_up_connection_contract",
        locked_connection,
        by=by,
        at=at,
        number=paper.number,
        amount_fen=amount_fen,
    )
    return draft


@transaction.atomic
def enter_signed_contract(connection: Connection, *, by: Actor, at: datetime) -> ConnectionContract:
    """Puts the latest paper in force once it is signed; nothing is typed a second time.

    Refuses while the paper is not signed, is revoked, or is in force already.
    """
    authorise(by, "customers.sign_connection_contract", connection.company)
    person = person_of(by)
    locked_connection = lock_connection(connection)
    CONNECTION.next_state(locked_connection.state, "enter_signed_contract")
    refuse_held(locked_connection)
    draft = latest_draft(locked_connection)
    if draft is None:
        raise Refused("no_contract_drawn_up", _("还没有拟订合同，请先拟订并签署。"))
    signature = ContractSignature.objects.filter(paper=draft.paper).first()
    if signature is None:
        raise Refused(
            "contract_not_signed",
            _("%(number)s 还没有签署，请先在合同文书页登记签署。"),
            number=draft.paper.number,
        )
    former = _former(locked_connection)
    if former is not None:
        former.ended_at = at
        former.save(update_fields=["ended_at"])
    contract = write_contract(
        locked_connection,
        Agreement(
            draft.terms,
            draft.area,
            tuple((date.fromisoformat(day), fen) for day, fen in draft.schedule),
        ),
        former=former,
        signed_on=signature.signed_on,
        proof=draft.paper,
        entered_by=person,
        at=at,
    )
    if locked_connection.state == ConnectionState.CONTRACT:
        move_connection(locked_connection, "enter_signed_contract", by=by, at=at)
    follow_up(locked_connection, at=at)
    journal.record(
        "enter_signed_contract",
        locked_connection,
        by=by,
        at=at,
        title=contract.number,
        number=draft.paper.number,
        amount_fen=contract.amount_fen,
    )
    return contract


def latest_draft(connection: Connection) -> ConnectionDraft | None:
    """Returns the latest paper of a connection that is neither in force nor revoked."""
    draft = connection.drafts.select_related("paper", "terms").first()
    if draft is None or revocation_of(draft.paper) is not None:
        return None
    return None if ConnectionContract.objects.filter(paper=draft.paper).exists() else draft


def _former(connection: Connection) -> ConnectionContract | None:
    """Returns the contract in force, which an amendment changes; refuses one without a paper."""
    if connection.state == ConnectionState.CONTRACT:
        return None
    former = contract_in_force(connection)
    if former.paper is None:
        raise Refused(
            "contract_has_no_paper",
            _("%(number)s 是按扫描件登记的，请用“登记补充协议”变更。"),
            number=former.number,
        )
    paper = ContractPaper.objects.get(pk=former.paper.pk)
    if paper.kind == ContractKind.CONNECTION:
        refuse_unless_in_force(paper)
    return former


def _contract_values(
    connection: Connection, agreement: Agreement, amount_fen: int
) -> dict[str, str]:
    """Returns the texts of the blanks of a contract."""
    company = connection.company
    return {
        "供热人": company.name,
        "入网单位": connection.applicant,
        "项目名称": connection.project,
        "项目地址": connection.address,
        "入网面积": f"{agreement.area:,f} m²",
        "入网单价": f"{yuan_text(agreement.terms.price_fen)} 元/m²",
        "合同金额": f"{yuan_text(amount_fen)} 元",
        "金额大写": in_words(amount_fen),
        "付款安排": _payments(agreement),
        "计划通热日期": chinese_day(connection.wanted_on),
        "联系电话": mask_phone(connection.phone),
        "服务热线": company.hotline,
    }


def _amendment_values(
    connection: Connection,
    former: ConnectionContract,
    agreement: Agreement,
    amount_fen: int,
    day: date,
) -> dict[str, str]:
    """Returns the texts of the blanks of an amendment, which says what was and what is agreed."""
    change = (
        f"入网面积由 {former.area:,f} m² 变更为 {agreement.area:,f} m²，"
        f"合同金额由 {yuan_text(former.amount_fen)} 元变更为 {yuan_text(amount_fen)} 元；"
        f"付款安排：{_payments(agreement)}"
    )
    return {
        "供热人": connection.company.name,
        "用热人": connection.applicant,
        "户号": connection.number,
        "用热地址": connection.address,
        "原合同编号": former.paper.number if former.paper else former.number,
        "约定日期": chinese_day(day),
        "变更内容": change,
    }


def _payments(agreement: Agreement) -> str:
    """Returns the schedule as contracts write it."""
    return "；".join(
        f"{chinese_day(due_on)}前 {yuan_text(fen)} 元" for due_on, fen in agreement.schedule
    )
