"""The supply record: what a supplier delivered and how, in entries that are never changed."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models import Company
from office.scope import CompanyScope
from suppliers.models.category import SupplyCategory
from suppliers.models.supplier import Supplier


class EntryScope(CompanyScope[Any]):
    """Entries of the supply record by company and by what counted at an instant."""

    def standing(self) -> Self:
        """Returns the entries that count now: not replaced by a later one, not withdrawn."""
        return self.filter(replaced_by__isnull=True, withdrawn=False)

    def standing_at(self, instant: datetime) -> Self:
        """Returns the entries that counted at an instant, whatever was corrected since."""
        later = self.model._default_manager.filter(  # noqa: SLF001
            replaces=OuterRef("pk"), entered_at__lte=instant
        )
        return self.filter(~Exists(later), entered_at__lte=instant, withdrawn=False)

    def of_year(self, year: int) -> Self:
        """Returns the entries of a calendar year, by the day that says when they count."""
        return self.filter(**{f"{self.model.counted_by}__year": year})


class SupplyEntry(models.Model):
    """The columns of every entry; a correction is a new entry that replaces the one before.

    `original` is the first entry of the chain, by which others refer to it; `number` is unique
    among first entries of a company, so that an entry sent twice is entered once.
    """

    # The column of the day by which an entry belongs to a year.
    counted_by = ""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, verbose_name=_("供应商"), related_name="+"
    )
    number = models.CharField(_("编号"), max_length=40)
    # None: another system sent it.
    entered_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("登记人"),
        related_name="+",
    )
    entered_at = models.DateTimeField(_("登记时间"))
    original = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, verbose_name=_("首次登记"), related_name="+"
    )
    replaces = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("替代"),
        related_name="replaced_by",
    )
    change_reason = models.CharField(_("变更原因"), max_length=200, blank=True)
    withdrawn = models.BooleanField(_("已撤销"), default=False)

    objects = EntryScope.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number


def entry_rules(name: str) -> list[models.BaseConstraint]:
    """Returns the constraints that each table of entries has, with names that begin with `name`."""
    return [
        models.UniqueConstraint(
            fields=["company", "number"],
            condition=Q(replaces__isnull=True),
            name=f"{name}_entered_once",
        ),
        models.CheckConstraint(
            condition=Q(replaces__isnull=True, original__isnull=True, withdrawn=False)
            | (Q(replaces__isnull=False, original__isnull=False) & ~Q(change_reason="")),
            name=f"{name}_change_has_reason",
        ),
    ]


class SupplyOrder(SupplyEntry):
    """采购订单: what was ordered at which price; breached by the supplier or not, with why."""

    counted_by = "ordered_on"

    category = models.ForeignKey(
        SupplyCategory, on_delete=models.PROTECT, verbose_name=_("采购类别"), related_name="+"
    )
    item = models.CharField(_("品名"), max_length=80)
    unit = models.CharField(_("单位"), max_length=10)
    quantity = models.DecimalField(_("数量"), max_digits=14, decimal_places=3)
    unit_price_fen = models.BigIntegerField(_("单价（分）"))
    # The lowest offer on equal terms; None: nothing was compared, so the price is not rated.
    lowest_price_fen = models.BigIntegerField(_("最低可比单价（分）"), null=True)
    ordered_on = models.DateField(_("下单日期"))
    promised_on = models.DateField(_("约定交货日"))
    breached = models.BooleanField(_("违约"), default=False)

    class Meta:
        verbose_name = _("采购订单")
        verbose_name_plural = pgettext_lazy("plural", "采购订单")
        ordering = ["-ordered_on", "-pk"]
        permissions = [
            ("enter_order", _("登记采购订单")),
            ("record_breach", _("登记订单违约")),
            ("correct_entry", _("更正供货记录")),
        ]
        constraints = [
            *entry_rules("order"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price_fen__gt=0), name="order_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(lowest_price_fen__isnull=True)
                | Q(lowest_price_fen__gt=0, lowest_price_fen__lte=F("unit_price_fen")),
                name="order_lowest_price",
            ),
            models.CheckConstraint(
                condition=Q(promised_on__gte=F("ordered_on")), name="order_promised_after_order"
            ),
        ]
        indexes = [models.Index(fields=["supplier", "ordered_on"], name="order_by_supplier")]


class Delivery(SupplyEntry):
    """到货: promised and actual day (None: not there yet), quantity received and accepted."""

    counted_by = "promised_on"

    order = models.ForeignKey(
        SupplyOrder, on_delete=models.PROTECT, verbose_name=_("采购订单"), related_name="deliveries"
    )
    promised_on = models.DateField(_("约定交货日"))
    actual_on = models.DateField(_("实际到货日"), null=True)
    received = models.DecimalField(_("到货数量"), max_digits=14, decimal_places=3)
    accepted = models.DecimalField(_("验收合格数量"), max_digits=14, decimal_places=3)

    class Meta:
        verbose_name = _("到货记录")
        verbose_name_plural = pgettext_lazy("plural", "到货记录")
        ordering = ["-promised_on", "-pk"]
        permissions = [("enter_delivery", _("登记到货"))]
        constraints = [
            *entry_rules("delivery"),
            models.CheckConstraint(
                condition=Q(accepted__gte=0, accepted__lte=F("received")),
                name="delivery_accepted_of_received",
            ),
            models.CheckConstraint(
                condition=Q(actual_on__isnull=True, received=0)
                | Q(actual_on__isnull=False, received__gt=0),
                name="delivery_received_on_a_day",
            ),
        ]
        indexes = [models.Index(fields=["supplier", "promised_on"], name="delivery_by_supplier")]


class AfterSalesCase(SupplyEntry):
    """售后事项: what the supplier has to mend, until when, and when it was done."""

    counted_by = "due_on"

    subject = models.CharField(_("事项"), max_length=200)
    opened_on = models.DateField(_("提出日期"))
    due_on = models.DateField(_("应完成日"))
    closed_on = models.DateField(_("完成日期"), null=True)

    class Meta:
        verbose_name = _("售后事项")
        verbose_name_plural = pgettext_lazy("plural", "售后事项")
        ordering = ["-due_on", "-pk"]
        permissions = [
            ("open_case", _("登记售后事项")),
            ("close_case", _("售后事项办结")),
        ]
        constraints = [
            *entry_rules("case"),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opened_on"))
                & (Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on"))),
                name="case_days_in_order",
            ),
        ]
        indexes = [models.Index(fields=["supplier", "due_on"], name="case_by_supplier")]


class Evaluation(SupplyEntry):
    """施工验收评价: the acceptance score that connection works gives a contractor, 0 to 100."""

    counted_by = "accepted_on"

    work = models.CharField(_("工程项目"), max_length=120)
    accepted_on = models.DateField(_("验收日期"))
    score = models.DecimalField(_("评分"), max_digits=5, decimal_places=2)
    remark = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("施工验收评价")
        verbose_name_plural = pgettext_lazy("plural", "施工验收评价")
        ordering = ["-accepted_on", "-pk"]
        permissions = [("record_evaluation", _("登记施工验收评价"))]
        constraints = [
            *entry_rules("evaluation"),
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=100), name="evaluation_in_percent"
            ),
        ]
        indexes = [models.Index(fields=["supplier", "accepted_on"], name="evaluation_by_supplier")]


class WageDeduction(SupplyEntry):
    """欠薪扣款: what is deducted from a works payment because the wage agreement was breached."""

    counted_by = "breached_on"

    work = models.CharField(_("工程项目"), max_length=120)
    breached_on = models.DateField(_("违约日期"))
    amount_fen = models.BigIntegerField(_("扣款（分）"))
    facts = models.CharField(_("违约事实"), max_length=200)

    class Meta:
        verbose_name = _("欠薪扣款")
        verbose_name_plural = pgettext_lazy("plural", "欠薪扣款")
        ordering = ["-breached_on", "-pk"]
        permissions = [("deduct_wages", _("登记欠薪扣款"))]
        constraints = [
            *entry_rules("deduction"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="deduction_above_zero"),
        ]
        indexes = [models.Index(fields=["supplier", "breached_on"], name="deduction_by_supplier")]
