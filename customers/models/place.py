from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models import Company
from office.scope import CompanyScope


class HeatStation(models.Model):
    """换热站: where a stretch of the secondary network gets its heat."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="heat_stations"
    )
    name = models.CharField(_("名称"), max_length=60)

    objects = CompanyScope["HeatStation"].as_manager()

    class Meta:
        verbose_name = _("换热站")
        verbose_name_plural = pgettext_lazy("plural", "换热站")
        ordering = ["company", "name"]
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="one_station_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class Community(models.Model):
    """小区: the name by which customers and repairers know the place."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="communities"
    )
    name = models.CharField(_("名称"), max_length=60)

    objects = CompanyScope["Community"].as_manager()

    class Meta:
        verbose_name = _("小区")
        verbose_name_plural = pgettext_lazy("plural", "小区")
        ordering = ["company", "name"]
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="one_community_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class Building(models.Model):
    """楼 in a community."""

    company_path = "community__company"

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, verbose_name=_("小区"), related_name="buildings"
    )
    name = models.CharField(_("楼号"), max_length=30)

    objects = CompanyScope["Building"].as_manager()

    class Meta:
        verbose_name = _("楼栋")
        verbose_name_plural = pgettext_lazy("plural", "楼栋")
        ordering = ["community", "name"]
        constraints = [
            models.UniqueConstraint(fields=["community", "name"], name="one_building_per_name")
        ]

    def __str__(self) -> str:
        return f"{self.community}{self.name}"
