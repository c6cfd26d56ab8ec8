from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.contract import SupplyContract
from customers.models.contract_paper import ContractTemplate
from customers.states import RenewalRunState
from office.models import ParkedRow, Run
from office.scope import CompanyScope


class RenewalRun(Run):
    """续签批次: new papers for all contracts of a company whose term ends within some days.

    One person previews it, another approves it, a job draws the papers up and prints them in
    stretches that can stop and go on. All papers bear the instant at which that began.
    """

    state = models.CharField(
        _("状态"), max_length=12, choices=RenewalRunState, default=RenewalRunState.SCOPED
    )
    ends_from = models.DateField(_("届满日期起"))
    ends_until = models.DateField(_("届满日期止"))
    draft_count = models.PositiveIntegerField(_("待续签合同"), default=0)
    begun_at = models.DateTimeField(_("开始续签时间"), null=True)
    # How far the job has come: the key of the last draft drawn up, and of the last paper printed.
    renewed_through = models.BigIntegerField(_("已续签至序"), default=0)
    printed_through = models.BigIntegerField(_("已打印至序"), default=0)

    objects = CompanyScope["RenewalRun"].as_manager()

    class Meta:
        permissions = [
            ("create_renewal_run", _("创建续签批次")),
            ("approve_renewal_run", _("审核续签批次")),
            ("issue_renewal_run", _("办理续签")),
        ]
        verbose_name = _("续签批次")
        verbose_name_plural = pgettext_lazy("plural", "续签批次")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True)
                | ~models.Q(approved_by=models.F("created_by")),
                name="renewal_run_approved_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_from__lte=models.F("ends_until")),
                name="renewal_run_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ends_from} – {self.ends_until} #{self.pk}"


class RenewalDraft(models.Model):
    """What a renewal run is to draw up for one contract: by which template, for which term."""

    run = models.ForeignKey(
        RenewalRun, on_delete=models.CASCADE, verbose_name=_("批次"), related_name="drafts"
    )
    contract = models.ForeignKey(
        SupplyContract, on_delete=models.PROTECT, verbose_name=_("用热合同"), related_name="+"
    )
    template = models.ForeignKey(
        ContractTemplate, on_delete=models.PROTECT, verbose_name=_("合同文本"), related_name="+"
    )
    starts = models.DateField(_("起"))
    ends = models.DateField(_("止"))

    class Meta:
        default_permissions = ()
        verbose_name = _("续签草稿")
        verbose_name_plural = pgettext_lazy("plural", "续签草稿")
        constraints = [
            models.UniqueConstraint(fields=["run", "contract"], name="renewed_once_per_run")
        ]

    def __str__(self) -> str:
        return f"{self.contract} {self.starts}"


class ParkedRenewal(ParkedRow):
    """A contract that a run could not renew."""

    run = models.ForeignKey(
        RenewalRun, on_delete=models.CASCADE, verbose_name=_("批次"), related_name="parked"
    )
    contract = models.ForeignKey(
        SupplyContract, on_delete=models.PROTECT, verbose_name=_("用热合同"), related_name="+"
    )

    class Meta:
        default_permissions = ()
        verbose_name = _("暂缓续签")
        verbose_name_plural = pgettext_lazy("plural", "暂缓续签")
        constraints = [
            models.UniqueConstraint(fields=["run", "contract"], name="renewal_parked_once_per_run")
        ]
