from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.scope import CompanyScope
from suppliers.models.sourcing import Invitation


class OfferTrace(models.Model):
    """报价痕迹: what the procurement platform saw of an invited supplier's offer, without a price.

    The rules for collusion leads compare it with the traces of our own page. Append-only; the
    platform's number is unique in a company.
    """

    company_path = "invitation__sourcing__company"

    company = models.ForeignKey(
        "office.Company", on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    number = models.CharField(_("平台编号"), max_length=40)
    invitation = models.ForeignKey(
        Invitation, on_delete=models.PROTECT, verbose_name=_("邀请"), related_name="traces"
    )
    sent_at = models.DateTimeField(_("发出时间"))
    address = models.GenericIPAddressField(_("网络地址"), null=True)
    device = models.CharField(_("设备"), max_length=64, blank=True)
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    account_number = models.CharField(_("保证金账号"), max_length=30, blank=True)
    # A list of objects with `name`, `sha256`, `author` and `template`.
    files = models.JSONField(_("报价文件"), default=list)
    entered_at = models.DateTimeField(_("登记时间"))

    objects = CompanyScope["OfferTrace"].as_manager()

    class Meta:
        verbose_name = _("报价痕迹")
        verbose_name_plural = pgettext_lazy("plural", "报价痕迹")
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="offer_trace_once")
        ]

    def __str__(self) -> str:
        return self.number
