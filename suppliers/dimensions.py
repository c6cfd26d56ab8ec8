"""The words of the annual rating that records and rules share."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Dimension(models.TextChoices):
    """What a supplier is rated on, in the order of the published report."""

    QUALITY = "quality", _("质量")
    CONTRACT = "contract", _("履约")
    DELIVERY = "delivery", _("交货")
    AFTER_SALES = "after_sales", _("售后服务")
    PRICE = "price", _("价格")


class WithoutData(models.TextChoices):
    """What a dimension without a score does to the total."""

    NOT_RATED = "not_rated", _("不予评级")
    SPREAD = "spread", _("权重按比例分给其他各项")


class RatingClass(models.TextChoices):
    """The outcome of a year's rating."""

    EXCELLENT = "excellent", _("优秀")
    QUALIFIED = "qualified", _("合格")
    UNQUALIFIED = "unqualified", _("不合格")
    NOT_RATED = "not_rated", _("未评级")
