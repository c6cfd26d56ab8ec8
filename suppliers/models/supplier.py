from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.tables.history import keep_history


class Region(models.TextChoices):
    """The seven regions by which the yearly report counts suppliers."""

    NORTHEAST = "northeast", _("东北")
    NORTH = "north", _("华北")
    EAST = "east", _("华东")
    SOUTH = "south", _("华南")
    CENTRAL = "central", _("华中")
    SOUTHWEST = "southwest", _("西南")
    NORTHWEST = "northwest", _("西北")


class TraitKind(models.TextChoices):
    """What two suppliers may have in common without being independent of each other."""

    REPRESENTATIVE = "representative", _("法定代表人")
    OWNER = "owner", _("股东")
    PHONE = "phone", _("电话")
    ADDRESS = "address", _("地址")
    ACCOUNT = "account", _("银行账号")


@keep_history()
class Supplier(models.Model):
    """供应商: a legal entity the group may buy from; it belongs to the group, not to a company.

    A record that was merged names the one that took its place and takes part in nothing new.
    """

    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    representative = models.CharField(_("法定代表人"), max_length=40)
    region = models.CharField(_("地区"), max_length=10, choices=Region)
    address = models.CharField(_("注册地址"), max_length=120)
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    founded_on = models.DateField(_("成立日期"), null=True, blank=True)
    remark = models.CharField(_("备注"), max_length=200, blank=True)
    registered_at = models.DateTimeField(_("建档时间"))
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("并入"),
        related_name="merged",
    )

    class Meta:
        verbose_name = _("供应商")
        verbose_name_plural = pgettext_lazy("plural", "供应商")
        ordering = ["name", "pk"]
        permissions = [
            ("register_supplier", _("供应商建档")),
            ("change_supplier_facts", _("修改供应商档案")),
            ("merge_suppliers", _("合并供应商")),
            ("declare_relation", _("登记供应商关联关系")),
        ]
        constraints = [
            # However it was typed, the code is kept in one form: width, case and spaces are gone.
            models.CheckConstraint(
                condition=Q(
                    credit_code__regex=r"^[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}$"
                ),
                name="supplier_credit_code_form",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")), name="supplier_not_in_itself"
            ),
        ]
        indexes = [models.Index(fields=["region"], name="supplier_region")]

    def __str__(self) -> str:
        return self.name


@keep_history()
class SupplierOwner(models.Model):
    """股东: a person or firm that owns a part of the supplier."""

    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, verbose_name=_("供应商"), related_name="owners"
    )
    name = models.CharField(_("股东"), max_length=80)
    share_percent = models.DecimalField(
        _("持股比例"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(100))],
    )

    class Meta:
        verbose_name = _("股东")
        verbose_name_plural = pgettext_lazy("plural", "股东")
        ordering = ["supplier", "-share_percent", "name"]
        constraints = [
            models.UniqueConstraint(fields=["supplier", "name"], name="owner_once_per_supplier")
        ]

    def __str__(self) -> str:
        return self.name


@keep_history()
class SupplierContact(models.Model):
    """联系人: whom procurement calls."""

    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, verbose_name=_("供应商"), related_name="contacts"
    )
    name = models.CharField(_("姓名"), max_length=40)
    duty = models.CharField(_("职务"), max_length=40, blank=True)
    phone = models.CharField(_("电话"), max_length=20)

    class Meta:
        verbose_name = _("联系人")
        verbose_name_plural = pgettext_lazy("plural", "联系人")
        ordering = ["supplier", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "name", "phone"], name="contact_once_per_supplier"
            )
        ]

    def __str__(self) -> str:
        return self.name


class SupplierTrait(models.Model):
    """A normalised value by which relations between suppliers are found in one index.

    The operations of the registry write the traits of a supplier anew with each change.
    """

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="traits")
    kind = models.CharField(max_length=14, choices=TraitKind)
    value = models.CharField(max_length=120)

    class Meta:
        verbose_name = _("关联特征")
        verbose_name_plural = pgettext_lazy("plural", "关联特征")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "value", "supplier"], name="trait_once_per_supplier"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"


class DeclaredRelation(models.Model):
    """关联关系: what somebody knows of two suppliers and no figure shows."""

    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, verbose_name=_("供应商"), related_name="+"
    )
    related = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, verbose_name=_("关联供应商"), related_name="+"
    )
    reason = models.CharField(_("依据"), max_length=200)
    declared_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("登记人"), related_name="+"
    )
    declared_at = models.DateTimeField(_("登记时间"))
    ended_at = models.DateTimeField(_("解除时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("关联关系")
        verbose_name_plural = pgettext_lazy("plural", "关联关系")
        ordering = ["-pk"]
        constraints = [
            # The lower number first: the pair stands in the table once, whoever was named first.
            models.CheckConstraint(
                condition=Q(supplier__lt=F("related")), name="relation_lower_first"
            ),
            models.UniqueConstraint(
                fields=["supplier", "related"],
                condition=Q(ended_at__isnull=True),
                name="relation_declared_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier} – {self.related}"
