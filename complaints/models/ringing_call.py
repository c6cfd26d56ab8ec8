from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models import Company, MachineToken, User
from office.scope import CompanyScope


class RingingCall(models.Model):
    """来电: a call that rings at an agent's desk, as the call centre reported it. Append-only."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    machine = models.ForeignKey(
        MachineToken, on_delete=models.PROTECT, verbose_name=_("机器令牌"), related_name="+"
    )
    call_id = models.CharField(_("通话编号"), max_length=64)
    number = models.CharField(_("来电号码"), max_length=20)
    agent = models.ForeignKey(
        User, on_delete=models.PROTECT, verbose_name=_("坐席"), related_name="+"
    )
    rang_at = models.DateTimeField(_("振铃时间"))
    received_at = models.DateTimeField(_("收到时间"))

    objects = CompanyScope["RingingCall"].as_manager()

    class Meta:
        verbose_name = _("来电")
        verbose_name_plural = pgettext_lazy("plural", "来电")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "call_id"], name="one_ringing_per_call")
        ]
        indexes = [models.Index(fields=["agent", "-id"], name="ringing_of_agent")]

    def __str__(self) -> str:
        return self.call_id
