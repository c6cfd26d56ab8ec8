from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models import Company, Job, User
from office.scope import CompanyScope


class ListKind(models.TextChoices):
    """What a list holds, one row each."""

    SUPPLIERS = "suppliers", _("供应商名录")
    ORDERS = "orders", _("采购订单")
    DELIVERIES = "deliveries", _("到货记录")


class SupplyList(models.Model):
    """供货清单: a list of suppliers or dealings as it was handed in, with the result; the row never
    changes.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    kind = models.CharField(_("清单"), max_length=10, choices=ListKind)
    file_name = models.CharField(_("文件名"), max_length=200)
    file = models.FileField(_("文件"), upload_to="supply-lists/%Y/%m/")
    sha256 = models.CharField(max_length=64)
    dry_run = models.BooleanField(_("仅预览"))
    job = models.ForeignKey(
        Job, on_delete=models.PROTECT, null=True, verbose_name=_("任务"), related_name="+"
    )
    imported_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("经办"), related_name="+"
    )
    imported_at = models.DateTimeField(_("时间"))
    report = models.JSONField(_("结果"), default=dict)
    refused_file = models.FileField(_("待更正文件"), upload_to="supply-lists/%Y/%m/", blank=True)

    objects = CompanyScope["SupplyList"].as_manager()

    class Meta:
        permissions = [("import_supply_list", _("导入供货清单"))]
        verbose_name = _("供货清单导入")
        verbose_name_plural = pgettext_lazy("plural", "供货清单导入")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name
