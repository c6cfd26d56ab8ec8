from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Community, HeatStation
from office.models import Company, User
from office.scope import CompanyScope


class Crew(models.Model):
    """班组: repairers who are sent together, and the area they are responsible for."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    name = models.CharField(_("名称"), max_length=40)
    members = models.ManyToManyField(User, verbose_name=_("成员"), blank=True, related_name="crews")
    communities = models.ManyToManyField(
        Community, verbose_name=_("负责小区"), blank=True, related_name="crews"
    )
    heat_stations = models.ManyToManyField(
        HeatStation, verbose_name=_("负责换热站"), blank=True, related_name="crews"
    )
    active = models.BooleanField(_("在用"), default=True)

    objects = CompanyScope["Crew"].as_manager()

    class Meta:
        verbose_name = _("班组")
        verbose_name_plural = pgettext_lazy("plural", "班组")
        ordering = ["company", "name"]
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="one_crew_per_name")
        ]

    def __str__(self) -> str:
        return self.name
