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


class Aspect(models.TextChoices):
    """What the panel looks at face to face, in the order of the published report."""

    BRAND = "brand", _("品牌")
    SCALE = "scale", _("规模")
    QUALIFICATION = "qualification", _("资质")
    CAPACITY = "capacity", _("产能")
    SERVICE = "service", _("服务")
    FUNDS = "funds", _("垫资能力")


class PanelDepartment(models.TextChoices):
    """The departments that send people to the panel."""

    PROCUREMENT = "procurement", _("采购部")
    TECHNICAL = "technical", _("技术部")
    OPERATIONS = "operations", _("运营部")
    CONSTRUCTION = "construction", _("工程部")
    FINANCE = "finance", _("财务部")


# Of how many departments each supplier on the panel's list needs a sheet.
LEAST_DEPARTMENTS = 2
