"""Reports, their key pairs and to whom the private halves are sealed."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from whistleblowing.models.officer import Officer
from whistleblowing.states import ReportState
from whistleblowing.words import KeyPurpose


class Report(models.Model):
    """检举: one report. In clear stand its state and the time of its receipt, for the clocks.

    `receipt_key` is the public half of the key pair that the reporter's receipt gives.
    `form_digest` makes a form that is sent twice one report. `watcher` hears of what is overdue and
    holds no key: chosen at the filing, because later nothing in clear says who is accused.
    `one_time_receipt` was given out by staff and is changed at its first use; `counted` says that
    the figures have it. `covered_name` is what the list of cases shows in place of the accused
    while words of that name are covered, sealed to the key of the first entry.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(
        _("状态"), max_length=20, choices=ReportState, default=ReportState.RECEIVED
    )
    receipt_key = models.BinaryField(unique=True)
    form_digest = models.CharField(max_length=64, unique=True, editable=False)
    received_at = models.DateTimeField(_("收到时间"))
    watcher = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    one_time_receipt = models.BooleanField(default=False, db_default=False)
    counted = models.BooleanField(default=False, db_default=False)
    feedback_at = models.DateTimeField(_("反馈时间"), null=True)
    covered_name = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("检举")
        verbose_name_plural = pgettext_lazy("plural", "检举")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class ReportKey(models.Model):
    """检举密钥: a key pair of a report. What is written is sealed to the newest generation.

    A new generation begins when a reader is removed, so that what follows stays closed to them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="keys")
    purpose = models.CharField(max_length=8, choices=KeyPurpose)
    generation = models.PositiveSmallIntegerField(default=1)
    public_key = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("检举密钥")
        verbose_name_plural = pgettext_lazy("plural", "检举密钥")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["report", "purpose", "generation"], name="one_key_per_generation"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SealedKey(models.Model):
    """密封密钥: the private half of a report's key, sealed to one reader.

    Without an officer it is sealed to the reporter's receipt. No row, no key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.ForeignKey(ReportKey, on_delete=models.PROTECT, related_name="sealed_keys")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("密封密钥")
        verbose_name_plural = pgettext_lazy("plural", "密封密钥")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["key", "officer"], name="one_sealed_key_per_reader", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
