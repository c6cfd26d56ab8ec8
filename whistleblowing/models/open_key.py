"""Keys that are open for a while, and the salt of receipts."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from whistleblowing.models.officer import Officer


class OpenKey(models.Model):
    """已解锁密钥: a private key locked by a random key that only a browser's cookie has.

    Neither the table nor the cookie alone gives the private key. Without an officer it is the key
    of a receipt. `session_digest` binds an officer's to the sign-in it was unlocked in.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    locked_private_key = models.BinaryField()
    session_digest = models.CharField(max_length=64, blank=True, editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("已解锁密钥")
        verbose_name_plural = pgettext_lazy("plural", "已解锁密钥")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class ReceiptSalt(models.Model):
    """凭证参数: the one salt and cost by which every receipt becomes a key pair.

    One for all receipts, because a report is looked up by the key pair; it never changes, or no
    receipt would open anything any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    salt = models.BinaryField()
    operations = models.PositiveIntegerField()
    memory = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("凭证参数")
        verbose_name_plural = pgettext_lazy("plural", "凭证参数")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)
