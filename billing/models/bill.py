from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.adjustment import Adjustment
from billing.models.billing_run import BillingRun
from billing.models.price_document import AreaBasis, PriceUnit, Tariff
from billing.models.season import HeatingSeason
from customers.models import Account, AreaLine, Customer, SupplyContract
from office.models import Company
from office.scope import CompanyScope


class BillKind(models.TextChoices):
    """What a bill is for."""

    SEASON = "season", _("采暖费")
    OPENING = "opening", _("期初欠费")
    SUPPLEMENT = "supplement", _("补收账单")
    CREDIT = "credit", _("贷项通知单")


class Bill(models.Model):
    """账单: what an account owes for a season; a frozen snapshot, corrected by another document.

    The table is partitioned by season (see migration 0001): its real primary key is (season, id),
    and rows are never changed or deleted. An account has one season bill and one of opening arrears
    a season, and any number of adjustments: the database has one bill for each (account, season,
    kind, adjustment) (migration 0013). The amounts of a credit note are below zero.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    season = models.ForeignKey(
        HeatingSeason, on_delete=models.PROTECT, verbose_name=_("采暖季"), related_name="bills"
    )
    number = models.CharField(_("账单号"), max_length=24)
    kind = models.CharField(_("种类"), max_length=10, choices=BillKind)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, verbose_name=_("户号"), related_name="bills"
    )
    contract = models.ForeignKey(
        SupplyContract, on_delete=models.PROTECT, verbose_name=_("合同"), related_name="bills"
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, verbose_name=_("付款人"), related_name="bills"
    )
    run = models.ForeignKey(
        BillingRun,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("批次"),
        related_name="bills",
    )
    adjustment = models.ForeignKey(
        Adjustment,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("调整单"),
        related_name="bills",
        db_index=False,
    )
    amount_fen = models.BigIntegerField(_("金额（分）"))
    tax_fen = models.BigIntegerField(_("其中税额（分）"), default=0)
    due_on = models.DateField(_("缴费截止日"))
    issued_at = models.DateTimeField(_("出账时间"))
    account_number = models.CharField(_("户号"), max_length=20)
    customer_name = models.CharField(_("户名"), max_length=80)
    address = models.CharField(_("地址"), max_length=160)

    objects = CompanyScope["Bill"].as_manager()

    class Meta:
        permissions = [
            ("print_bill", _("打印缴费通知单")),
        ]
        verbose_name = _("账单")
        verbose_name_plural = pgettext_lazy("plural", "账单")
        ordering = ["-season_id", "-id"]

    def __str__(self) -> str:
        return self.number


class BillLine(models.Model):
    """One line of a bill with every factor that explains its amount.

    amount = area × (100 + over_height_percent) % × unit_price × periods, rounded once to the fen;
    for a stopped season that, times ratio, rounded again. An area that was charged for a part of
    the season names its first day and its days, and bears charged_days / season_days of it.
    """

    company_path = "bill__company"

    season = models.ForeignKey(HeatingSeason, on_delete=models.PROTECT, related_name="+")
    bill = models.ForeignKey(
        Bill, on_delete=models.PROTECT, related_name="lines", db_constraint=False
    )
    ordinal = models.PositiveSmallIntegerField(_("序号"))
    area_line = models.ForeignKey(AreaLine, on_delete=models.PROTECT, related_name="+")
    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="+")
    category_name = models.CharField(_("热价类别"), max_length=40)
    area_basis = models.CharField(_("面积口径"), max_length=10, choices=AreaBasis)
    area = models.DecimalField(_("面积"), max_digits=10, decimal_places=2)
    height = models.DecimalField(_("层高"), max_digits=5, decimal_places=2, null=True)
    over_height_percent = models.DecimalField(_("超高加收 %"), max_digits=9, decimal_places=4)
    unit = models.CharField(_("计价单位"), max_length=10, choices=PriceUnit)
    unit_price = models.DecimalField(_("单价"), max_digits=10, decimal_places=4)
    periods = models.DecimalField(_("期数"), max_digits=6, decimal_places=2)
    charged_from = models.DateField(_("计费起日"), null=True)
    charged_days = models.SmallIntegerField(_("计费天数"), null=True)
    season_days = models.SmallIntegerField(_("采暖季天数"), null=True)
    ratio = models.DecimalField(_("收取比例"), max_digits=5, decimal_places=4)
    vat_rate = models.DecimalField(_("税率"), max_digits=4, decimal_places=4)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    tax_fen = models.BigIntegerField(_("税额（分）"))

    objects = CompanyScope["BillLine"].as_manager()

    class Meta:
        verbose_name = _("账单明细")
        verbose_name_plural = pgettext_lazy("plural", "账单明细")
        ordering = ["bill", "ordinal"]

    def __str__(self) -> str:
        return f"{self.category_name} {self.amount_fen}"
