from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models import Company
from suppliers.dimensions import RatingClass
from suppliers.models.rating import RatingRun, SupplierRating
from suppliers.models.supplier import Supplier

AWARDS = (RatingClass.EXCELLENT, RatingClass.QUALIFIED)


class SupplierCertificate(models.Model):
    """供应商证书: the award of one year's rating with all its text frozen.

    Each rating has one, and a chain of reissues: `replaces` names the revoked certificate in whose
    place another was issued. `paper` is the whole content as printed; the journal counts the
    prints. Append-only: revocation is a row of its own (`office.papers.revocation`).
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("颁发单位"), related_name="+"
    )
    run = models.ForeignKey(
        RatingRun, on_delete=models.PROTECT, verbose_name=_("年度评审"), related_name="certificates"
    )
    rating = models.ForeignKey(
        SupplierRating,
        on_delete=models.PROTECT,
        verbose_name=_("评审结果"),
        related_name="certificates",
    )
    replaces = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("替代证书"),
        related_name="replacement",
    )
    supplier = models.ForeignKey(
        Supplier,
        on_delete=models.PROTECT,
        verbose_name=_("供应商"),
        related_name="certificates",
    )
    award = models.CharField(_("等级"), max_length=12, choices=RatingClass)
    number = models.CharField(_("证书编号"), max_length=32, unique=True)
    verification_code = models.CharField(_("查验码"), max_length=16, unique=True)
    valid_until = models.DateField(_("有效期至"))
    paper = models.JSONField(_("内容"))
    issued_by = models.ForeignKey(
        "office.User",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("颁发人"),
        related_name="+",
    )
    issued_at = models.DateTimeField(_("颁发时间"))

    class Meta:
        verbose_name = _("供应商证书")
        verbose_name_plural = pgettext_lazy("plural", "供应商证书")
        ordering = ["-pk"]
        permissions = [
            ("issue_certificates", _("颁发供应商证书")),
            ("print_certificate", _("打印供应商证书")),
            ("revoke_certificate", _("作废供应商证书")),
            ("reissue_certificate", _("补发供应商证书")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(award__in=[award.value for award in AWARDS]),
                name="certificate_of_an_award",
            ),
            models.UniqueConstraint(
                fields=["rating"],
                condition=Q(replaces__isnull=True),
                name="one_first_certificate_a_rating",
            ),
        ]

    def __str__(self) -> str:
        return self.number
