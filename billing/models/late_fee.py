from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.season import HeatingSeason
from billing.states import LateFeeWaiverState
from customers.models import SupplyContract
from office.models import Company, User
from office.scope import CompanyScope


class LateFeeBase(models.TextChoices):
    """What a day's late fee is a share of; the values are those of `billing/rules/late_fees.py`."""

    OUTSTANDING = "outstanding", _("当日未缴金额")
    FULL_CHARGE = "full_charge", _("账单全额")


class SpendingOrder(models.TextChoices):
    """Which debts of a season are settled first."""

    PRINCIPAL_FIRST = "principal_first", _("先本金后违约金")
    LATE_FEE_FIRST = "late_fee_first", _("先违约金后本金")


class LateFeeRule(models.Model):
    """违约金规则: a company's rate per day from a day on, until the next rule. Append-only.

    A fee never exceeds the amount of its bill. Of several rules begun, the latest says the base and
    the order of spending; each day bears the rate of the latest rule begun by then.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="late_fee_rules"
    )
    effective_from = models.DateField(_("执行日期"))
    per_day = models.DecimalField(_("日率"), max_digits=6, decimal_places=5)
    base = models.CharField(_("计收基数"), max_length=12, choices=LateFeeBase)
    order = models.CharField(_("抵缴顺序"), max_length=16, choices=SpendingOrder)
    source = models.CharField(_("依据"), max_length=120)
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("发布人"), related_name="+"
    )
    published_at = models.DateTimeField(_("发布时间"))

    objects = CompanyScope["LateFeeRule"].as_manager()

    class Meta:
        permissions = [
            ("publish_late_fee_rule", _("发布违约金规则")),
        ]
        verbose_name = _("违约金规则")
        verbose_name_plural = pgettext_lazy("plural", "违约金规则")
        ordering = ["company", "-effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "effective_from"], name="one_late_fee_rule_per_day"
            ),
            models.CheckConstraint(
                condition=Q(per_day__gte=0, per_day__lte=1), name="late_fee_rate_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_from} {self.per_day}"


class LateFeeSuspension(models.Model):
    """中止计收违约金: days, both ends included, on which a contract's bills bear no late fee.

    Append-only: days that a plan or a hardship frees stay free.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    contract = models.ForeignKey(
        SupplyContract, on_delete=models.PROTECT, verbose_name=_("合同"), related_name="+"
    )
    starts = models.DateField(_("起"))
    ends = models.DateField(_("止"))
    reason = models.CharField(_("原因"), max_length=200)
    source = models.CharField(_("依据"), max_length=120)
    entered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("经办"), related_name="+"
    )
    entered_at = models.DateTimeField(_("登记时间"))

    objects = CompanyScope["LateFeeSuspension"].as_manager()

    class Meta:
        permissions = [
            ("suspend_late_fee", _("中止计收违约金")),
        ]
        verbose_name = _("违约金中止")
        verbose_name_plural = pgettext_lazy("plural", "违约金中止")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gte=F("starts")), name="late_fee_suspended_for_a_day_at_least"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts} – {self.ends}"


class LateFeeWaiver(models.Model):
    """减免违约金: an amount of a season's late fee that a contract need not pay, by approval.

    `waived_fen` is what the approval took off: never more than was payable on that day.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    contract = models.ForeignKey(
        SupplyContract, on_delete=models.PROTECT, verbose_name=_("合同"), related_name="+"
    )
    season = models.ForeignKey(
        HeatingSeason, on_delete=models.PROTECT, verbose_name=_("采暖季"), related_name="+"
    )
    amount_fen = models.BigIntegerField(_("申请减免（分）"))
    waived_fen = models.BigIntegerField(_("已减免（分）"), null=True)
    reason = models.CharField(_("原因"), max_length=200)
    source = models.CharField(_("依据"), max_length=120)
    state = models.CharField(
        _("状态"), max_length=10, choices=LateFeeWaiverState, default=LateFeeWaiverState.DRAFTED
    )
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, verbose_name=_("起草人"), related_name="+"
    )
    created_at = models.DateTimeField(_("起草时间"))
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("审核人"), related_name="+"
    )
    approved_at = models.DateTimeField(_("审核时间"), null=True)

    objects = CompanyScope["LateFeeWaiver"].as_manager()

    class Meta:
        permissions = [
            ("draft_late_fee_waiver", _("起草违约金减免")),
            ("approve_late_fee_waiver", _("审核违约金减免")),
            ("cancel_late_fee_waiver", _("取消违约金减免")),
        ]
        verbose_name = _("违约金减免")
        verbose_name_plural = pgettext_lazy("plural", "违约金减免")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="waiver_above_zero"),
            models.CheckConstraint(
                condition=Q(waived_fen__isnull=True, approved_at__isnull=True)
                | Q(waived_fen__gt=0, waived_fen__lte=F("amount_fen"), approved_at__isnull=False),
                name="waiver_takes_off_what_was_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("created_by")),
                name="waiver_approved_by_a_second_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["contract"], condition=Q(waived_fen__gt=0), name="late_fee_waived"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.season} #{self.pk}"
