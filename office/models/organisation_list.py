from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models.company import Company
from office.models.job import Job
from office.models.user import User
from office.scope import CompanyScope


class OrganisationListKind(models.TextChoices):
    """What a list holds, one row each."""

    POSTS = "posts", _("岗位清单")
    PEOPLE = "people", _("任职清单")


class OrganisationList(models.Model):
    """组织架构清单: a list of posts or people as it was handed in, with the result; the row never
    changes.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    kind = models.CharField(_("清单"), max_length=10, choices=OrganisationListKind)
    file_name = models.CharField(_("文件名"), max_length=200)
    file = models.FileField(_("文件"), upload_to="organisation-lists/%Y/%m/")
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
    refused_file = models.FileField(
        _("待更正文件"), upload_to="organisation-lists/%Y/%m/", blank=True
    )

    objects = CompanyScope["OrganisationList"].as_manager()

    class Meta:
        permissions = [("import_organisation_list", _("导入组织架构清单"))]
        verbose_name = _("组织架构清单导入")
        verbose_name_plural = pgettext_lazy("plural", "组织架构清单导入")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name
