from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.payment import Payment
from billing.states import ChannelDayState
from office.models import Company, User
from office.scope import CompanyScope


class Channel(models.TextChoices):
    """The channels whose days are compared with what the provider says."""

    WECHATPAY = "wechatpay", _("微信支付")


class ProviderLineKind(models.TextChoices):
    """What a line of a provider says happened."""

    PAYMENT = "payment", _("收款")
    REFUND = "refund", pgettext_lazy("provider", "退款")


class DifferenceKind(models.TextChoices):
    """The ways in which a provider's line and our books differ."""

    NOT_IN_BOOKS = "not_in_books", _("渠道有、账上没有")
    NOT_AT_PROVIDER = "not_at_provider", _("账上有、渠道没有")
    AMOUNT = "amount", _("金额不同")
    TWICE = "twice", _("渠道重复列出")
    OTHER_DAY = "other_day", _("账上在另一天")
    REFUND_UNKNOWN = "refund_unknown", _("账上没有的退款")
    REFUND_MISSING = "refund_missing", _("渠道没有的退款")


class ChannelDay(models.Model):
    """渠道对账日: one day of a channel in a company, compared line by line with the books.

    Amounts are in fen. The provider's are those of its lines, the books' those of the ledger's
    account of the channel on that business date; a day without the provider's bill waits.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    channel = models.CharField(_("渠道"), max_length=20, choices=Channel)
    day = models.DateField(_("日期"))
    state = models.CharField(
        _("状态"), max_length=10, choices=ChannelDayState, default=ChannelDayState.OPEN
    )
    provider_count = models.PositiveIntegerField(_("渠道笔数"), default=0)
    provider_fen = models.BigIntegerField(_("渠道收款（分）"), default=0)
    refunded_fen = models.BigIntegerField(_("渠道退款（分）"), default=0)
    fee_fen = models.BigIntegerField(_("手续费（分）"), default=0)
    books_count = models.PositiveIntegerField(_("账上笔数"), default=0)
    books_fen = models.BigIntegerField(_("账上收款（分）"), default=0)
    open_count = models.PositiveIntegerField(_("未说明差异"), default=0)
    compared_at = models.DateTimeField(_("最近核对"))
    closed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("结账人"), related_name="+"
    )
    closed_at = models.DateTimeField(_("结账时间"), null=True)

    objects = CompanyScope["ChannelDay"].as_manager()

    class Meta:
        permissions = [
            ("reconcile_channel_day", _("核对渠道对账日")),
            ("explain_difference", _("说明对账差异")),
            ("close_channel_day", _("结清渠道对账日")),
        ]
        verbose_name = _("渠道对账日")
        verbose_name_plural = pgettext_lazy("plural", "渠道对账日")
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "channel", "day"], name="one_channel_day")
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.day}"

    @property
    def gap_fen(self) -> int:
        """Returns what the provider received more than the books say, in fen."""
        return self.provider_fen - self.books_fen


class ProviderBill(models.Model):
    """渠道账单: the bill of a channel's day as it was fetched, known by its hash; append-only."""

    channel = models.CharField(_("渠道"), max_length=20, choices=Channel)
    day = models.DateField(_("日期"))
    sha1 = models.CharField(max_length=40)
    line_count = models.PositiveIntegerField(_("笔数"))
    fetched_at = models.DateTimeField(_("取得时间"))

    class Meta:
        verbose_name = _("渠道账单")
        verbose_name_plural = pgettext_lazy("plural", "渠道账单")
        constraints = [
            models.UniqueConstraint(fields=["channel", "day"], name="one_bill_of_a_channel_day")
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.day}"


class ProviderLine(models.Model):
    """渠道明细: a line of a provider's bill, in the day of the company it belongs to; append-only.

    A line of an order that nobody knows belongs to the group's head office.
    """

    company_path = "day__company"

    bill = models.ForeignKey(ProviderBill, on_delete=models.PROTECT, related_name="lines")
    day = models.ForeignKey(
        ChannelDay, on_delete=models.PROTECT, verbose_name=_("对账日"), related_name="lines"
    )
    kind = models.CharField(_("种类"), max_length=10, choices=ProviderLineKind)
    transaction_id = models.CharField(_("渠道流水号"), max_length=80)
    order_number = models.CharField(_("商户订单号"), max_length=64)
    refund_id = models.CharField(_("退款单号"), max_length=80, blank=True)
    # Our own number of a refund that we asked for; a refund of the console has the console's.
    refund_number = models.CharField(_("商户退款单号"), max_length=64, blank=True)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    fee_millifen = models.BigIntegerField(_("手续费（千分之一分）"))
    occurrence = models.PositiveIntegerField(_("第几次列出"))
    traded_at = models.DateTimeField(_("交易时间"))

    objects = CompanyScope["ProviderLine"].as_manager()

    class Meta:
        verbose_name = _("渠道明细")
        verbose_name_plural = pgettext_lazy("plural", "渠道明细")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["bill", "kind", "transaction_id", "refund_id", "occurrence"],
                name="one_line_of_a_bill",
            )
        ]
        indexes = [models.Index(fields=["transaction_id"], name="provider_line_transaction")]

    def __str__(self) -> str:
        return self.refund_id or self.transaction_id


class ChannelDifference(models.Model):
    """对账差异: a line of the provider or of the books without its like on the other side.

    It is found once (`number`), and gone when a later comparison finds its like; a person explains
    what stays.
    """

    company_path = "day__company"

    day = models.ForeignKey(
        ChannelDay, on_delete=models.PROTECT, verbose_name=_("对账日"), related_name="differences"
    )
    kind = models.CharField(_("差异"), max_length=20, choices=DifferenceKind)
    number = models.CharField(_("渠道流水号"), max_length=120)
    line = models.ForeignKey(
        ProviderLine,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("渠道明细"),
        related_name="+",
    )
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, verbose_name=_("收款"), related_name="+"
    )
    provider_fen = models.BigIntegerField(_("渠道金额（分）"))
    books_fen = models.BigIntegerField(_("账上金额（分）"))
    found_at = models.DateTimeField(_("发现时间"))
    gone_at = models.DateTimeField(_("消除时间"), null=True)
    explanation = models.CharField(_("说明"), max_length=300, blank=True)
    explained_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("说明人"), related_name="+"
    )
    explained_at = models.DateTimeField(_("说明时间"), null=True)

    objects = CompanyScope["ChannelDifference"].as_manager()

    class Meta:
        verbose_name = _("对账差异")
        verbose_name_plural = pgettext_lazy("plural", "对账差异")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["day", "kind", "number"], name="one_difference")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"
