"""The assignment of a payment in suspense to the account that a person found it belongs to."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.alarms.operations import resolve_alarm
from billing.chart import LedgerAccount
from billing.ledger.connection_money import settle_connection
from billing.ledger.posting import allocate_advance, post_transfer
from billing.models import Alarm, Payment, PaymentIntent, SuspenseAssignment, TransferKind
from billing.payments.receipts import issue_connection_receipt, issue_receipt
from billing.payments.receive import close_paid_intents
from billing.payments.refunds import reported_refunds
from billing.states import INTENT, IntentState
from customers.connection.steps import lock_connection
from customers.contracts.locking import lock_accounts
from customers.models import Connection, SupplyContract
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.permissions import authorise
from office.refusals import Invalid, NotFound, Refused


@transaction.atomic
def assign_suspense(
    payment: Payment, contract: SupplyContract, *, reason: str, by: Actor, at: datetime
) -> SuspenseAssignment:
    """Moves a whole payment from suspense to a contract of its company, once.

    The money settles the contract's oldest debts, the rest stays as advance, and the payment gets
    its receipt. The alarm that was raised for the payment is resolved with it. Raises `Refused`
    when the payment is not in suspense, is already assigned or was refunded, or when the contract
    is another company's or has ended meanwhile; `Invalid` without a reason.
    """
    authorise(by, "billing.assign_suspense", payment.company)
    # One statement in the order of keys: two people who lock the same two accounts in opposite
    # order would deadlock. Money that was paid for a connection has no account of its own.
    own = {payment.contract.account_id} if payment.contract is not None else set()
    lock_accounts({contract.account_id, *own})
    # Two people may assign the same payment: the second must see the first assignment.
    locked_payment = _lock(payment)
    was_running = contract.ends is None
    # Read anew under the lock: the account may have changed hands since the page was shown.
    contract = SupplyContract.objects.select_related("account", "company").get(pk=contract.pk)
    _check(locked_payment, contract.company_id, reason)
    if was_running and contract.ends is not None:
        raise Refused(
            "contract_ended",
            _("户号 %(number)s 的合同刚刚终止（可能办理了过户），请核对后重新转入。"),
            number=contract.account.number,
        )
    assignment = SuspenseAssignment.objects.create(
        company=locked_payment.company,
        payment=locked_payment,
        contract=contract,
        reason=reason.strip(),
        assigned_by=by.user,
        assigned_at=at,
    )
    today = business_date(at)
    post_transfer(
        TransferKind.ASSIGNMENT,
        debit=LedgerAccount.SUSPENSE,
        credit=LedgerAccount.ADVANCE,
        amount_fen=locked_payment.amount_fen,
        company=locked_payment.company,
        business_date=today,
        at=at,
        contract=contract,
        source=assignment,
    )
    settled = allocate_advance(
        assignment, locked_payment.amount_fen, contract=contract, business_date=today, at=at
    )
    issue_receipt(locked_payment, settled, contract=contract, by=by, at=at)
    _close_intent(locked_payment)
    _resolve_alarm(locked_payment, contract.account.number, reason, by=by, at=at)
    journal.record(
        "assign_suspense",
        locked_payment,
        by=by,
        at=at,
        amount_fen=locked_payment.amount_fen,
        number=contract.account.number,
        reason=assignment.reason,
        settled_fen=sum(share.paid_fen for _, share in settled),
    )
    return assignment


@transaction.atomic
def assign_suspense_to_connection(
    payment: Payment, connection: Connection, *, reason: str, by: Actor, at: datetime
) -> SuspenseAssignment:
    """Moves a whole payment from suspense to a grid connection of its company, once.

    Of a connection that was given up it becomes a credit of the payer. Refuses what
    `assign_suspense` refuses.
    """
    authorise(by, "billing.assign_suspense", payment.company)
    # The account of the payment first, as everywhere: a report about its order locks it as well.
    lock_accounts([payment.contract.account_id] if payment.contract is not None else [])
    locked_connection = lock_connection(connection)
    locked_payment = _lock(payment)
    _check(locked_payment, locked_connection.company_id, reason)
    # A refund that WeChat Pay reports is taken back from an account; connections have no orders.
    if locked_payment.attempt_id is not None:
        raise Refused("order_of_an_account", _("微信收款只能转入户号，不能转入入网项目。"))
    assignment = SuspenseAssignment.objects.create(
        company=locked_payment.company,
        payment=locked_payment,
        connection=locked_connection,
        reason=reason.strip(),
        assigned_by=by.user,
        assigned_at=at,
    )
    post_transfer(
        TransferKind.ASSIGNMENT,
        debit=LedgerAccount.SUSPENSE,
        credit=LedgerAccount.CONNECTION_ADVANCE,
        amount_fen=locked_payment.amount_fen,
        company=locked_payment.company,
        business_date=business_date(at),
        at=at,
        connection=locked_connection,
        source=assignment,
    )
    settle_connection(locked_connection, assignment, at=at)
    issue_connection_receipt(locked_payment, locked_connection, by=by, at=at)
    _close_intent(locked_payment)
    _resolve_alarm(locked_payment, locked_connection.number, reason, by=by, at=at)
    journal.record(
        "assign_suspense",
        locked_payment,
        by=by,
        at=at,
        amount_fen=locked_payment.amount_fen,
        number=locked_connection.number,
        reason=assignment.reason,
    )
    return assignment


def _lock(payment: Payment) -> Payment:
    """Locks the payment and returns it, freshly read."""
    locked_payment = (
        Payment.objects.select_for_update(of=("self",))
        .select_related("company", "contract__account", "connection", "received_by")
        .filter(pk=payment.pk)
        .first()
    )
    if locked_payment is None:
        raise NotFound(_("没有这笔收款。"))
    return locked_payment


def _check(payment: Payment, company_id: int, reason: str) -> None:
    """Refuses what may not be assigned; the caller has locked the payment."""
    if not payment.in_suspense:
        raise Refused("not_in_suspense", _("这笔收款不在待查款项中，无需转入。"))
    assignments = SuspenseAssignment.objects.select_related("contract__account", "connection")
    if (earlier := assignments.filter(payment=payment).first()) is not None:
        raise Refused(
            "already_assigned",
            _("这笔待查款项已转入 %(number)s，不能再转；如有错误须另行更正。"),
            number=earlier.owner_number,
        )
    if refund := reported_refunds(payment.provider, payment.transaction_id).first():
        raise Refused(
            "refunded",
            _("渠道已报告这笔款项退款（%(number)s），不能转入户号；请按资金告警处理。"),
            number=refund.number,
        )
    if company_id != payment.company_id:
        raise Refused("other_company", _("待查款项只能转入收款公司自己的户号或入网项目。"))
    if not reason.strip():
        raise Invalid("reason_missing", _("请写明如何核实这笔款项。"))


def _close_intent(payment: Payment) -> None:
    """Closes the payer's open intent, so that nobody pays for it again.

    It is paid when all its money came to its own contract, otherwise cancelled: whoever pays the
    rest begins anew with what is open then.
    """
    if payment.intent_id is None:
        return
    close_paid_intents([payment.intent_id])
    intent = PaymentIntent.objects.select_for_update(of=("self",)).get(pk=payment.intent_id)
    if intent.state == IntentState.OPEN:
        intent.state = INTENT.next_state(intent.state, "cancel_intent")
        intent.save(update_fields=["state"])


def _resolve_alarm(payment: Payment, number: str, reason: str, *, by: Actor, at: datetime) -> None:
    """Resolves the alarm that was raised for the wrong amount of this payment, if there is one."""
    alarm = Alarm.objects.filter(
        key=f"amount_differs:{payment.transaction_id}", resolved_at__isnull=True
    ).first()
    if alarm is not None:
        decision = f"已转入户号 {number}：{reason.strip()}"
        resolve_alarm(alarm, decision=decision, by=by, at=at)
