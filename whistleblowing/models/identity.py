"""The reporter's identity, in a record of its own that every report has, named or not."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from whistleblowing.models.officer import Officer
from whistleblowing.models.report import Report


class IdentityRecord(models.Model):
    """身份记录: what the reporter said of themselves, or nothing, sealed in the same length.

    The private half of its key is split among the guardians of identities: two shares open it.
    When the report is destroyed, a record that was asked for stays without content, report and
    shares, so that the requests on it stay for ever.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.OneToOneField(
        Report, on_delete=models.PROTECT, null=True, related_name="identity"
    )
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("身份记录")
        verbose_name_plural = pgettext_lazy("plural", "身份记录")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class IdentityShare(models.Model):
    """身份份额: a guardian's share of an identity's key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    identity = models.ForeignKey(IdentityRecord, on_delete=models.PROTECT, related_name="shares")
    guardian = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    sealed_share = models.BinaryField()

    class Meta:
        verbose_name = _("身份份额")
        verbose_name_plural = pgettext_lazy("plural", "身份份额")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["identity", "guardian"], name="one_identity_share")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class IdentityRequest(models.Model):
    """身份查询申请: one person asks for one purpose; two others decide. The row stays for ever."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    identity = models.ForeignKey(IdentityRecord, on_delete=models.PROTECT, related_name="requests")
    requester = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("申请时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)

    class Meta:
        verbose_name = _("身份查询申请")
        verbose_name_plural = pgettext_lazy("plural", "身份查询申请")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["identity", "requester"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="one_open_identity_request",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class IdentityDecision(models.Model):
    """身份查询决定: a guardian is asked, with the purpose sealed to them, and says yes or no.

    With a yes the guardian's share is resealed to the requester. The reasons are sealed to the
    guardian: they outlive the case and its log.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(IdentityRequest, on_delete=models.PROTECT, related_name="decisions")
    guardian = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    sealed_purpose = models.BinaryField()
    approved = models.BooleanField(null=True)
    decided_at = models.DateTimeField(_("决定时间"), null=True)
    number = models.PositiveSmallIntegerField()
    resealed_share = models.BinaryField(default=bytes)
    sealed_reasons = models.BinaryField(default=bytes, db_default=b"")

    class Meta:
        verbose_name = _("身份查询决定")
        verbose_name_plural = pgettext_lazy("plural", "身份查询决定")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["request", "guardian"], name="guardian_asked_once")
        ]

    def __str__(self) -> str:
        return str(self.pk)
