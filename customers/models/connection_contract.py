from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.connection import Connection
from customers.models.contract_paper import ContractPaper
from office.models import Company, Document
from office.scope import CompanyScope


class ConnectionTerms(models.Model):
    """入网收费规定: what a company charges for a connection from a day on, and from whom.

    `price_fen` is for a square metre. Residents pay only where a rule of the city says so;
    `tolerance_permille` is how far the area as built may be from that of the contract.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    starts = models.DateField(_("执行日期"))
    price_fen = models.BigIntegerField(_("入网单价（分/m²）"))
    residents_pay = models.BooleanField(_("可向居民个人收取"), default=False)
    tolerance_permille = models.PositiveSmallIntegerField(_("面积允许偏差（‰）"))
    source = models.CharField(_("依据"), max_length=120)

    objects = CompanyScope["ConnectionTerms"].as_manager()

    class Meta:
        verbose_name = _("入网收费规定")
        verbose_name_plural = pgettext_lazy("plural", "入网收费规定")
        ordering = ["company", "-starts"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "starts"], name="one_connection_terms_per_day"
            ),
            models.CheckConstraint(condition=Q(price_fen__gt=0), name="connection_price"),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.starts}"


class ConnectionContract(models.Model):
    """入网合同: what is owed for a connection: area × the price of the stated day.

    An amendment is a contract of its own that names the one before; that one ends. The database
    proves at the end of the transaction that the instalments make up the amount.
    """

    company_path = "connection__company"

    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, verbose_name=_("供热入网"), related_name="contracts"
    )
    number = models.CharField(_("合同编号"), max_length=32, unique=True)
    amends = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("补充的合同"),
        related_name="amended_by",
    )
    terms = models.ForeignKey(
        ConnectionTerms, on_delete=models.PROTECT, verbose_name=_("入网收费规定"), related_name="+"
    )
    payer = models.CharField(_("付款方"), max_length=80)
    area = models.DecimalField(_("合同面积（m²）"), max_digits=12, decimal_places=2)
    price_fen = models.BigIntegerField(_("入网单价（分/m²）"))
    amount_fen = models.BigIntegerField(_("合同金额（分）"))
    signed_on = models.DateField(_("签订日期"))
    # Of a contract that was entered by its scan alone.
    document = models.ForeignKey(
        Document,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("签字扫描件"),
        related_name="+",
    )
    # Of a contract that was drawn up here; its signature has the scan, or is electronic.
    paper = models.OneToOneField(
        ContractPaper,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("合同文书"),
        related_name="connection_contract",
    )
    entered_by = models.ForeignKey(
        "office.User", on_delete=models.PROTECT, verbose_name=_("登记人"), related_name="+"
    )
    entered_at = models.DateTimeField(_("登记时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        verbose_name = _("入网合同")
        verbose_name_plural = pgettext_lazy("plural", "入网合同")
        default_permissions = ()
        ordering = ["connection", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection"],
                condition=Q(ended_at__isnull=True),
                name="one_connection_contract_in_force",
            ),
            models.CheckConstraint(
                condition=Q(area__gt=Decimal(0), price_fen__gt=0, amount_fen__gt=0),
                name="connection_contract_figures",
            ),
            models.CheckConstraint(
                condition=Q(document__isnull=False) | Q(paper__isnull=False),
                name="connection_contract_has_its_proof",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ConnectionDraft(models.Model):
    """拟订的入网合同: the figures of a contract or an amendment that was drawn up and is not in
    force before its paper is signed. Append-only; the latest of a connection counts.

    `schedule` is [day, fen] for each instalment.
    """

    company_path = "connection__company"

    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, verbose_name=_("供热入网"), related_name="drafts"
    )
    paper = models.OneToOneField(
        ContractPaper,
        on_delete=models.PROTECT,
        verbose_name=_("合同文书"),
        related_name="connection_draft",
    )
    terms = models.ForeignKey(
        ConnectionTerms, on_delete=models.PROTECT, verbose_name=_("入网收费规定"), related_name="+"
    )
    area = models.DecimalField(_("合同面积（m²）"), max_digits=12, decimal_places=2)
    amount_fen = models.BigIntegerField(_("合同金额（分）"))
    schedule = models.JSONField(_("付款计划"))

    class Meta:
        verbose_name = _("拟订的入网合同")
        verbose_name_plural = pgettext_lazy("plural", "拟订的入网合同")
        default_permissions = ()
        ordering = ["connection", "-pk"]

    def __str__(self) -> str:
        return str(self.paper)


class ConnectionInstalment(models.Model):
    """入网付款计划: what of the amount is due on a day. Append-only."""

    company_path = "contract__connection__company"

    contract = models.ForeignKey(
        ConnectionContract,
        on_delete=models.PROTECT,
        verbose_name=_("入网合同"),
        related_name="instalments",
    )
    due_on = models.DateField(_("应付日期"))
    amount_fen = models.BigIntegerField(_("金额（分）"))

    class Meta:
        verbose_name = _("入网付款计划")
        verbose_name_plural = pgettext_lazy("plural", "入网付款计划")
        default_permissions = ()
        ordering = ["contract", "due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "due_on"], name="one_instalment_per_day"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="instalment_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.due_on} {self.amount_fen}"
