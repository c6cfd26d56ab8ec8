"""Where a supplier is paid: proposed by one person, confirmed by another, on hold until then."""

import re
import unicodedata
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.intake.cells import clean_text
from office.permissions import authorise
from office.refusals import Invalid, NotAllowed, Refused
from suppliers.models import Supplier, SupplierBankAccount, SupplierTrait, TraitKind
from suppliers.registry.operations import lock_supplier
from suppliers.states import BANK_ACCOUNT, BankAccountState

_NUMBER = re.compile(r"[0-9]{6,30}")
_BETWEEN_DIGITS = re.compile(r"[\s-]+")


def payment_is_on_hold(supplier: Supplier) -> bool:
    """Returns whether a change of the bank account waits for the second person."""
    return supplier.bank_accounts.filter(state=BankAccountState.PROPOSED).exists()


@transaction.atomic
def propose_bank_account(
    supplier: Supplier,
    *,
    bank: str,
    holder: str,
    number: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> SupplierBankAccount:
    """Proposes a new account; until it is decided nothing is paid to the supplier."""
    authorise(by, "suppliers.propose_bank_account")
    if by.user is None:
        raise NotAllowed()
    digits = _BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", number))
    if not _NUMBER.fullmatch(digits):
        raise Invalid("account_number_wrong", _("银行账号须为6到30位数字，请核对。"))
    for value, name in ((bank, _("开户行")), (holder, _("户名")), (reason, _("依据"))):
        if not clean_text(value):
            raise Invalid("fact_missing", _("请填写%(name)s。"), name=name)
    locked_supplier = lock_supplier(supplier)
    if payment_is_on_hold(locked_supplier):
        raise Refused("account_proposed", _("已有一个账户待复核，请先由另一人办理。"))
    account_in_force = locked_supplier.bank_accounts.filter(
        state=BankAccountState.CONFIRMED
    ).first()
    if account_in_force is not None and account_in_force.number == digits:
        raise Refused("account_in_force", _("这个账号正在使用，没有需要变更的内容。"))
    account = SupplierBankAccount.objects.create(
        supplier=locked_supplier,
        bank=clean_text(bank),
        holder=clean_text(holder),
        number=digits,
        reason=clean_text(reason),
        proposed_by=by.user,
        proposed_at=at,
    )
    # Already now: two suppliers who want to be paid to one account are related before it is used.
    SupplierTrait.objects.get_or_create(
        supplier=locked_supplier, kind=TraitKind.ACCOUNT, value=digits
    )
    journal.record(
        "propose_bank_account",
        locked_supplier,
        by=by,
        at=at,
        title=_masked(digits),
        reason=account.reason,
    )
    return account


@transaction.atomic
def confirm_bank_account(
    account: SupplierBankAccount, *, remark: str = "", by: Actor, at: datetime
) -> SupplierBankAccount:
    """Puts a proposed account in force in place of the one before; refuses who proposed it."""
    return _decide(account, "confirm_bank_account", remark, by=by, at=at)


@transaction.atomic
def reject_bank_account(
    account: SupplierBankAccount, *, remark: str, by: Actor, at: datetime
) -> SupplierBankAccount:
    """Rejects a proposed account; the one before stays in force and payment goes on."""
    if not remark.strip():
        raise Invalid("reason_missing", _("请写明不通过的原因。"))
    return _decide(account, "reject_bank_account", remark, by=by, at=at)


def _decide(
    account: SupplierBankAccount, verb: str, remark: str, *, by: Actor, at: datetime
) -> SupplierBankAccount:
    """Confirms or rejects a proposed account, as the verb says; both have one permission."""
    authorise(by, "suppliers.confirm_bank_account")
    if by.user is None:
        raise NotAllowed()
    locked_supplier = lock_supplier(account.supplier)
    locked_account = SupplierBankAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    state = BANK_ACCOUNT.next_state(locked_account.state, verb)
    if locked_account.proposed_by_id == by.user.pk:
        raise NotAllowed(_("收款账户须由提出人以外的人复核。"))
    if state == BankAccountState.CONFIRMED:
        end_account_in_force(locked_supplier)
    locked_account.state = state
    locked_account.decided_by = by.user
    locked_account.decided_at = at
    locked_account.remark = clean_text(remark)
    locked_account.save(update_fields=["state", "decided_by", "decided_at", "remark"])
    if state == BankAccountState.REJECTED:
        _remove_trait(locked_account)
    journal.record(
        verb,
        locked_supplier,
        by=by,
        at=at,
        title=_masked(locked_account.number),
        reason=locked_account.remark,
    )
    return locked_account


def end_account_in_force(supplier: Supplier) -> None:
    """A step of `confirm_bank_account`: ends the account in force of a locked supplier."""
    for account in supplier.bank_accounts.filter(state=BankAccountState.CONFIRMED):
        account.state = BANK_ACCOUNT.next_state(account.state, "end_bank_account")
        account.save(update_fields=["state"])
        _remove_trait(account)


def _remove_trait(account: SupplierBankAccount) -> None:
    """Removes the number from the traits by which suppliers with a common one are related."""
    SupplierTrait.objects.filter(
        supplier=account.supplier, kind=TraitKind.ACCOUNT, value=account.number
    ).delete()


def _masked(number: str) -> str:
    """Returns the last four digits, which is all that the journal tells of a number."""
    return f"…{number[-4:]}"
