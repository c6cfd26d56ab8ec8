from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.states import ShiftState
from office.models import Company, User
from office.scope import CompanyScope


class Shift(models.Model):
    """班次: a cashier's work at a till, from the counted float to the blind count."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    cashier = models.ForeignKey(
        User, on_delete=models.PROTECT, verbose_name=_("当班收费员"), related_name="shifts"
    )
    till = models.CharField(_("窗口"), max_length=20)
    state = models.CharField(_("状态"), max_length=8, choices=ShiftState, default=ShiftState.OPEN)
    opened_at = models.DateTimeField(_("开班时间"))
    float_fen = models.BigIntegerField(_("备用金（分）"))
    closed_at = models.DateTimeField(_("交班时间"), null=True)
    expected_fen = models.BigIntegerField(_("应有现金（分）"), null=True)
    counted_fen = models.BigIntegerField(_("实点现金（分）"), null=True)
    difference_reason = models.CharField(_("差额原因"), max_length=200, blank=True)

    objects = CompanyScope["Shift"].as_manager()

    class Meta:
        permissions = [
            ("open_shift", _("开班")),
            ("close_shift", _("交班")),
        ]
        verbose_name = _("班次")
        verbose_name_plural = pgettext_lazy("plural", "班次")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cashier"], condition=Q(state="open"), name="one_open_shift_per_cashier"
            )
        ]

    def __str__(self) -> str:
        return f"{self.till} #{self.pk}"
