from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.flat_sample import Position
from complaints.models.temperature_test import TemperatureTest
from customers.models import Account
from office.models import Company, User
from office.scope import CompanyScope

POSITIONS = [
    (Position.BOTTOM.value, _("底层")),
    (Position.MIDDLE.value, _("中间层")),
    (Position.TOP.value, _("顶层")),
    (Position.UNKNOWN.value, _("楼层不明")),
]


class SpotCheckPlan(models.Model):
    """抽测计划: the flats of a company to be measured in a period, drawn by lot once.

    A trigger refuses changes after the draw; `seed`, `scope_sha256` and the layers let anybody
    repeat it.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    title = models.CharField(_("名称"), max_length=80)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    flats = models.PositiveIntegerField(_("户数"), null=True)
    share_percent = models.DecimalField(_("占比 %"), max_digits=5, decimal_places=2, null=True)
    seed = models.CharField(_("随机种子"), max_length=32)
    planned_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("制定人"), related_name="+"
    )
    planned_at = models.DateTimeField(_("制定时间"))
    drawn_at = models.DateTimeField(_("抽取时间"), null=True)
    drawn_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("抽取人"), related_name="+"
    )
    scope_size = models.PositiveIntegerField(_("范围户数"), null=True)
    scope_sha256 = models.CharField(_("范围校验值"), max_length=64, blank=True)
    layers = models.JSONField(_("分层"), default=list)

    objects = CompanyScope["SpotCheckPlan"].as_manager()

    class Meta:
        permissions = [
            ("plan_spot_checks", _("制定抽测计划")),
            ("draw_spot_checks", _("抽取抽测用户")),
        ]
        verbose_name = _("抽测计划")
        verbose_name_plural = pgettext_lazy("plural", "抽测计划")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "title"], name="one_spot_check_plan_a_name"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="spot_check_plan_has_days"
            ),
            models.CheckConstraint(
                condition=Q(flats__gt=0, share_percent__isnull=True)
                | Q(flats__isnull=True, share_percent__gt=0, share_percent__lte=100),
                name="spot_check_plan_size_said_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SkipReason(models.TextChoices):
    NOBODY_HOME = "nobody_home", _("多次上门无人")
    REFUSED = "refused", _("用户拒绝")
    VACANT = "vacant", _("房屋空置")
    OTHER = "other", _("其他")


class SpotCheckItem(models.Model):
    """A drawn flat, with its test or the reason why there is none; either is recorded once."""

    company_path = "plan__company"

    plan = models.ForeignKey(
        SpotCheckPlan, on_delete=models.PROTECT, verbose_name=_("抽测计划"), related_name="items"
    )
    ordinal = models.PositiveIntegerField(_("序号"))
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, verbose_name=_("户号"), related_name="+"
    )
    station = models.CharField(_("换热站"), max_length=60, blank=True)
    position = models.CharField(_("位置"), max_length=8, choices=POSITIONS)
    digest = models.CharField(_("抽签值"), max_length=64)
    test = models.OneToOneField(
        TemperatureTest,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("测温"),
        related_name="spot_check",
    )
    skip_reason = models.CharField(_("未测原因"), max_length=12, choices=SkipReason, blank=True)
    skip_note = models.CharField(_("说明"), max_length=200, blank=True)
    settled_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("经办"), related_name="+"
    )
    settled_at = models.DateTimeField(_("办理时间"), null=True)

    objects = CompanyScope["SpotCheckItem"].as_manager()

    class Meta:
        permissions = [
            ("link_spot_check", _("关联抽测结果")),
            ("skip_spot_check", _("登记未测原因")),
        ]
        verbose_name = _("抽测用户")
        verbose_name_plural = pgettext_lazy("plural", "抽测用户")
        ordering = ["plan", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "ordinal"], name="spot_check_in_order"),
            models.UniqueConstraint(fields=["plan", "account"], name="drawn_once_per_plan"),
            models.CheckConstraint(
                condition=Q(test__isnull=True) | Q(skip_reason=""),
                name="spot_check_tested_or_skipped",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, test__isnull=True, skip_reason="")
                | (Q(settled_at__isnull=False) & (Q(test__isnull=False) | ~Q(skip_reason=""))),
                name="spot_check_settled_with_a_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} #{self.ordinal}"
