from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models import Company
from office.scope import CompanyScope
from office.tables.history import keep_history


class Currency(models.TextChoices):
    """The currencies in which an account is kept."""

    CNY = "CNY", _("人民币")


@keep_history()
class CompanyBankAccount(models.Model):
    """收款银行账户: an account of the company at a bank, on which customers' transfers arrive.

    A bank's serial number is unique within one such account.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="bank_accounts"
    )
    bank = models.CharField(_("开户行"), max_length=80, help_text=_("如 工商银行太原迎泽支行"))
    number = models.CharField(
        _("账号"),
        max_length=30,
        unique=True,
        validators=[RegexValidator(r"^[0-9]{6,30}$", _("账号应为 6 至 30 位数字。"))],
        error_messages={"unique": _("该账号已经登记过。")},
    )
    name = models.CharField(_("账户名称"), max_length=80, help_text=_("银行预留的户名全称"))
    currency = models.CharField(
        _("币种"), max_length=3, choices=Currency, default=Currency.CNY, editable=False
    )
    opened_on = models.DateField(_("启用日期"))
    closed_on = models.DateField(
        _("停用日期"), null=True, blank=True, help_text=_("此日起不再登记到账款项")
    )

    objects = CompanyScope["CompanyBankAccount"].as_manager()

    class Meta:
        verbose_name = _("收款银行账户")
        verbose_name_plural = pgettext_lazy("plural", "收款银行账户")
        ordering = ["company", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number__regex=r"^[0-9]{6,30}$"),
                name="company_bank_account_digits",
            ),
            models.CheckConstraint(
                condition=models.Q(currency="CNY"), name="company_bank_account_in_cny"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_on__isnull=True)
                | models.Q(closed_on__gt=models.F("opened_on")),
                name="company_bank_account_days_in_order",
                violation_error_message=_("停用日期应晚于启用日期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.number}"
