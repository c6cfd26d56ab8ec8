from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CategoryKind(models.TextChoices):
    """What is bought; terms of contracts and gates of papers differ by it."""

    EQUIPMENT = "equipment", _("设备")
    MATERIAL = "material", _("材料")
    FUEL = "fuel", _("燃料")
    WORKS = "works", _("工程施工")
    SERVICE = "service", _("服务")


class SupplyCategory(models.Model):
    """采购类别: a node of the tree of what the group buys; suppliers qualify for leaves of it."""

    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("上级类别"),
        related_name="children",
    )
    code = models.CharField(
        _("编码"),
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"^[0-9A-Z]+([.-][0-9A-Z]+)*$")],
    )
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("种类"), max_length=10, choices=CategoryKind)
    in_use = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = _("采购类别")
        verbose_name_plural = pgettext_lazy("plural", "采购类别")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="category_not_below_itself"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
