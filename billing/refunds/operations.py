"""The operations of a refund: drafted → approved by others → paid by the bank and posted."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.bank.accounts import check_serial, plain_serial
from billing.change_states import ADVANCE_REFUND
from billing.chart import LedgerAccount
from billing.ledger.balances import contract_balance
from billing.ledger.connection_money import connection_money
from billing.ledger.posting import post_transfer
from billing.models import AdvanceRefund, CompanyBankAccount, TransferKind
from billing.payments.clashes import refuse_clash
from billing.refunds.credits import free_credit_fen
from billing.refunds.form_keys import drafted_before
from billing.refunds.kind import ADVANCE_REFUND_APPROVAL
from billing.refunds.waiting import to_be_paid_fen, waiting_fen
from customers.connection.steps import lock_connection
from customers.contracts.locking import lock_account, lock_accounts
from customers.models import Connection, SupplyContract
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
from office.forms.form_keys import form_used_elsewhere
from office.models import Verdict
from office.money import yuan_text
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from office.states import ApprovalState

_ONE_REFERENCE = "one_advance_refund_per_reference"


@dataclass(frozen=True)
class Payee:
    """Who is paid, at which bank, on which account."""

    payee_name: str
    payee_bank: str
    payee_account: str

    @property
    def is_complete(self) -> bool:
        return all(part.strip() for part in asdict(self).values())


@transaction.atomic
def draft_advance_refund(
    contract: SupplyContract,
    amount_fen: int,
    payee: Payee,
    *,
    reason: str,
    source: str,
    form_key: str = "",
    by: Actor,
    at: datetime,
) -> AdvanceRefund:
    """Drafts the refund of an advance and opens its approval; nothing is posted.

    The same `form_key` sent again returns the first draft.

    Raises `Invalid` without payee, reason or paper, and `Refused` above the advance less what other
    refunds wait for.
    """
    authorise(by, "billing.draft_advance_refund", contract.company)
    lock_account(contract.account_id)
    free_fen = contract_balance(contract).advance_fen - waiting_fen(contract)
    refund = AdvanceRefund(company=contract.company, contract=contract, form_key=form_key or None)
    return _draft(refund, amount_fen, free_fen, payee, reason=reason, source=source, by=by, at=at)


@transaction.atomic
def draft_connection_refund(
    connection: Connection,
    amount_fen: int,
    payee: Payee,
    *,
    reason: str,
    source: str,
    form_key: str = "",
    by: Actor,
    at: datetime,
) -> AdvanceRefund:
    """Drafts the refund of what a connection was paid beyond its contract, and opens its approval.

    Refuses what `draft_advance_refund` refuses; moves that wait are left out of what is free.
    """
    authorise(by, "billing.draft_advance_refund", connection.company)
    locked_connection = lock_connection(connection)
    refund = AdvanceRefund(
        company=locked_connection.company,
        connection=locked_connection,
        form_key=form_key or None,
    )
    return _draft(
        refund,
        amount_fen,
        free_credit_fen(locked_connection),
        payee,
        reason=reason,
        source=source,
        by=by,
        at=at,
    )


def _draft(
    refund: AdvanceRefund,
    amount_fen: int,
    free_fen: int,
    payee: Payee,
    *,
    reason: str,
    source: str,
    by: Actor,
    at: datetime,
) -> AdvanceRefund:
    """Completes and saves the draft and opens its approval, or returns what the same form drafted;
    the caller has locked the payer.
    """
    if by.user is None:
        raise NotAllowed()
    if not payee.is_complete:
        raise Invalid("payee_missing", _("请填写收款人、收款银行和收款账号。"))
    if not (reason.strip() and source.strip()):
        raise Invalid("reason_missing", _("请填写退款的原因和依据。"))
    payee_parts = {name: part.strip() for name, part in asdict(payee).items()}
    payer = {"contract_id": refund.contract_id, "connection_id": refund.connection_id}
    earlier = drafted_before(
        AdvanceRefund, refund.form_key, amount_fen=amount_fen, **payer, **payee_parts
    )
    if earlier is not None:
        return earlier
    if not 0 < amount_fen <= free_fen:
        raise Refused(
            "refund_above_advance",
            _("可退的预存为 %(free)s 元，退款须大于零且不超过它。"),
            free=yuan_text(max(free_fen, 0)),
        )
    refund.amount_fen = amount_fen
    for name, part in payee_parts.items():
        setattr(refund, name, part)
    refund.reason, refund.source = reason.strip(), source.strip()
    refund.created_by, refund.created_at = by.user, at
    # A form for another payer does not wait for our lock: the unique key is the last guard.
    with refuse_clash("form_key", form_used_elsewhere):
        refund.save()
    open_approval(
        refund,
        ADVANCE_REFUND_APPROVAL,
        company=refund.company,
        amount_fen=amount_fen,
        drafted_by=by.user,
        at=at,
    )
    journal.record(
        "draft_advance_refund",
        refund,
        by=by,
        at=at,
        contract=refund.contract.number if refund.contract else refund.owner_number,
        amount_fen=amount_fen,
        reason=refund.reason,
    )
    return refund


@transaction.atomic
def approve_advance_refund(
    refund: AdvanceRefund, opinion: Opinion = EMPTY_OPINION, *, by: Actor, at: datetime
) -> AdvanceRefund:
    """Approves the refund at the open level; after the last level it can be paid."""
    return _decide(refund, "approve_advance_refund", Verdict.APPROVED, opinion, by=by, at=at)


@transaction.atomic
def return_advance_refund(
    refund: AdvanceRefund, opinion: Opinion, *, by: Actor, at: datetime
) -> AdvanceRefund:
    """Returns the refund to the person who drafted it, with the reason."""
    return _decide(refund, "return_advance_refund", Verdict.RETURNED, opinion, by=by, at=at)


@transaction.atomic
def pay_advance_refund(
    refund: AdvanceRefund,
    bank_account: CompanyBankAccount,
    reference: str,
    *,
    by: Actor,
    at: datetime,
) -> AdvanceRefund:
    """Posts what the bank has paid out, from the advance to the bank, under the bank's reference.

    The reference is kept in one spelling. Raises `Refused` when the advance was spent meanwhile,
    and when another refund bears the reference.
    """
    authorise(by, "billing.pay_advance_refund", refund.company)
    _lock_payer(refund)
    locked_refund = _lock(refund)
    locked_refund.state = ADVANCE_REFUND.next_state(locked_refund.state, "pay_advance_refund")
    check_serial(reference)
    number = plain_serial(reference)
    if bank_account.company_id != locked_refund.company_id:
        raise Invalid("bank_account_of_another_company", _("付款账户属于其他公司，请重新选择。"))
    advance_fen = _advance_fen(locked_refund)
    if advance_fen < locked_refund.amount_fen:
        raise Refused(
            "advance_spent",
            _("预存现只有 %(advance)s 元，不够退款，请取消后按余额重新起草。"),
            advance=yuan_text(advance_fen),
        )
    # References entered before they were kept in one spelling stand there as they were typed.
    spellings = (number, reference.strip())
    if AdvanceRefund.objects.filter(bank_account=bank_account, reference__in=spellings).exists():
        raise _reference_taken(number)
    locked_refund.bank_account, locked_refund.reference = bank_account, number
    locked_refund.paid_at = at
    # Two refunds of different payers do not wait for each other.
    with refuse_clash(_ONE_REFERENCE, lambda: _reference_taken(number)):
        locked_refund.save()
    post_transfer(
        TransferKind.PAYOUT,
        debit=LedgerAccount.CONNECTION_ADVANCE
        if locked_refund.connection_id
        else LedgerAccount.ADVANCE,
        credit=LedgerAccount.BANK,
        amount_fen=locked_refund.amount_fen,
        source=locked_refund,
        company=locked_refund.company,
        business_date=business_date(at),
        at=at,
        contract=locked_refund.contract,
        connection=locked_refund.connection,
    )
    journal.record(
        "pay_advance_refund",
        locked_refund,
        by=by,
        at=at,
        amount_fen=locked_refund.amount_fen,
        reference=number,
    )
    return locked_refund


@transaction.atomic
def cancel_advance_refund(refund: AdvanceRefund, *, by: Actor, at: datetime) -> AdvanceRefund:
    """Gives up a refund that was not paid."""
    authorise(by, "billing.cancel_advance_refund", refund.company)
    locked_refund = _lock(refund)
    locked_refund.state = ADVANCE_REFUND.next_state(locked_refund.state, "cancel_advance_refund")
    withdraw_approval(locked_refund, at=at)
    locked_refund.save()
    journal.record("cancel_advance_refund", locked_refund, by=by, at=at)
    return locked_refund


def _decide(
    refund: AdvanceRefund,
    verb: str,
    verdict: Verdict,
    opinion: Opinion,
    *,
    by: Actor,
    at: datetime,
) -> AdvanceRefund:
    """Gives the opinion, and moves the refund when that ends its approval."""
    authorise_decision(ADVANCE_REFUND_APPROVAL, refund.company, by=by, at=at)
    _lock_payer(refund)
    locked_refund = _lock(refund)
    next_state = ADVANCE_REFUND.next_state(locked_refund.state, verb)
    decision = give_opinion(locked_refund, verdict, opinion, by=by, at=at)
    if decision.approval.state != ApprovalState.PENDING:
        locked_refund.state = next_state
    if decision.approval.state == ApprovalState.APPROVED:
        _check_still_free(locked_refund)
        locked_refund.approved_by = decision.by
        locked_refund.approved_at = at
    locked_refund.save()
    journal.record(
        verb,
        locked_refund,
        by=by,
        at=at,
        amount_fen=locked_refund.amount_fen,
        **facts_of(decision),
    )
    return locked_refund


def _check_still_free(refund: AdvanceRefund) -> None:
    """Refuses an approval above what the advance has beside other approved refunds."""
    payer = refund.contract or refund.connection
    free_fen = _advance_fen(refund) - to_be_paid_fen(payer)
    if free_fen < refund.amount_fen:
        raise Refused(
            "advance_spent",
            _(
                "可退的预存现只有 %(free)s 元（已扣除待付款的预存退款），不够退款，"
                "请取消后按余额重新起草。"
            ),
            free=yuan_text(max(free_fen, 0)),
        )


def _reference_taken(number: str) -> Refused:
    """Returns the refusal of a reference that another refund bears."""
    return Refused("reference_taken", _("流水号 %(number)s 已登记过另一笔退款。"), number=number)


def _lock_payer(refund: AdvanceRefund) -> None:
    """Locks the account of the refund, or its connection."""
    lock_accounts([refund.contract.account_id] if refund.contract is not None else [])
    if refund.connection is not None:
        lock_connection(refund.connection)


def _advance_fen(refund: AdvanceRefund) -> int:
    """Returns what can be paid back now: the advance, or the credit of the connection."""
    if refund.connection is not None:
        return connection_money(refund.connection).credit_fen
    return contract_balance(refund.heat_contract).advance_fen


def _lock(refund: AdvanceRefund) -> AdvanceRefund:
    """Locks the refund and returns it, freshly read."""
    return (
        AdvanceRefund.objects.select_for_update(of=("self",))
        .select_related("company", "contract__account", "connection")
        .get(pk=refund.pk)
    )
