from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.season import HeatingSeason
from billing.states import AdjustmentState
from customers.models import Account, SupplyContract
from office.models import Company, User
from office.scope import CompanyScope


class AdjustmentKind(models.TextChoices):
    """The two kinds of bill that an adjustment becomes; the values are those of `BillKind`."""

    SUPPLEMENT = "supplement", _("补收账单")
    CREDIT = "credit", _("贷项通知单")


class Adjustment(models.Model):
    """调整单: a correction of a bill, approved by others and issued as a bill of its own.

    It corrects a bill of a season or opening arrears and belongs to that bill's contract. Amounts
    have a sign: above zero it becomes a supplementary bill, below zero a credit note. Only its
    state and the marks of approval and issue change after it was drafted (migration 0013).
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    season = models.ForeignKey(
        HeatingSeason, on_delete=models.PROTECT, verbose_name=_("采暖季"), related_name="+"
    )
    kind = models.CharField(_("种类"), max_length=10, choices=AdjustmentKind)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, verbose_name=_("户号"), related_name="adjustments"
    )
    contract = models.ForeignKey(
        SupplyContract, on_delete=models.PROTECT, verbose_name=_("合同"), related_name="+"
    )
    # Named as text, because a bill names the adjustment that it comes from. The database proves it
    # together with the season, which is part of a bill's primary key: migration 0013.
    corrects = models.ForeignKey(
        "billing.Bill",
        on_delete=models.PROTECT,
        verbose_name=_("更正的账单"),
        related_name="corrections",
        db_constraint=False,
    )
    amount_fen = models.BigIntegerField(_("金额（分）"))
    tax_fen = models.BigIntegerField(_("其中税额（分）"))
    due_on = models.DateField(_("缴费截止日"))
    reason = models.CharField(_("原因"), max_length=200)
    source = models.CharField(_("依据"), max_length=120)
    state = models.CharField(
        _("状态"), max_length=10, choices=AdjustmentState, default=AdjustmentState.DRAFTED
    )
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, verbose_name=_("起草人"), related_name="+"
    )
    created_at = models.DateTimeField(_("起草时间"))
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("审核人"), related_name="+"
    )
    approved_at = models.DateTimeField(_("审核时间"), null=True)
    issued_at = models.DateTimeField(_("出账时间"), null=True)

    objects = CompanyScope["Adjustment"].as_manager()

    class Meta:
        permissions = [
            ("draft_adjustment", _("起草调整单")),
            ("approve_adjustment", _("审核调整单")),
            ("issue_adjustment", _("调整单出账")),
            ("cancel_adjustment", _("取消调整单")),
        ]
        verbose_name = _("调整单")
        verbose_name_plural = pgettext_lazy("plural", "调整单")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="supplement", amount_fen__gt=0)
                | Q(kind="credit", amount_fen__lt=0),
                name="adjustment_sign_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("created_by")),
                name="adjustment_approved_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"


class AdjustmentLine(models.Model):
    """One line of an adjustment: which line of the bill it corrects, by how much, and why.

    A correction by difference names both sides: amount = should − billed, where billed is what the
    line came to with its earlier corrections. A line without them raises or lowers by an amount.
    Append-only.
    """

    company_path = "adjustment__company"

    adjustment = models.ForeignKey(Adjustment, on_delete=models.PROTECT, related_name="lines")
    season = models.ForeignKey(HeatingSeason, on_delete=models.PROTECT, related_name="+")
    ordinal = models.PositiveSmallIntegerField(_("序号"))
    # Opening arrears have no lines: a correction of them names none. Proved like `corrects`.
    corrects = models.ForeignKey(
        "billing.BillLine",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("更正的明细"),
        related_name="corrections",
        db_constraint=False,
    )
    item = models.CharField(_("项目"), max_length=40)
    working = models.CharField(_("计算说明"), max_length=300)
    should_fen = models.BigIntegerField(_("应为（分）"), null=True)
    billed_fen = models.BigIntegerField(_("原计（分）"), null=True)
    vat_rate = models.DecimalField(_("税率"), max_digits=4, decimal_places=4)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    tax_fen = models.BigIntegerField(_("税额（分）"))

    objects = CompanyScope["AdjustmentLine"].as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("调整明细")
        verbose_name_plural = pgettext_lazy("plural", "调整明细")
        ordering = ["adjustment", "ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["adjustment", "ordinal"], name="one_adjustment_line_per_ordinal"
            ),
            models.CheckConstraint(
                condition=Q(should_fen__isnull=True, billed_fen__isnull=True)
                | Q(amount_fen=F("should_fen") - F("billed_fen")),
                name="adjustment_line_is_the_difference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.amount_fen}"
