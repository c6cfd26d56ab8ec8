from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.place import Building, HeatStation
from customers.models.tariff_category import TariffCategory
from office.models import Company
from office.scope import CompanyScope
from office.tables.history import keep_history


class Premise(models.Model):
    """户: the rooms behind one door, to which heat is supplied."""

    # The building's, repeated for the lists; `check_ledger` proves that they agree.
    company = models.ForeignKey(
        Company,
        on_delete=models.PROTECT,
        verbose_name=_("公司"),
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    # Proved in sets: migration 0007.
    building = models.ForeignKey(
        Building,
        on_delete=models.PROTECT,
        verbose_name=_("楼栋"),
        related_name="premises",
        db_constraint=False,
        db_index=False,
    )
    unit = models.CharField(_("单元"), max_length=20, blank=True)
    room = models.CharField(_("房号"), max_length=20)
    # Proved in sets: migration 0007.
    heat_station = models.ForeignKey(
        HeatStation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("换热站"),
        related_name="premises",
        db_constraint=False,
    )
    address = models.CharField(_("地址"), max_length=160, help_text=_("小区、楼号、单元、房号连写"))

    objects = CompanyScope["Premise"].as_manager()

    class Meta:
        verbose_name = _("用热地点")
        verbose_name_plural = pgettext_lazy("plural", "用热地点")
        constraints = [
            models.UniqueConstraint(
                fields=["building", "unit", "room"], name="one_premise_per_door"
            )
        ]

    def __str__(self) -> str:
        return self.address


@keep_history()
class AreaLine(models.Model):
    """One area of a premise with its own tariff category: flat, shop, attic.

    Areas are in m², heights in m. The area counts from `starts` until before `ends`.
    """

    company_path = "premise__company"

    # Proved in sets: migration 0007.
    premise = models.ForeignKey(
        Premise,
        on_delete=models.PROTECT,
        verbose_name=_("用热地点"),
        related_name="area_lines",
        db_constraint=False,
        db_index=False,
    )
    ordinal = models.PositiveSmallIntegerField(_("序号"), default=1)
    # Proved in sets: migration 0007.
    category = models.ForeignKey(
        TariffCategory,
        on_delete=models.PROTECT,
        verbose_name=_("热价类别"),
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    building_area = models.DecimalField(
        _("建筑面积"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    inner_area = models.DecimalField(
        _("套内面积"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    usable_area = models.DecimalField(
        _("使用面积"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    charge_area = models.DecimalField(
        _("计费面积"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    height = models.DecimalField(_("层高"), max_digits=5, decimal_places=2, null=True, blank=True)
    starts = models.DateField(_("起"))
    ends = models.DateField(_("止"), null=True, blank=True)

    objects = CompanyScope["AreaLine"].as_manager()

    class Meta:
        verbose_name = _("面积明细")
        verbose_name_plural = pgettext_lazy("plural", "面积明细")
        ordering = ["premise", "ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["premise", "ordinal", "starts"], name="one_area_line_per_ordinal"
            ),
            models.CheckConstraint(
                condition=Q(building_area__gt=0)
                | Q(inner_area__gt=0)
                | Q(usable_area__gt=0)
                | Q(charge_area__gt=0),
                name="area_line_has_an_area",
            ),
            models.CheckConstraint(
                condition=~Q(building_area__lte=0)
                & ~Q(inner_area__lte=0)
                & ~Q(usable_area__lte=0)
                & ~Q(charge_area__lte=0),
                name="areas_above_zero",
            ),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gt=models.F("starts")),
                name="area_line_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.building_area} m²"
