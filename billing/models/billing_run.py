from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.season import HeatingSeason
from billing.states import BillingRunState
from customers.models import Account, Community
from office.models import ParkedRow, Run
from office.scope import CompanyScope


class BillingRun(Run):
    """出账批次: one billing of a season over a scope of accounts.

    One person previews it, others approve it, a job issues it in stretches that can stop and go
    on. What was priced waits in two draft tables of the run's own (`billing.runs.drafts`).
    """

    season = models.ForeignKey(
        HeatingSeason, on_delete=models.PROTECT, verbose_name=_("采暖季"), related_name="runs"
    )
    communities = models.ManyToManyField(
        Community, verbose_name=_("小区"), blank=True, help_text=_("不选为全公司")
    )
    state = models.CharField(
        _("状态"), max_length=12, choices=BillingRunState, default=BillingRunState.SCOPED
    )
    changed_since_preview = models.PositiveIntegerField(
        _("试算后有变动而暂缓"), default=0, db_default=0
    )
    issued_at = models.DateTimeField(_("出账时间"), null=True)
    previewed_through = models.BigIntegerField(_("已试算至户号序"), default=0)
    issued_through = models.BigIntegerField(_("已出账至序"), default=0)
    bill_count = models.PositiveIntegerField(_("账单数"), default=0)
    amount_fen = models.BigIntegerField(_("金额（分）"), default=0)

    objects = CompanyScope["BillingRun"].as_manager()

    class Meta:
        permissions = [
            ("create_billing_run", _("创建出账批次")),
            ("preview_billing_run", _("试算出账批次")),
            ("approve_billing_run", _("审核出账批次")),
            ("issue_billing_run", _("出账")),
            ("leave_out_account", _("暂缓异常账户")),
            ("close_billing_run", _("关闭出账批次")),
            ("cancel_billing_run", _("取消出账批次")),
        ]
        verbose_name = _("出账批次")
        verbose_name_plural = pgettext_lazy("plural", "出账批次")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True)
                | ~models.Q(approved_by=models.F("created_by")),
                name="run_approved_by_a_second_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.season} #{self.pk}"


class ParkedAccount(ParkedRow):
    """An account that a run could not bill."""

    run = models.ForeignKey(
        BillingRun, on_delete=models.CASCADE, verbose_name=_("批次"), related_name="parked"
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, verbose_name=_("户号"), related_name="+"
    )

    objects = CompanyScope["ParkedAccount"].as_manager()

    class Meta:
        verbose_name = _("暂缓账户")
        verbose_name_plural = pgettext_lazy("plural", "暂缓账户")
        constraints = [
            models.UniqueConstraint(fields=["run", "account"], name="parked_once_per_run")
        ]
