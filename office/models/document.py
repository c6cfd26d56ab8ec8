from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models.company import Company
from office.models.user import User
from office.scope import CompanyScope


class Document(models.Model):
    """A file kept with a record: frozen, identified by its sha256, seen only within its company.

    PostgreSQL refuses to change it, and to delete it until after `kept_until`.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    kind = models.CharField(_("种类"), max_length=40)
    title = models.CharField(_("标题"), max_length=120)
    file = models.FileField(_("文件"), upload_to="documents/%Y/%m/")
    content_type = models.CharField(_("类型"), max_length=80)
    size = models.PositiveIntegerField(_("字节"))
    sha256 = models.CharField(max_length=64, db_index=True)
    record_type = models.ForeignKey(
        ContentType, on_delete=models.PROTECT, verbose_name=_("对象类型"), related_name="+"
    )
    record_id = models.BigIntegerField(_("对象"))
    permission = models.CharField(_("查看权限"), max_length=80, blank=True)
    uploaded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("上传人"), related_name="+"
    )
    uploaded_at = models.DateTimeField(_("上传时间"))
    # Nothing for ever; older rows have none.
    kept_until = models.DateField(_("保存至"), null=True)

    objects = CompanyScope["Document"].as_manager()

    class Meta:
        permissions = [
            ("attach_document", _("上传档案")),
        ]
        verbose_name = _("档案")
        verbose_name_plural = pgettext_lazy("plural", "档案")
        indexes = [models.Index(fields=["record_type", "record_id"])]

    def __str__(self) -> str:
        return self.title
