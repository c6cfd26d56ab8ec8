"""Pledges of integrity and confidentiality that people sign by their posts, and trainings."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models import Person, Post
from whistleblowing.models.officer import Officer
from whistleblowing.words import PledgeKind


class PledgeDuty(models.Model):
    """签署岗位: whoever is on this post signs a pledge of this kind every year, from a day on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("承诺"), max_length=16, choices=PledgeKind)
    first_day = models.DateField(_("起始日期"))
    last_day = models.DateField(_("截止日期"), null=True)

    class Meta:
        verbose_name = _("签署岗位")
        verbose_name_plural = pgettext_lazy("plural", "签署岗位")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["post", "kind"],
                condition=models.Q(last_day__isnull=True),
                name="one_open_pledge_duty_of_a_kind",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SignedPledge(models.Model):
    """已签承诺: a person signed a pledge of a kind for a year."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("承诺"), max_length=16, choices=PledgeKind)
    year = models.PositiveSmallIntegerField(_("年度"))
    signed_on = models.DateField(_("签署日期"))
    recorded_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("已签承诺")
        verbose_name_plural = pgettext_lazy("plural", "已签承诺")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "year"], name="signed_once_a_year")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Training(models.Model):
    """廉洁培训: a training against fraud on a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    held_on = models.DateField(_("培训日期"))
    topic = models.CharField(_("培训内容"), max_length=120)
    recorded_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("廉洁培训")
        verbose_name_plural = pgettext_lazy("plural", "廉洁培训")
        default_permissions = ()
        ordering = ["-held_on"]

    def __str__(self) -> str:
        return str(self.pk)


class Attendance(models.Model):
    """参加培训: a person took part in a training."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    training = models.ForeignKey(Training, on_delete=models.PROTECT, related_name="attendances")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("参加培训")
        verbose_name_plural = pgettext_lazy("plural", "参加培训")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["training", "person"], name="attended_once")]

    def __str__(self) -> str:
        return str(self.pk)
