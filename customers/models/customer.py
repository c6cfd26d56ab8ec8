from django.db import models
from django.db.models import Q
from django.db.models.functions import Reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.identity import mask_id_number
from office.models import Company
from office.scope import CompanyScope
from office.sealing import digest, seal, unseal
from office.tables.history import keep_history

ID_NUMBER = "customers.id_number"


class CustomerKind(models.TextChoices):
    RESIDENT = "resident", _("居民")
    PROPERTY = "property", _("物业公司")
    COMMERCIAL = "commercial", _("商业经营")
    GOVERNMENT = "government", _("机关")
    SCHOOL = "school", _("学校")
    HOSPITAL = "hospital", _("医院")
    TRANSPORT = "transport", _("机场车站")
    OTHER = "other", _("其他非居民")


@keep_history(leave_out=["id_sealed", "id_digest"])
class Customer(models.Model):
    """用户: a person or an organisation that uses or pays for heat.

    The ID number or credit code is encrypted in the database and looked up by its keyed digest.
    """

    # Proved in sets: migration 0007.
    company = models.ForeignKey(
        Company,
        on_delete=models.PROTECT,
        verbose_name=_("公司"),
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    kind = models.CharField(_("类型"), max_length=12, choices=CustomerKind)
    name = models.CharField(_("户名"), max_length=80)
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    id_sealed = models.CharField(_("证件号码（密）"), max_length=160, blank=True, editable=False)
    id_digest = models.CharField(_("证件索引"), max_length=32, blank=True, editable=False)
    low_income = models.BooleanField(_("低保"), default=False)
    remark = models.CharField(_("备注"), max_length=200, blank=True)

    objects = CompanyScope["Customer"].as_manager()

    class Meta:
        permissions = [
            ("reveal_customer", _("查看完整证件和电话")),
        ]
        verbose_name = _("用户")
        verbose_name_plural = pgettext_lazy("plural", "用户")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "id_digest"],
                condition=~Q(id_digest=""),
                name="one_customer_per_id_number",
            )
        ]
        indexes = [
            models.Index(fields=["name"], opclasses=["text_pattern_ops"], name="customer_name"),
            models.Index(fields=["phone"], name="customer_phone"),
            models.Index(Reverse("phone"), name="customer_phone_tail"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def id_number(self) -> str:
        """Returns the ID number or credit code in clear; an empty text when none is recorded."""
        return unseal(self.id_sealed, ID_NUMBER) if self.id_sealed else ""

    @property
    def masked_id_number(self) -> str:
        return mask_id_number(self.id_number)

    def put_id_number(self, number: str) -> None:
        """Encrypts a checked number into this record; the caller saves it."""
        self.id_sealed = seal(number, ID_NUMBER)
        self.id_digest = digest(number, ID_NUMBER)
