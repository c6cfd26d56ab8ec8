from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.bank_account import CompanyBankAccount
from billing.models.payment import Method
from billing.models.shift import Shift
from office.models import Company, User
from office.scope import CompanyScope


class GroupPayment(models.Model):
    """一笔多户: a transfer or card slip whose money is for several accounts; append-only.

    Its parts are payments, one an account, each with its receipt. The first part bears the paper's
    own transaction id, so that the key of payments also refuses the paper a second time; a
    trigger refuses parts above the paper (migration 0021).
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    method = models.CharField(_("方式"), max_length=16, choices=Method)
    provider = models.CharField(_("渠道"), max_length=20)
    transaction_id = models.CharField(_("渠道流水号"), max_length=80)
    reference = models.CharField(_("凭证"), max_length=120, blank=True)
    bank_account = models.ForeignKey(
        CompanyBankAccount,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("收款银行账户"),
        related_name="+",
    )
    shift = models.ForeignKey(
        Shift, on_delete=models.PROTECT, null=True, verbose_name=_("班次"), related_name="+"
    )
    payer_name = models.CharField(_("付款单位（人）"), max_length=120)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    part_count = models.PositiveIntegerField(_("户数"))
    business_date = models.DateField(_("业务日期"), db_index=True)
    form_key = models.CharField(max_length=64, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    entered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("经办"), related_name="+"
    )
    entered_at = models.DateTimeField(_("登记时间"))

    objects = CompanyScope["GroupPayment"].as_manager()

    class Meta:
        verbose_name = _("一笔多户")
        verbose_name_plural = pgettext_lazy("plural", "一笔多户")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_fen__gt=0), name="group_payment_above_zero"
            )
        ]

    def __str__(self) -> str:
        return f"{self.payer_name} {self.reference}"
