from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.chart import LedgerAccount
from billing.models.bill import Bill
from billing.models.payment import Payment
from billing.models.season import HeatingSeason
from customers.models import SupplyContract
from office.models import Company
from office.scope import CompanyScope

DAY_BOOK = 0


class TransferKind(models.TextChoices):
    """What moved the amount."""

    BILL = "bill", pgettext_lazy("ledger", "出账")
    PAYMENT = "payment", _("收款")
    ALLOCATION = "allocation", _("销账")
    DIFFERENCE = "difference", _("现金长短款")
    ASSIGNMENT = "assignment", _("待查款项转入")


class Transfer(models.Model):
    """The only row of the ledger: an amount moved from one ledger account to another.

    debit and credit of the same amount in one row: balanced by construction. Append-only.
    The table is partitioned by book (migration 0001): book 0 is the day book, every other
    book holds the bill postings of the season with that id. Customer balances are sums over
    `contract`; a bill's open amount is its amount less what was allocated to it.
    """

    book = models.IntegerField(_("账册"), default=DAY_BOOK)
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    kind = models.CharField(_("种类"), max_length=10, choices=TransferKind)
    debit = models.IntegerField(_("借方"), choices=LedgerAccount)
    credit = models.IntegerField(_("贷方"), choices=LedgerAccount)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    business_date = models.DateField(_("业务日期"))
    posted_at = models.DateTimeField(_("入账时间"))
    contract = models.ForeignKey(
        SupplyContract, on_delete=models.PROTECT, null=True, related_name="transfers"
    )
    season = models.ForeignKey(HeatingSeason, on_delete=models.PROTECT, null=True, related_name="+")
    bill = models.ForeignKey(
        Bill, on_delete=models.PROTECT, null=True, related_name="transfers", db_constraint=False
    )
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, related_name="transfers"
    )
    objects = CompanyScope["Transfer"].as_manager()

    class Meta:
        verbose_name = _("分录")
        verbose_name_plural = pgettext_lazy("plural", "分录")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount_fen}"
