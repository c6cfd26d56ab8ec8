from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models import Company
from office.scope import CompanyScope


class HeatSource(models.Model):
    """热源: a plant or a boiler house that feeds heat stations."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="heat_sources"
    )
    name = models.CharField(_("名称"), max_length=60)

    objects = CompanyScope["HeatSource"].as_manager()

    class Meta:
        verbose_name = _("热源")
        verbose_name_plural = pgettext_lazy("plural", "热源")
        ordering = ["company", "name"]
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="one_source_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class HeatStation(models.Model):
    """换热站: the station that passes heat on to a part of the secondary network."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="heat_stations"
    )
    name = models.CharField(_("名称"), max_length=60)
    # Account lists do not name it: a station is without one until somebody draws the network.
    heat_source = models.ForeignKey(
        HeatSource,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("热源"),
        related_name="heat_stations",
    )

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
    """小区: the residential area, under the name that customers and repairers use."""

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
    """楼: a building of a community."""

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


class Loop(models.Model):
    """二次网环路: a circuit of the secondary network, from its station to buildings and back."""

    company_path = "heat_station__company"

    heat_station = models.ForeignKey(
        HeatStation, on_delete=models.PROTECT, verbose_name=_("换热站"), related_name="loops"
    )
    name = models.CharField(_("名称"), max_length=60)
    # Many to many, because a tower has two loops, for its low and its high floors, sometimes of two
    # stations. No list says which floor has which loop: each loop counts for the whole building,
    # since a notice too many does less harm than one too few.
    buildings = models.ManyToManyField(
        Building, blank=True, verbose_name=_("楼栋"), related_name="loops"
    )

    objects = CompanyScope["Loop"].as_manager()

    class Meta:
        verbose_name = _("二次网环路")
        verbose_name_plural = pgettext_lazy("plural", "二次网环路")
        ordering = ["heat_station", "name"]
        constraints = [
            models.UniqueConstraint(fields=["heat_station", "name"], name="one_loop_per_name")
        ]

    def __str__(self) -> str:
        return f"{self.heat_station} {self.name}"

    @property
    def company(self) -> Company:
        """Returns the company of the station."""
        return self.heat_station.company
