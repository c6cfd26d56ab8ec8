from django.core.validators import RegexValidator
from django.db import models


class Company(models.Model):
    """供热公司: prices, seasons and permissions hang on it."""

    # Two characters: the numbers of bills and receipts begin with them.
    code = models.CharField(
        "编码", max_length=2, unique=True, validators=[RegexValidator(r"^[0-9A-Z]{2}$")]
    )
    name = models.CharField("名称", max_length=60, unique=True)
    short_name = models.CharField("简称", max_length=20)
    name_en = models.CharField("英文名称", max_length=120)
    address = models.CharField("地址", max_length=120, blank=True)
    hotline = models.CharField("服务热线", max_length=20, blank=True)
    is_head_office = models.BooleanField("集团总部", default=False)

    class Meta:
        verbose_name = "供热公司"
        verbose_name_plural = "供热公司"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.short_name
