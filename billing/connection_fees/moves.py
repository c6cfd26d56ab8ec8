"""Credit of one connection is moved to another: drafted by one person, approved by a second."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.change_states import CREDIT_MOVE
from billing.chart import LedgerAccount
from billing.connection_fees.kind import CREDIT_MOVE_APPROVAL
from billing.ledger.connection_money import connection_money, settle_connection
from billing.ledger.posting import post_transfer
from billing.models import CreditMove, TransferKind
from billing.refunds.credits import free_credit_fen
from billing.refunds.waiting import to_be_paid_fen
from customers.connection.steps import lock_connection
from customers.connection_states import OPEN_CONNECTIONS
from customers.contracts.locking import lock_accounts
from customers.models import Connection
from office import journal
from office.actors import Actor
from office.approvals.steps import (
    EMPTY_OPINION,
    Opinion,
    authorise_decision,
    facts_of,
    give_opinion,
    open_approval,
    withdraw_approval,
)
from office.calendar import business_date
from office.models import Verdict
from office.money import yuan_text
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from office.states import ApprovalState


@transaction.atomic
def draft_credit_move(
    connection: Connection,
    target: Connection,
    amount_fen: int,
    *,
    reason: str,
    by: Actor,
    at: datetime,
) -> CreditMove:
    """Drafts the move of what a connection was paid beyond its contract; nothing is posted.

    The target is an open connection of the same company and the same payer. Refuses more than
    nobody has asked for yet.
    """
    authorise(by, "billing.draft_credit_move", connection.company)
    if by.user is None:
        raise NotAllowed()
    if not reason.strip():
        raise Invalid("reason_missing", _("请填写划转的原因。"))
    locked_connection, locked_target = _lock_both(connection, target)
    _check_target(locked_connection, locked_target)
    free_fen = free_credit_fen(locked_connection)
    if not 0 < amount_fen <= free_fen:
        raise Refused(
            "move_above_credit",
            _("可划转的余款为 %(free)s 元，划转须大于零且不超过它。"),
            free=yuan_text(max(free_fen, 0)),
        )
    move = CreditMove.objects.create(
        company=locked_connection.company,
        connection=locked_connection,
        target=locked_target,
        amount_fen=amount_fen,
        reason=reason.strip(),
        created_by=by.user,
        created_at=at,
    )
    open_approval(
        move,
        CREDIT_MOVE_APPROVAL,
        company=move.company,
        amount_fen=amount_fen,
        drafted_by=by.user,
        at=at,
    )
    journal.record(
        "draft_credit_move",
        move,
        by=by,
        at=at,
        number=f"{locked_connection.number} → {locked_target.number}",
        amount_fen=amount_fen,
        reason=move.reason,
    )
    return move


@transaction.atomic
def approve_credit_move(
    move: CreditMove, opinion: Opinion = EMPTY_OPINION, *, by: Actor, at: datetime
) -> CreditMove:
    """Approves the open level; the last approval posts the move.

    Refuses when the credit was used or the target has ended meanwhile.
    """
    authorise_decision(CREDIT_MOVE_APPROVAL, move.company, by=by, at=at)
    lock_accounts(())
    locked_connection, locked_target = _lock_both(move.connection, move.target)
    locked_move = _lock(move)
    state = CREDIT_MOVE.next_state(locked_move.state, "approve_credit_move")
    given = give_opinion(locked_move, Verdict.APPROVED, opinion, by=by, at=at)
    if given.approval.state == ApprovalState.APPROVED:
        _check_target(locked_connection, locked_target)
        # The bank may have paid the refunds that are approved already.
        credit_fen = connection_money(locked_connection).credit_fen - to_be_paid_fen(
            locked_connection
        )
        if credit_fen < locked_move.amount_fen:
            raise Refused(
                "credit_used",
                _("余款现只有 %(credit)s 元，不够划转，请退回后按余额重新起草。"),
                credit=yuan_text(credit_fen),
            )
        locked_move.state = state
        locked_move.approved_by, locked_move.approved_at = given.by, at
        locked_move.save()
        _post(locked_move, locked_connection, locked_target, at=at)
    journal.record(
        "approve_credit_move",
        locked_move,
        by=by,
        at=at,
        amount_fen=locked_move.amount_fen,
        **facts_of(given),
    )
    return locked_move


@transaction.atomic
def return_credit_move(
    move: CreditMove, opinion: Opinion, *, by: Actor, at: datetime
) -> CreditMove:
    """Returns the move with the reason; whoever drafted it drafts another."""
    authorise_decision(CREDIT_MOVE_APPROVAL, move.company, by=by, at=at)
    locked_move = _lock(move)
    locked_move.state = CREDIT_MOVE.next_state(locked_move.state, "return_credit_move")
    given = give_opinion(locked_move, Verdict.RETURNED, opinion, by=by, at=at)
    locked_move.save()
    journal.record(
        "return_credit_move",
        locked_move,
        by=by,
        at=at,
        amount_fen=locked_move.amount_fen,
        **facts_of(given),
    )
    return locked_move


@transaction.atomic
def cancel_credit_move(move: CreditMove, *, by: Actor, at: datetime) -> CreditMove:
    """Gives up a move that nobody has approved; the credit is free again."""
    authorise(by, "billing.draft_credit_move", move.company)
    locked_move = _lock(move)
    locked_move.state = CREDIT_MOVE.next_state(locked_move.state, "cancel_credit_move")
    withdraw_approval(locked_move, at=at)
    locked_move.save()
    journal.record("cancel_credit_move", locked_move, by=by, at=at)
    return locked_move


def _check_target(connection: Connection, target: Connection) -> None:
    """Refuses a target that is the same, another company's, another payer's, or has ended."""
    if connection.pk == target.pk:
        raise Invalid("same_connection", _("余款不能划转到同一个项目。"))
    if target.company_id != connection.company_id:
        raise Invalid("other_company", _("余款只能划转到同一公司的入网项目。"))
    if target.applicant != connection.applicant:
        raise Refused(
            "other_payer",
            _("%(target)s 的申请人是 %(payer)s，余款只能划转到同一付款方的项目；否则请退款。"),
            target=target.number,
            payer=target.applicant,
        )
    if target.state not in OPEN_CONNECTIONS:
        raise Refused(
            "connection_ended",
            _("%(connection)s 已办结（%(state)s）。"),
            connection=target,
            state=target.get_state_display(),
        )


def _post(move: CreditMove, connection: Connection, target: Connection, *, at: datetime) -> None:
    """Posts the credit out of one connection and into the other, which may owe already."""
    advance, in_transit = LedgerAccount.CONNECTION_ADVANCE, LedgerAccount.CONNECTION_IN_TRANSIT
    for debit, credit, owner in (
        (advance, in_transit, connection),
        (in_transit, advance, target),
    ):
        post_transfer(
            TransferKind.CREDIT_MOVE,
            debit=debit,
            credit=credit,
            amount_fen=move.amount_fen,
            source=move,
            company=move.company,
            business_date=business_date(at),
            at=at,
            connection=owner,
        )
    settle_connection(target, move, at=at)


def _lock_both(connection: Connection, target: Connection) -> tuple[Connection, Connection]:
    """Locks both connections in the order of their keys, so that two moves cannot deadlock."""
    locked = {
        row.pk: lock_connection(row) for row in sorted({connection, target}, key=lambda row: row.pk)
    }
    return locked[connection.pk], locked[target.pk]


def _lock(move: CreditMove) -> CreditMove:
    """Locks the move and returns it, freshly read."""
    # Two people may approve at the same moment: the second must see the first decision.
    return (
        CreditMove.objects.select_for_update(of=("self",))
        .select_related("company", "connection", "target")
        .get(pk=move.pk)
    )
