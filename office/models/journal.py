from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models.company import Company
from office.models.user import User
from office.scope import CompanyScope


class JournalEntry(models.Model):
    """A line of the journal: who did what to which record, when, from where, with which facts.

    Append-only.
    """

    at = models.DateTimeField(_("时间"), db_index=True)
    actor = models.CharField(_("经办"), max_length=80)
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("员工"), related_name="+"
    )
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, null=True, verbose_name=_("公司"), related_name="+"
    )
    action = models.CharField(_("动作"), max_length=60)
    record_type = models.ForeignKey(
        ContentType, on_delete=models.PROTECT, verbose_name=_("对象类型"), related_name="+"
    )
    record_id = models.BigIntegerField(_("对象"))
    facts = models.JSONField(_("事实"), default=dict)
    origin = models.CharField(_("来源"), max_length=80, blank=True)

    objects = CompanyScope["JournalEntry"].as_manager()

    class Meta:
        verbose_name = _("操作日志")
        verbose_name_plural = pgettext_lazy("plural", "操作日志")
        ordering = ["-id"]
        indexes = [models.Index(fields=["record_type", "record_id", "-id"])]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
