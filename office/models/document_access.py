from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models.document import Document
from office.models.user import User
from office.scope import CompanyScope


class AccessOutcome(models.TextChoices):
    OPENED = "opened", _("已打开")
    ALTERED = "altered", _("内容被改动，已拒绝")
    MISSING = "missing", _("文件丢失")


class DocumentAccess(models.Model):
    """调阅: who opened a document, when, from where, and whether the file was intact.
    Append-only.
    """

    company_path = "document__company"

    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, verbose_name=_("档案"), related_name="accesses"
    )
    at = models.DateTimeField(_("时间"), db_index=True)
    actor = models.CharField(_("调阅人"), max_length=150)
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("员工"), related_name="+"
    )
    origin = models.CharField(_("来源地址"), max_length=64, blank=True)
    outcome = models.CharField(_("结果"), max_length=8, choices=AccessOutcome)

    objects = CompanyScope["DocumentAccess"].as_manager()

    class Meta:
        verbose_name = _("档案调阅")
        verbose_name_plural = pgettext_lazy("plural", "档案调阅")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["-id"],
                condition=~models.Q(outcome=AccessOutcome.OPENED),
                name="document_access_damaged",
            )
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.at:%Y-%m-%d %H:%M}"
