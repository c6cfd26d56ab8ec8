"""Recovery of a key whose passphrase is lost: two escrow holders together, recorded.

The officer begins with a new passphrase; each holder reseals a share to the request's key pair;
with two of them the officer's new passphrase gives the old key back. Neither holder ever has it.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office.models import User
from office.refusals import Invalid, NotAllowed, Refused
from whistleblowing.keys.open_keys import close_all_of
from whistleblowing.keys.report_keys import Reader
from whistleblowing.keys.sealing import (
    Cost,
    WrongKey,
    derive_key,
    lock,
    new_key_pair,
    new_salt,
    open_sealed,
    seal,
    unlock,
)
from whistleblowing.keys.shares import Share, combine
from whistleblowing.models import EscrowShare, KeyRecovery, Officer, RecoveryApproval
from whistleblowing.officers.escrow import FEWEST_HOLDERS, is_in_escrow
from whistleblowing.officers.events import note
from whistleblowing.officers.passphrases import (
    check_passphrase,
    lock_by_passphrase,
    passphrase_cost,
    public_half,
)
from whistleblowing.words import EventKind


@transaction.atomic
def begin_recovery(officer: Officer, passphrase: str, *, by: User, at: datetime) -> KeyRecovery:
    """Opens a request under a new passphrase; an earlier request of the officer ends."""
    locked_officer = _lock_own(officer, by)
    if not is_in_escrow(locked_officer):
        raise Refused(
            "no_escrow",
            _("您的密钥没有交存恢复份额，口令遗失后无法恢复；请由其他检举工作人员办理您的案件。"),
        )
    check_passphrase(passphrase)
    KeyRecovery.objects.filter(officer=locked_officer, done_at=None).update(done_at=at)
    pair, salt, cost = new_key_pair(), new_salt(), passphrase_cost()
    recovery = KeyRecovery.objects.create(
        officer=locked_officer,
        public_key=pair.public,
        locked_private_key=lock(derive_key(passphrase, salt, cost), pair.private),
        salt=salt,
        operations=cost.operations,
        memory=cost.memory,
        begun_at=at,
    )
    note(EventKind.RECOVERY_BEGUN, locked_officer, at=at)
    return recovery


@transaction.atomic
def approve_recovery(recovery: KeyRecovery, *, by: Reader, at: datetime) -> RecoveryApproval:
    """Reseals the holder's share to the request; refused for who holds no share of this key."""
    locked_recovery = KeyRecovery.objects.select_for_update(of=("self",)).get(pk=recovery.pk)
    share = EscrowShare.objects.filter(
        officer_id=locked_recovery.officer_id, holder=by.officer
    ).first()
    if share is None or by.officer is None or by.officer.pk == locked_recovery.officer_id:
        raise NotAllowed()
    if locked_recovery.done_at is not None:
        raise Refused("recovery_is_over", _("该申请已结束。"))
    if locked_recovery.approvals.filter(holder=by.officer).exists():
        raise Refused("already_approved", _("您已同意过，请等待另一位托管人。"))
    points = open_sealed(by.private_key, bytes(share.sealed_share))
    approval = RecoveryApproval.objects.create(
        recovery=locked_recovery,
        holder=by.officer,
        number=share.number,
        sealed_share=seal(bytes(locked_recovery.public_key), points),
        at=at,
    )
    note(EventKind.RECOVERY_APPROVED, by.officer, concerned=locked_recovery.officer, at=at)
    return approval


@transaction.atomic
def finish_recovery(recovery: KeyRecovery, passphrase: str, *, by: User, at: datetime) -> bytes:
    """Puts two shares together and locks the old private key by the new passphrase.

    Returns the private key; refused while only one holder has agreed.
    """
    locked_officer = _lock_own(recovery.officer, by)
    # Sent twice at once, the second must see that the request is over.
    locked_recovery = KeyRecovery.objects.select_for_update(of=("self",)).get(pk=recovery.pk)
    approvals = list(locked_recovery.approvals.order_by("at")[:FEWEST_HOLDERS])
    if locked_recovery.done_at is not None or len(approvals) < FEWEST_HOLDERS:
        raise Refused("recovery_waits", _("须由两位密钥托管人都同意后才能恢复。"))
    try:
        key = derive_key(
            passphrase,
            bytes(locked_recovery.salt),
            Cost(locked_recovery.operations, locked_recovery.memory),
        )
        opening_key = unlock(key, bytes(locked_recovery.locked_private_key))
    except WrongKey:
        raise Invalid("passphrase_wrong", _("请输入申请恢复时设定的新口令。")) from None
    private_key = combine(
        [Share(row.number, open_sealed(opening_key, bytes(row.sealed_share))) for row in approvals]
    )
    if public_half(private_key) != bytes(locked_officer.public_key):
        raise Refused("shares_do_not_fit", _("恢复份额与密钥不符，不能恢复。"))
    lock_by_passphrase(locked_officer, private_key, passphrase)
    locked_officer.save()
    locked_recovery.done_at = at
    locked_recovery.save(update_fields=["done_at"])
    close_all_of(locked_officer)
    note(EventKind.RECOVERED, locked_officer, at=at)
    return private_key


def _lock_own(officer: Officer, by: User) -> Officer:
    """Locks the officer's row; raises NotAllowed for anybody but the officer."""
    locked_officer = Officer.objects.select_for_update(of=("self",)).get(pk=officer.pk)
    if locked_officer.user_id != by.pk or locked_officer.dismissed_at is not None:
        raise NotAllowed()
    return locked_officer
