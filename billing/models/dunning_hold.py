from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import SupplyContract
from office.models import Company, User
from office.scope import CompanyScope


class HoldKind(models.TextChoices):
    """Why a contract is not reminded of its debt for a while."""

    EXEMPT = "exempt", _("免催")
    DISPUTE = "dispute", _("争议")
    PROMISE = "promise", _("承诺付款")


class DunningHold(models.Model):
    """暂缓催缴: days, both ends included, on which a contract is not reminded, and the reason.

    It ends on its day or when somebody lifts it before.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    contract = models.ForeignKey(
        SupplyContract,
        on_delete=models.PROTECT,
        verbose_name=_("合同"),
        related_name="dunning_holds",
    )
    kind = models.CharField(_("种类"), max_length=8, choices=HoldKind)
    starts = models.DateField(_("起"))
    ends = models.DateField(_("止"))
    promised_fen = models.BigIntegerField(_("承诺金额（分）"), null=True)
    reason = models.CharField(_("原因"), max_length=200)
    source = models.CharField(_("依据"), max_length=120, blank=True)
    entered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("经办"), related_name="+"
    )
    entered_at = models.DateTimeField(_("登记时间"))
    lifted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("解除人"), related_name="+"
    )
    lifted_at = models.DateTimeField(_("解除时间"), null=True)
    lifting_reason = models.CharField(_("解除原因"), max_length=200, blank=True)

    objects = CompanyScope["DunningHold"].as_manager()

    class Meta:
        permissions = [
            ("place_dunning_hold", _("登记暂缓催缴")),
            ("exempt_from_dunning", _("登记免催")),
            ("lift_dunning_hold", _("解除暂缓催缴")),
        ]
        verbose_name = _("暂缓催缴")
        verbose_name_plural = pgettext_lazy("plural", "暂缓催缴")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gte=F("starts")), name="dunning_hold_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(promised_fen__isnull=True) | Q(kind="promise", promised_fen__gt=0),
                name="promised_amount_of_a_promise",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts} – {self.ends}"

    def runs_on(self, day: date) -> bool:
        """Returns whether the hold stops dunning on the day."""
        return self.lifted_at is None and self.starts <= day <= self.ends


class InstalmentPlan(models.Model):
    """分期缴费计划: the debt of a contract on the day of agreement, to be paid in dated parts.

    Payment is what the debt of the plan's bills, less the advance, has come down by, and what late
    fees of theirs were paid since. The plan is broken while less is paid than was due by the day
    before.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    contract = models.ForeignKey(
        SupplyContract,
        on_delete=models.PROTECT,
        verbose_name=_("合同"),
        related_name="instalment_plans",
    )
    debt_fen = models.BigIntegerField(_("计划总额（分）"))
    # The bills that stood in the books at the agreement. The moment of issue would not say so: a
    # billing run dates its bills before it lets them appear.
    bill_ids = ArrayField(
        models.BigIntegerField(), default=list, db_default=[], verbose_name=_("所含账单")
    )
    reason = models.CharField(_("原因"), max_length=200)
    source = models.CharField(_("依据"), max_length=120)
    agreed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("经办"), related_name="+"
    )
    agreed_at = models.DateTimeField(_("订立时间"))
    cancelled_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("取消人"), related_name="+"
    )
    cancelled_at = models.DateTimeField(_("取消时间"), null=True)
    cancel_reason = models.CharField(_("取消原因"), max_length=200, blank=True)

    objects = CompanyScope["InstalmentPlan"].as_manager()

    class Meta:
        permissions = [
            ("agree_instalment_plan", _("订立分期缴费计划")),
            ("cancel_instalment_plan", _("取消分期缴费计划")),
        ]
        verbose_name = _("分期缴费计划")
        verbose_name_plural = pgettext_lazy("plural", "分期缴费计划")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(debt_fen__gt=0), name="plan_of_a_debt"),
        ]

    def __str__(self) -> str:
        return f"{self.contract} #{self.pk}"


class InstalmentPart(models.Model):
    """One part of a plan: an amount in fen and the last day on which it is paid in time."""

    company_path = "plan__company"

    plan = models.ForeignKey(
        InstalmentPlan, on_delete=models.PROTECT, verbose_name=_("计划"), related_name="parts"
    )
    ordinal = models.PositiveSmallIntegerField(_("期次"))
    due_on = models.DateField(_("付款期限"))
    amount_fen = models.BigIntegerField(_("金额（分）"))

    objects = CompanyScope["InstalmentPart"].as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("分期")
        verbose_name_plural = pgettext_lazy("plural", "分期")
        ordering = ["plan", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "ordinal"], name="one_part_per_ordinal"),
            models.UniqueConstraint(fields=["plan", "due_on"], name="one_part_per_due_day"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="part_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.due_on}"
