from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models.user import User


class CalendarVersion(models.Model):
    """节假日安排: the days of a year that differ from Monday to Friday, as announced (调休).

    Append-only: the year's last version is in force, and what was computed with an earlier one
    names
    it. Ids follow the order of publication, so one id says how every year stood at that moment.
    """

    year = models.PositiveSmallIntegerField(_("年度"))
    ordinal = models.PositiveSmallIntegerField(_("版次"))
    notice = models.CharField(_("文号"), max_length=80)
    noticed_on = models.DateField(_("发文日期"), null=True)
    days_off = ArrayField(models.DateField(), verbose_name=_("放假"))
    days_at_work = ArrayField(models.DateField(), verbose_name=_("上班"))
    reason = models.CharField(_("修订原因"), max_length=200, blank=True)
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("发布人"), related_name="+"
    )
    published_at = models.DateTimeField(_("发布时间"))

    class Meta:
        permissions = [
            ("publish_calendar", _("发布节假日安排")),
        ]
        verbose_name = _("节假日安排")
        verbose_name_plural = pgettext_lazy("plural", "节假日安排")
        ordering = ["-year", "-ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["year", "ordinal"], name="calendar_version_in_order"),
            models.CheckConstraint(
                condition=Q(ordinal=1) | (Q(ordinal__gt=1) & ~Q(reason="")),
                name="calendar_revised_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return _("%(year)s 年第 %(ordinal)s 版") % {"year": self.year, "ordinal": self.ordinal}
