from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from suppliers.models.category import SupplyCategory
from suppliers.models.supplier import Supplier
from suppliers.states import PaperState


class PaperType(models.TextChoices):
    """The papers and checks that a supplier may have to show."""

    BUSINESS_LICENCE = "business_licence", _("营业执照")
    PRODUCTION_LICENCE = "production_licence", _("生产许可证")
    ISO_9001 = "iso_9001", _("质量管理体系认证（ISO 9001）")
    ISO_14001 = "iso_14001", _("环境管理体系认证（ISO 14001）")
    ISO_45001 = "iso_45001", _("职业健康安全管理体系认证（ISO 45001）")
    ENVIRONMENTAL_LICENCE = "environmental_licence", _("排污许可证")
    INTEGRITY_PLEDGE = "integrity_pledge", _("廉政责任书")
    WAGE_AGREEMENT = "wage_agreement", _("农民工工资支付协议")
    DISHONESTY_CHECK = "dishonesty_check", _("严重失信名单查询")
    COURT_CHECK = "court_check", _("行贿判决查询")


class PaperRequirement(models.Model):
    """证照要求: which paper a category asks for, from which day on; without a category, of all.

    `most_days` is the longest age of a check that has no end of its own.
    """

    paper_type = models.CharField(_("证照"), max_length=24, choices=PaperType)
    category = models.ForeignKey(
        SupplyCategory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("采购类别"),
        related_name="paper_requirements",
    )
    starts = models.DateField(_("自"))
    ends = models.DateField(_("至"), null=True, blank=True)
    most_days = models.PositiveIntegerField(_("有效天数"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=120)

    class Meta:
        verbose_name = _("证照要求")
        verbose_name_plural = pgettext_lazy("plural", "证照要求")
        ordering = ["paper_type", "category", "starts"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                name="requirement_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_paper_type_display()} {self.category or _('全部类别')}"


class SupplierPaper(models.Model):
    """供应商证照: a paper handed in; it counts once somebody has verified it."""

    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, verbose_name=_("供应商"), related_name="papers"
    )
    paper_type = models.CharField(_("证照"), max_length=24, choices=PaperType)
    state = models.CharField(
        _("状态"), max_length=10, choices=PaperState, default=PaperState.HANDED_IN
    )
    number = models.CharField(_("编号"), max_length=60, blank=True)
    issuer = models.CharField(_("发证机关"), max_length=80, blank=True)
    valid_from = models.DateField(_("有效期自"))
    # The last day on which it counts, in Shanghai; None: without an end.
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    handed_in_at = models.DateTimeField(_("提交时间"))
    # None: the supplier handed it in through its link.
    handed_in_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("提交人"),
        related_name="+",
    )

    class Meta:
        verbose_name = _("供应商证照")
        verbose_name_plural = pgettext_lazy("plural", "供应商证照")
        ordering = ["supplier", "paper_type", "-valid_from", "-pk"]
        permissions = [
            ("hand_in_paper", _("登记供应商证照")),
            ("verify_paper", _("核验供应商证照")),
            ("issue_supplier_link", _("签发供应商自助链接")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="paper_ends_after_start",
            ),
        ]
        indexes = [
            models.Index(
                fields=["valid_until"],
                condition=Q(state=PaperState.VERIFIED),
                name="verified_paper_until",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_paper_type_display()} {self.number}".strip()


class PaperVerification(models.Model):
    """核验: who looked where at a paper, when, and what was seen; a row is never changed."""

    paper = models.ForeignKey(
        SupplierPaper,
        on_delete=models.PROTECT,
        verbose_name=_("证照"),
        related_name="verifications",
    )
    accepted = models.BooleanField(_("通过"))
    looked_at = models.CharField(_("核验途径"), max_length=120)
    seen = models.CharField(_("核验结果"), max_length=400)
    by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("核验人"), related_name="+"
    )
    at = models.DateTimeField(_("核验时间"))

    class Meta:
        verbose_name = _("证照核验")
        verbose_name_plural = pgettext_lazy("plural", "证照核验")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.paper} {self.looked_at}"
