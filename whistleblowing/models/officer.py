"""Officers: members of staff with a key pair of their own, and what recovers a lost passphrase."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models import User


class Officer(models.Model):
    """检举工作人员: a member of staff who may hold keys of reports.

    The private key is locked by a key derived from a passphrase (Argon2id), which is kept nowhere.
    Until the passphrase is set, `public_key` is empty and nothing can be sealed to this officer.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    takes_reports = models.BooleanField(_("接收新检举"), default=False)
    takes_leader_reports = models.BooleanField(_("接收对集团领导的检举"), default=False)
    watches_deadlines = models.BooleanField(_("督办逾期"), default=False)
    guards_identity = models.BooleanField(_("身份保管人"), default=False, db_default=False)
    protects_reporters = models.BooleanField(_("保护专员"), default=False, db_default=False)
    holds_escrow = models.BooleanField(_("密钥托管人"), default=False)
    public_key = models.BinaryField(default=bytes)
    locked_private_key = models.BinaryField(default=bytes)
    salt = models.BinaryField(default=bytes)
    operations = models.PositiveIntegerField(default=0)
    memory = models.PositiveBigIntegerField(default=0)
    appointed_at = models.DateTimeField(_("任命时间"))
    keyed_at = models.DateTimeField(_("设定口令时间"), null=True)
    dismissed_at = models.DateTimeField(_("免去时间"), null=True)
    failed_unlocks = models.PositiveIntegerField(default=0)
    blocked_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("检举工作人员")
        verbose_name_plural = pgettext_lazy("plural", "检举工作人员")
        default_permissions = ()

    def __str__(self) -> str:
        return self.user.display_name

    @property
    def receives(self) -> bool:
        """Says whether reports are sealed to this officer, who then may appoint and dismiss."""
        return self.takes_reports or self.takes_leader_reports


class EscrowShare(models.Model):
    """恢复份额: one of several shares of an officer's private key, sealed to an escrow holder.

    Any two shares together give the private key; one alone gives nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="escrow_shares")
    holder = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    sealed_share = models.BinaryField()

    class Meta:
        verbose_name = _("恢复份额")
        verbose_name_plural = pgettext_lazy("plural", "恢复份额")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["officer", "holder"], name="one_share_per_holder")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class KeyRecovery(models.Model):
    """密钥恢复: an officer's request to get the private key back with a new passphrase.

    Holders reseal their shares to the key pair of the request, whose private half is locked by the
    new passphrase: neither holder ever has the officer's key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="recoveries")
    public_key = models.BinaryField()
    locked_private_key = models.BinaryField()
    salt = models.BinaryField()
    operations = models.PositiveIntegerField()
    memory = models.PositiveBigIntegerField()
    begun_at = models.DateTimeField(_("申请时间"))
    done_at = models.DateTimeField(_("完成时间"), null=True)

    class Meta:
        verbose_name = _("密钥恢复")
        verbose_name_plural = pgettext_lazy("plural", "密钥恢复")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["officer"],
                condition=models.Q(done_at__isnull=True),
                name="one_open_recovery_per_officer",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class RecoveryApproval(models.Model):
    """托管人同意: a holder's share, resealed to the recovery's key pair."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recovery = models.ForeignKey(KeyRecovery, on_delete=models.PROTECT, related_name="approvals")
    holder = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    sealed_share = models.BinaryField()
    at = models.DateTimeField(_("同意时间"))

    class Meta:
        verbose_name = _("托管人同意")
        verbose_name_plural = pgettext_lazy("plural", "托管人同意")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["recovery", "holder"], name="holder_approves_once")
        ]

    def __str__(self) -> str:
        return str(self.pk)
