from django.db import models

from billing.models.payment import Payment
from office.models import Company
from office.scope import CompanyScope


class Receipt(models.Model):
    """收据: our own proof of a payment. Frozen with all it says; append-only.

    `paper` is the whole content as printed; reprints are counted in the journal.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name="公司", related_name="+"
    )
    payment = models.OneToOneField(
        Payment, on_delete=models.PROTECT, verbose_name="收款", related_name="receipt"
    )
    number = models.CharField("收据号", max_length=32, unique=True)
    issued_at = models.DateTimeField("开具时间")
    amount_fen = models.BigIntegerField("金额（分）")
    verification_code = models.CharField("验证码", max_length=16, unique=True)
    paper = models.JSONField("内容")

    objects = CompanyScope["Receipt"].as_manager()

    class Meta:
        permissions = [
            ("print_receipt", "打印收据"),
        ]
        verbose_name = "收据"
        verbose_name_plural = "收据"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number
