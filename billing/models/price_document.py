from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.states import PriceDocumentState
from customers.models import TariffCategory
from office.models import Company
from office.scope import CompanyScope
from office.tables.history import keep_history


class PriceUnit(models.TextChoices):
    """What a price is multiplied by: area and months, area and season, or area and days."""

    M2_MONTH = "m2_month", _("元/m²·月")
    M2_SEASON = "m2_season", _("元/m²·季")
    M2_DAY = "m2_day", _("元/m²·日")


class AreaBasis(models.TextChoices):
    """The kind of area that a price is charged on."""

    BUILDING = "building", _("建筑面积")
    INNER = "inner", _("套内面积")
    USABLE = "usable", _("使用面积")
    CHARGE = "charge", _("计费面积")


class HeightRounding(models.TextChoices):
    """How the part of a step of height is counted."""

    FLOOR = "floor", _("不足一级不计")
    CEIL = "ceil", _("不足一级按一级")
    PRORATA = "prorata", _("按比例")


@keep_history()
class PriceDocument(models.Model):
    """热价文件: the published paper on which prices rest.

    A published document never changes; a new price is a new document.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="price_documents"
    )
    number = models.CharField(_("文号"), max_length=60)
    title = models.CharField(_("标题"), max_length=120)
    issuer = models.CharField(_("发文机关"), max_length=80)
    issued_on = models.DateField(_("发文日期"))
    effective_from = models.DateField(_("执行日期"))
    state = models.CharField(
        _("状态"), max_length=10, choices=PriceDocumentState, default=PriceDocumentState.DRAFT
    )
    stop_heat_ratio = models.DecimalField(
        _("报停基本费比例"), max_digits=5, decimal_places=4, null=True, blank=True
    )
    base_height = models.DecimalField(
        _("基准层高 (m)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    height_step = models.DecimalField(
        _("超高级差 (m)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    percent_per_step = models.DecimalField(
        _("每级加收 %"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    height_rounding = models.CharField(
        _("超高取整"), max_length=8, choices=HeightRounding, default=HeightRounding.FLOOR
    )
    height_cap_percent = models.DecimalField(
        _("加收上限 %"), max_digits=6, decimal_places=2, null=True, blank=True
    )

    objects = CompanyScope["PriceDocument"].as_manager()

    class Meta:
        permissions = [
            ("publish_price_document", _("发布热价文件")),
        ]
        verbose_name = _("热价文件")
        verbose_name_plural = pgettext_lazy("plural", "热价文件")
        ordering = ["company", "-effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="one_price_document"),
            models.CheckConstraint(
                condition=models.Q(
                    base_height__isnull=True,
                    height_step__isnull=True,
                    percent_per_step__isnull=True,
                )
                | models.Q(base_height__gt=0, height_step__gt=0, percent_per_step__gt=0),
                name="over_height_rule_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.number


@keep_history()
class Tariff(models.Model):
    """One price of a document for a category, in yuan per unit, VAT included."""

    company_path = "document__company"

    document = models.ForeignKey(
        PriceDocument, on_delete=models.PROTECT, verbose_name=_("热价文件"), related_name="tariffs"
    )
    category = models.ForeignKey(
        TariffCategory, on_delete=models.PROTECT, verbose_name=_("热价类别"), related_name="tariffs"
    )
    unit = models.CharField(_("计价单位"), max_length=10, choices=PriceUnit)
    area_basis = models.CharField(
        _("面积口径"), max_length=10, choices=AreaBasis, default=AreaBasis.BUILDING
    )
    amount = models.DecimalField(_("单价 (元)"), max_digits=10, decimal_places=4)
    vat_rate = models.DecimalField(
        _("增值税率"), max_digits=4, decimal_places=4, default=0, help_text=_("0 为免税")
    )

    objects = CompanyScope["Tariff"].as_manager()

    class Meta:
        verbose_name = _("热价")
        verbose_name_plural = pgettext_lazy("plural", "热价")
        ordering = ["document", "category"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "category"], name="one_tariff_per_category"
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="tariff_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.amount} {self.get_unit_display()}"
