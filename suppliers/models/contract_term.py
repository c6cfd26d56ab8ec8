"""Dated rules of sourcing: contract terms by category, and the priority of excellent suppliers."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from suppliers.models.category import SupplyCategory


class TermKind(models.TextChoices):
    """What a contract term is about; `REQUIRED_TERMS` says which ones a category must have."""

    ENERGY_SAVING = "energy_saving", _("节能")
    SULPHUR = "sulphur", _("硫分")
    MOISTURE = "moisture", _("水分")
    VOLATILES = "volatiles", _("挥发分")
    CALORIFIC_VALUE = "calorific_value", _("发热量")
    WAGE_AGREEMENT = "wage_agreement", _("农民工工资支付协议")
    OTHER = "other", _("其他条款")


class ContractTerm(models.Model):
    """合同条款: what contracts of a category and those below it must say, from day to day.

    A term of a nearer category, or a later one of the same category, takes the place of a term of
    the same kind; other terms stand side by side.
    """

    category = models.ForeignKey(
        SupplyCategory,
        on_delete=models.PROTECT,
        verbose_name=_("采购类别"),
        related_name="contract_terms",
    )
    kind = models.CharField(_("条款"), max_length=16, choices=TermKind)
    text = models.CharField(_("内容"), max_length=300)
    starts = models.DateField(_("自"))
    ends = models.DateField(_("至"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=120)

    class Meta:
        verbose_name = _("合同条款")
        verbose_name_plural = pgettext_lazy("plural", "合同条款")
        ordering = ["category", "kind", "starts"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                name="contract_term_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.get_kind_display()}"


class PriorityRule(models.Model):
    """优秀供应商优先: the share by which comparisons lower the total of an offer of a supplier that
    was excellent in the year before, from day to day. What is paid stays as offered.
    """

    share = models.DecimalField(_("优先比例"), max_digits=5, decimal_places=4)
    starts = models.DateField(_("自"))
    ends = models.DateField(_("至"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=120)

    class Meta:
        verbose_name = _("优秀供应商优先规则")
        verbose_name_plural = pgettext_lazy("plural", "优秀供应商优先规则")
        ordering = ["-starts"]
        constraints = [
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=Decimal("0.2")),
                name="priority_share_within_a_fifth",
            ),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                name="priority_rule_ends_after_start",
            ),
            models.UniqueConstraint(fields=["starts"], name="priority_rule_starts_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.starts}"
