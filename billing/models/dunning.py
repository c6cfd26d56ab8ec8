from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.change_states import DunningRunState
from customers.models import Community, SupplyContract
from office.models import Company, ParkedRow, Run, User
from office.scope import CompanyScope


class DunningChannel(models.TextChoices):
    """How a customer is reminded; all but SMS are tasks of a person."""

    SMS = "sms", _("短信")
    PHONE = "phone", _("电话")
    VISIT = "visit", _("上门")
    POSTER = "poster", _("张贴")


class DunningStep(models.Model):
    """催缴阶梯: one step of a company's ladder from a day on, until the next row of its number.

    Append-only. A step follows the one before it after the days that lie between both.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="dunning_steps"
    )
    number = models.PositiveSmallIntegerField(_("级次"))
    effective_from = models.DateField(_("执行日期"))
    days_after_due = models.PositiveSmallIntegerField(_("逾期天数"))
    channel = models.CharField(_("方式"), max_length=8, choices=DunningChannel)
    least_fen = models.BigIntegerField(_("最低净欠费（分）"), default=0)
    text = models.CharField(_("内容"), max_length=120)
    in_use = models.BooleanField(_("启用"), default=True)
    source = models.CharField(_("依据"), max_length=120)
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("发布人"), related_name="+"
    )
    published_at = models.DateTimeField(_("发布时间"))

    objects = CompanyScope["DunningStep"].as_manager()

    class Meta:
        permissions = [
            ("publish_dunning_step", _("发布催缴阶梯")),
        ]
        verbose_name = _("催缴阶梯")
        verbose_name_plural = pgettext_lazy("plural", "催缴阶梯")
        ordering = ["company", "number", "-effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "number", "effective_from"], name="one_dunning_step_per_day"
            ),
            models.CheckConstraint(
                condition=Q(least_fen__gte=0, days_after_due__gte=1, number__gte=1),
                name="dunning_step_after_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_channel_display()}"


class DunningRun(Run):
    """催缴批次: the next step of the ladder for every contract of a scope that is late.

    One person previews it, another approves it, a job carries it out in stretches that can stop
    and go on.
    """

    community = models.ForeignKey(
        Community,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("小区"),
        related_name="+",
    )
    state = models.CharField(
        _("状态"), max_length=12, choices=DunningRunState, default=DunningRunState.SCOPED
    )
    draft_count = models.PositiveIntegerField(_("待催缴户数"), default=0)
    net_fen = models.BigIntegerField(_("净欠费（分）"), default=0)
    begun_at = models.DateTimeField(_("开始催缴时间"), null=True)
    # How far the job has come: the key of the last draft that was carried out.
    reminded_through = models.BigIntegerField(_("已催缴至序"), default=0)

    objects = CompanyScope["DunningRun"].as_manager()

    class Meta:
        permissions = [
            ("create_dunning_run", _("创建催缴批次")),
            ("approve_dunning_run", _("审核催缴批次")),
            ("start_dunning_run", _("开始催缴")),
        ]
        verbose_name = _("催缴批次")
        verbose_name_plural = pgettext_lazy("plural", "催缴批次")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("created_by")),
                name="dunning_run_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class DunningDraft(models.Model):
    """Which step a run is to take for one contract, and for how much: all as previewed."""

    company_path = "run__company"

    run = models.ForeignKey(
        DunningRun, on_delete=models.CASCADE, verbose_name=_("批次"), related_name="drafts"
    )
    contract = models.ForeignKey(
        SupplyContract, on_delete=models.PROTECT, verbose_name=_("合同"), related_name="+"
    )
    step = models.ForeignKey(
        DunningStep, on_delete=models.PROTECT, verbose_name=_("催缴阶梯"), related_name="+"
    )
    net_fen = models.BigIntegerField(_("净欠费（分）"))
    days = models.IntegerField(_("逾期天数"))

    objects = CompanyScope["DunningDraft"].as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("催缴草稿")
        verbose_name_plural = pgettext_lazy("plural", "催缴草稿")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "contract"], name="one_dunning_draft_per_contract"
            )
        ]

    def __str__(self) -> str:
        return f"{self.contract} {self.step}"


class ParkedDunning(ParkedRow):
    """A contract that is late and that a run left out, with the reason."""

    run = models.ForeignKey(
        DunningRun, on_delete=models.CASCADE, verbose_name=_("批次"), related_name="parked"
    )
    contract = models.ForeignKey(
        SupplyContract, on_delete=models.PROTECT, verbose_name=_("合同"), related_name="+"
    )

    objects = CompanyScope["ParkedDunning"].as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("未催缴")
        verbose_name_plural = pgettext_lazy("plural", "未催缴")
        constraints = [
            models.UniqueConstraint(fields=["run", "contract"], name="dunning_parked_once_per_run")
        ]


class DunningNotice(models.Model):
    """催缴记录: a step that was taken for a contract, once for its oldest late bill.

    The text message of an SMS step is the delivery proof (`message_cause`); the other channels are
    tasks that wait until a person records the result.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    run = models.ForeignKey(
        DunningRun, on_delete=models.PROTECT, verbose_name=_("批次"), related_name="notices"
    )
    contract = models.ForeignKey(
        SupplyContract,
        on_delete=models.PROTECT,
        verbose_name=_("合同"),
        related_name="dunning_notices",
    )
    step = models.ForeignKey(
        DunningStep, on_delete=models.PROTECT, verbose_name=_("催缴阶梯"), related_name="+"
    )
    number = models.PositiveSmallIntegerField(_("级次"))
    channel = models.CharField(_("方式"), max_length=8, choices=DunningChannel)
    # The oldest late bill; its key is proved by the statement that wrote it.
    oldest_bill_id = models.BigIntegerField(_("最早逾期账单"))
    net_fen = models.BigIntegerField(_("净欠费（分）"))
    days = models.IntegerField(_("逾期天数"))
    noticed_on = models.DateField(_("催缴日期"))
    noticed_at = models.DateTimeField(_("催缴时间"))
    result = models.CharField(_("结果"), max_length=200, blank=True)
    done_on = models.DateField(_("办理日期"), null=True)
    done_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("办理人"), related_name="+"
    )
    recorded_at = models.DateTimeField(_("登记时间"), null=True)

    objects = CompanyScope["DunningNotice"].as_manager()

    class Meta:
        permissions = [
            ("record_dunning_result", _("登记催缴结果")),
        ]
        verbose_name = _("催缴记录")
        verbose_name_plural = pgettext_lazy("plural", "催缴记录")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "oldest_bill_id", "number"], name="dunning_step_taken_once"
            ),
            models.CheckConstraint(
                condition=Q(recorded_at__isnull=True, done_on__isnull=True, result="")
                | Q(recorded_at__isnull=False, done_on__isnull=False) & ~Q(result=""),
                name="dunning_result_is_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "noticed_at"],
                condition=Q(recorded_at__isnull=True) & ~Q(channel="sms"),
                name="dunning_task_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.contract} {self.number}"

    @property
    def message_cause(self) -> str:
        """Returns the cause under which the text message of the step is kept."""
        return f"dunning {self.pk}"
