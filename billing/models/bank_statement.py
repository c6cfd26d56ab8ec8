from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.bank_account import CompanyBankAccount
from billing.models.payment import Payment
from billing.statement_words import LineKind, MatchedBy, MatchReason
from customers.models import Account
from office.models import Company, Job, User
from office.scope import CompanyScope
from office.sealing import digest, seal, unseal

PAYER_ACCOUNT = "billing.payer_account"


class BankStatement(models.Model):
    """对账单: a statement of a bank account as it was handed in, with the result; append-only.

    A dry run has no lines. Amounts are in fen.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    bank_account = models.ForeignKey(
        CompanyBankAccount,
        on_delete=models.PROTECT,
        verbose_name=_("银行账户"),
        related_name="statements",
    )
    file_name = models.CharField(_("文件名"), max_length=200)
    file = models.FileField(_("文件"), upload_to="bank-statements/%Y/%m/")
    sha256 = models.CharField(max_length=64)
    dry_run = models.BooleanField(_("仅预览"))
    opening_fen = models.BigIntegerField(_("期初余额（分）"))
    closing_fen = models.BigIntegerField(_("期末余额（分）"))
    first_day = models.DateField(_("首笔日期"), null=True)
    last_day = models.DateField(_("末笔日期"), null=True)
    line_count = models.PositiveIntegerField(_("笔数"))
    new_count = models.PositiveIntegerField(_("新增笔数"))
    job = models.ForeignKey(
        Job, on_delete=models.PROTECT, null=True, verbose_name=_("任务"), related_name="+"
    )
    imported_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("经办"), related_name="+"
    )
    imported_at = models.DateTimeField(_("时间"))
    report = models.JSONField(_("结果"), default=dict)

    objects = CompanyScope["BankStatement"].as_manager()

    class Meta:
        permissions = [
            ("import_statement", _("导入银行对账单")),
        ]
        verbose_name = _("银行对账单")
        verbose_name_plural = pgettext_lazy("plural", "银行对账单")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name


class StatementLine(models.Model):
    """对账单明细: a line as the bank printed it, once per bank account; append-only.

    `content` identifies the line by what is printed (the bank's serial where there is one) and
    `occurrence` counts lines of the same content, so that two truly identical lines are two. The
    payer's account number is encrypted and found by its keyed digest. `matched_account` is the
    proposal of the day of the import; what became of the line says `booking`.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+", db_index=False
    )
    bank_account = models.ForeignKey(
        CompanyBankAccount,
        on_delete=models.PROTECT,
        verbose_name=_("银行账户"),
        related_name="lines",
        db_index=False,
    )
    statement = models.ForeignKey(
        BankStatement, on_delete=models.PROTECT, verbose_name=_("对账单"), related_name="lines"
    )
    row = models.PositiveIntegerField(_("行"))
    day = models.DateField(_("日期"))
    clock = models.TimeField(_("时刻"), null=True)
    received_fen = models.BigIntegerField(_("收入（分）"))
    paid_fen = models.BigIntegerField(_("支出（分）"))
    balance_fen = models.BigIntegerField(_("余额（分）"), null=True)
    payer_name = models.CharField(_("对方户名"), max_length=200, blank=True)
    payer_sealed = models.CharField(max_length=200, blank=True, editable=False)
    payer_digest = models.CharField(max_length=32, blank=True, editable=False)
    remark = models.CharField(_("摘要"), max_length=500, blank=True)
    serial = models.CharField(_("银行流水号"), max_length=100, blank=True)
    content = models.CharField(max_length=32, editable=False)
    occurrence = models.PositiveIntegerField(editable=False)
    kind = models.CharField(_("种类"), max_length=12, choices=LineKind)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, verbose_name=_("冲正"), related_name="reversal"
    )
    identical_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, verbose_name=_("与之相同"), related_name="+"
    )
    matched_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, verbose_name=_("匹配户号"), related_name="+"
    )
    matched_by = models.CharField(_("匹配方式"), max_length=12, choices=MatchedBy, blank=True)
    reason = models.CharField(_("理由"), max_length=20, choices=MatchReason)
    confidence = models.PositiveSmallIntegerField(_("把握（%）"), default=0)
    suggested = models.JSONField(_("可能的户号"), default=list)

    objects = CompanyScope["StatementLine"].as_manager()

    class Meta:
        permissions = [
            ("book_statement_line", _("银行到账入账")),
        ]
        verbose_name = _("对账单明细")
        verbose_name_plural = pgettext_lazy("plural", "对账单明细")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["bank_account", "content", "occurrence"], name="one_statement_line"
            ),
        ]
        indexes = [
            models.Index(fields=["bank_account", "day"], name="statement_line_day"),
            models.Index(fields=["company", "kind"], name="statement_line_kind"),
            models.Index(fields=["payer_digest"], name="statement_line_payer"),
        ]

    def __str__(self) -> str:
        return self.serial or f"{self.day} {self.row}"

    @property
    def payer_account(self) -> str:
        """Returns the other party's account number in clear; "" when the bank printed none."""
        return unseal(self.payer_sealed, PAYER_ACCOUNT) if self.payer_sealed else ""

    @property
    def payer_tail(self) -> str:
        """Returns the last four digits of the other party's account number."""
        return self.payer_account[-4:]

    @property
    def net_fen(self) -> int:
        """Returns what the line added to the balance, in fen."""
        return self.received_fen - self.paid_fen


class StatementLineBooking(models.Model):
    """到账入账: the payment that a line turned out to be, or became; append-only.

    `entered_before` says that somebody had entered the payment before: it was not booked again.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    line = models.OneToOneField(
        StatementLine, on_delete=models.PROTECT, verbose_name=_("明细"), related_name="booking"
    )
    payment = models.OneToOneField(
        Payment, on_delete=models.PROTECT, verbose_name=_("收款"), related_name="statement_booking"
    )
    entered_before = models.BooleanField(_("此前已登记"))
    reason = models.CharField(_("说明"), max_length=200, blank=True)
    booked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("经办"), related_name="+"
    )
    booked_at = models.DateTimeField(_("入账时间"))

    objects = CompanyScope["StatementLineBooking"].as_manager()

    class Meta:
        verbose_name = _("到账入账")
        verbose_name_plural = pgettext_lazy("plural", "到账入账")
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.line)


class StatementHeadings(models.Model):
    """对账单列名: what the statements of a bank account call their columns, by column key.

    The names of the last import are remembered; a person enters names that are unknown.
    """

    company_path = "bank_account__company"

    bank_account = models.OneToOneField(
        CompanyBankAccount,
        on_delete=models.PROTECT,
        verbose_name=_("银行账户"),
        related_name="statement_headings",
    )
    headings = models.JSONField(_("列名"), default=dict)

    objects = CompanyScope["StatementHeadings"].as_manager()

    class Meta:
        verbose_name = _("对账单列名")
        verbose_name_plural = pgettext_lazy("plural", "对账单列名")

    def __str__(self) -> str:
        return str(self.bank_account)


def sealed_payer(number: str) -> tuple[str, str]:
    """Returns a payer's account number encrypted, and its keyed digest; both "" for none."""
    if not number:
        return "", ""
    return seal(number, PAYER_ACCOUNT), digest(number, PAYER_ACCOUNT)
