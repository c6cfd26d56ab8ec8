from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Company(models.Model):
    """供热公司: an operating company, to which prices, seasons and permissions belong."""

    # Two characters: the numbers of bills and receipts begin with them.
    code = models.CharField(
        _("编码"), max_length=2, unique=True, validators=[RegexValidator(r"^[0-9A-Z]{2}$")]
    )
    name = models.CharField(_("名称"), max_length=60, unique=True)
    short_name = models.CharField(_("简称"), max_length=20)
    name_en = models.CharField(_("英文名称"), max_length=120)
    address = models.CharField(_("地址"), max_length=120, blank=True)
    hotline = models.CharField(_("服务热线"), max_length=20, blank=True)
    # Money that came in before is not entered here.
    books_begin_on = models.DateField(_("建账日"), null=True, blank=True)
    is_head_office = models.BooleanField(_("集团总部"), default=False)

    class Meta:
        verbose_name = _("供热公司")
        verbose_name_plural = pgettext_lazy("plural", "供热公司")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.short_name
