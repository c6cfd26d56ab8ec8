from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models import Company
from office.scope import CompanyScope
from office.tables.history import keep_history


@keep_history()
class HeatingSeason(models.Model):
    """采暖季 of one company: the billed period, which may differ from that of heating.

    The number of billable months is stated, never derived from the dates.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="seasons"
    )
    label = models.CharField(_("年度"), max_length=9, help_text=_("如 2025-2026"))
    starts = models.DateField(_("计费起日"))
    ends = models.DateField(_("计费止日"))
    ends_inclusive = models.BooleanField(_("含止日"), default=True)
    billable_months = models.DecimalField(
        _("计费月数"), max_digits=4, decimal_places=2, null=True, blank=True
    )
    due_on = models.DateField(_("缴费截止日"))

    objects = CompanyScope["HeatingSeason"].as_manager()

    class Meta:
        verbose_name = _("采暖季")
        verbose_name_plural = pgettext_lazy("plural", "采暖季")
        ordering = ["company", "-label"]
        constraints = [
            models.UniqueConstraint(fields=["company", "label"], name="one_season_per_label"),
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("starts")), name="season_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.label
