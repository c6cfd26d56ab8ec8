from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models import Company, User
from office.scope import CompanyScope


class Alarm(models.Model):
    """A doubt about money that a person must look at and close with a recorded decision."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, null=True, verbose_name=_("公司"), related_name="+"
    )
    kind = models.CharField(_("种类"), max_length=40)
    key = models.CharField(_("唯一键"), max_length=120, unique=True)
    sentence = models.CharField(_("说明"), max_length=300)
    facts = models.JSONField(_("事实"), default=dict)
    raised_at = models.DateTimeField(_("发生时间"))
    resolved_at = models.DateTimeField(_("处理时间"), null=True)
    resolved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("处理人"), related_name="+"
    )
    decision = models.CharField(_("处理意见"), max_length=300, blank=True)

    objects = CompanyScope["Alarm"].as_manager()

    class Meta:
        permissions = [
            ("resolve_alarm", _("处理资金告警")),
        ]
        verbose_name = _("资金告警")
        verbose_name_plural = pgettext_lazy("plural", "资金告警")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.sentence
