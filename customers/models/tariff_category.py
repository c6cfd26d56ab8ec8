from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models import Company
from office.scope import CompanyScope
from office.tables.history import keep_history


@keep_history()
class TariffCategory(models.Model):
    """热价类别: the class of use that a published price is for (居民住宅, 非居民, 宾馆饭店, …)."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="tariff_categories"
    )
    name = models.CharField(_("名称"), max_length=40)
    residential = models.BooleanField(_("居民"), help_text=_("居民供热免征增值税，单独核算"))

    objects = CompanyScope["TariffCategory"].as_manager()

    class Meta:
        verbose_name = _("热价类别")
        verbose_name_plural = pgettext_lazy("plural", "热价类别")
        ordering = ["company", "-residential", "name"]
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="one_category_per_name")
        ]

    def __str__(self) -> str:
        return self.name
