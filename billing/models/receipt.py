from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.payment import Payment
from office.models import Company
from office.scope import CompanyScope


class Receipt(models.Model):
    """收据: our own proof of a payment, with all its text frozen; append-only.

    `paper` is the whole content as printed; the journal counts the prints.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    payment = models.OneToOneField(
        Payment, on_delete=models.PROTECT, verbose_name=_("收款"), related_name="receipt"
    )
    number = models.CharField(_("收据号"), max_length=32, unique=True)
    issued_at = models.DateTimeField(_("开具时间"))
    amount_fen = models.BigIntegerField(_("金额（分）"))
    verification_code = models.CharField(_("查验码"), max_length=16, unique=True)
    paper = models.JSONField(_("内容"))

    objects = CompanyScope["Receipt"].as_manager()

    class Meta:
        permissions = [
            ("print_receipt", _("打印收据")),
        ]
        verbose_name = _("收据")
        verbose_name_plural = pgettext_lazy("plural", "收据")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number
