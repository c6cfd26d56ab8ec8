from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models.crew import Crew
from office.models import User
from office.scope import CompanyScope


class DutyPeriod(models.Model):
    """值班: the members of a crew on duty from an instant until before another, and their phone.

    An exclusion constraint refuses overlapping periods of one crew. A published period is never
    changed; it is withdrawn and another one is published.
    """

    company_path = "crew__company"

    crew = models.ForeignKey(
        Crew, on_delete=models.PROTECT, verbose_name=_("班组"), related_name="duty_periods"
    )
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    members = models.ManyToManyField(User, verbose_name=_("值班人员"), related_name="+")
    phone = models.CharField(_("值班电话"), max_length=20)
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("排班人"), related_name="+"
    )
    published_at = models.DateTimeField(_("发布时间"))
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("撤回人"), related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)
    withdrawn_why = models.CharField(_("撤回原因"), max_length=200, blank=True)

    objects = CompanyScope["DutyPeriod"].as_manager()

    class Meta:
        permissions = [
            ("publish_duty", _("发布值班")),
            ("withdraw_duty", _("撤回值班")),
        ]
        verbose_name = _("值班")
        verbose_name_plural = pgettext_lazy("plural", "值班")
        ordering = ["-starts_at", "crew"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="duty_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_why="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_why="")),
                name="duty_withdrawn_with_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["ends_at", "starts_at"],
                condition=Q(withdrawn_at__isnull=True),
                name="duty_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.crew} {self.starts_at:%Y-%m-%d %H:%M}"
