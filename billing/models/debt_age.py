from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.season import HeatingSeason
from customers.models import Community
from customers.models.customer import CustomerKind
from office.models import Company
from office.scope import CompanyScope


class DebtAge(models.Model):
    """欠费账龄: what is open on the bills of one season, community, kind of payer and due day.

    A view of the database (migration 0026), and the only place that groups open debts. Its rows add
    up to the ledger's receivable: what is open on a bill is its amount less its `BillSettlement`.
    """

    key = models.CharField(primary_key=True, max_length=80, editable=False)
    company = models.ForeignKey(
        Company, on_delete=models.DO_NOTHING, verbose_name=_("公司"), related_name="+"
    )
    season = models.ForeignKey(
        HeatingSeason, on_delete=models.DO_NOTHING, verbose_name=_("采暖季"), related_name="+"
    )
    community = models.ForeignKey(
        Community, on_delete=models.DO_NOTHING, verbose_name=_("小区"), related_name="+"
    )
    payer_kind = models.CharField(_("用户类型"), max_length=12, choices=CustomerKind)
    due_on = models.DateField(_("缴费截止日"))
    contract_count = models.BigIntegerField(_("户数"))
    open_fen = models.BigIntegerField(_("欠费（分）"))

    objects = CompanyScope["DebtAge"].as_manager()

    class Meta:
        managed = False
        default_permissions = ("view",)
        db_table = "billing_debt_age"
        verbose_name = _("欠费账龄")
        verbose_name_plural = pgettext_lazy("plural", "欠费账龄")
        ordering = ["-due_on", "key"]

    def __str__(self) -> str:
        return f"{self.season} {self.community} {self.due_on}"
