import uuid
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.bank_account import CompanyBankAccount
from billing.models.bill import Bill
from billing.models.money_owner import CONTRACT_OR_CONNECTION, MoneyOwner
from billing.models.shift import Shift
from billing.states import AttemptState, IntentState
from customers.models import Connection, SupplyContract
from office.models import Company, User
from office.scope import CompanyScope

# An order of unknown fate keeps the counter waiting until it has expired and for so long after.
SILENCE_MARGIN = timedelta(minutes=10)


class Method(models.TextChoices):
    """The ways in which money arrives."""

    CASH = "cash", _("现金")
    CARD = "card", _("银行卡")
    WECHAT_NATIVE = "wechat_native", _("微信扫码")
    WECHAT_JSAPI = "wechat_jsapi", _("微信公众号")
    TRANSFER = "transfer", _("对公转账")


class PaymentIntent(MoneyOwner, models.Model):
    """A payer's intention: a contract, some of its bills and an amount; only its state changes.

    For the fee of a grid connection it names the connection and has no bills.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contract = models.ForeignKey(
        SupplyContract,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("合同"),
        related_name="intents",
    )
    connection = models.ForeignKey(
        Connection,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("供热入网"),
        related_name="+",
    )
    amount_fen = models.BigIntegerField(_("金额（分）"))
    state = models.CharField(
        _("状态"), max_length=10, choices=IntentState, default=IntentState.OPEN
    )
    created_at = models.DateTimeField(_("创建时间"))
    created_by = models.CharField(_("创建人"), max_length=80)
    idempotency_key = models.CharField(max_length=120, null=True, unique=True)
    request_digest = models.CharField(max_length=64, blank=True)
    # The API's first answer: a request with the same key gets it again, letter by letter.
    first_answer = models.JSONField(_("首次应答"), null=True, editable=False)

    objects = CompanyScope["PaymentIntent"].as_manager()

    class Meta:
        verbose_name = _("缴费意向")
        verbose_name_plural = pgettext_lazy("plural", "缴费意向")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="intent_above_zero"),
            models.CheckConstraint(condition=CONTRACT_OR_CONNECTION, name="intent_of_somebody"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class PaymentIntentBill(models.Model):
    """A bill that the intent is for, in the order in which it is to be paid."""

    intent = models.ForeignKey(PaymentIntent, on_delete=models.CASCADE, related_name="bills")
    bill = models.ForeignKey(
        Bill, on_delete=models.PROTECT, related_name="intents", db_constraint=False
    )
    open_fen = models.BigIntegerField(_("当时欠费（分）"))

    class Meta:
        verbose_name = _("意向账单")
        verbose_name_plural = pgettext_lazy("plural", "意向账单")
        constraints = [
            models.UniqueConstraint(fields=["intent", "bill"], name="bill_once_per_intent")
        ]

    def __str__(self) -> str:
        return f"{self.bill_id}"


class Attempt(models.Model):
    """One order at a channel to pay an intent, under a number that is never used again.

    The parameters are frozen when the number is first sent; placing it again sends the same ones.
    """

    company_path = "intent__company"

    intent = models.ForeignKey(
        PaymentIntent, on_delete=models.PROTECT, verbose_name=_("意向"), related_name="attempts"
    )
    method = models.CharField(_("方式"), max_length=16, choices=Method)
    number = models.CharField(_("商户订单号"), max_length=32, unique=True)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    state = models.CharField(
        _("状态"), max_length=10, choices=AttemptState, default=AttemptState.CREATED
    )
    parameters = models.JSONField(_("下单参数"), default=dict)
    code_url = models.CharField(_("二维码"), max_length=256, blank=True)
    prepay_id = models.CharField(_("预支付"), max_length=128, blank=True)
    error_code = models.CharField(_("错误码"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("创建时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    next_query_at = models.DateTimeField(_("下次查询"), null=True, db_index=True)
    queries = models.PositiveSmallIntegerField(_("查询次数"), default=0)
    # A supervisor lets the counter take other money although the order's fate is unknown.
    overruled_at = models.DateTimeField(_("放行时间"), null=True)
    overruled_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("放行人"), related_name="+"
    )
    overruled_reason = models.CharField(
        _("放行原因"), max_length=200, blank=True, default="", db_default=""
    )

    objects = CompanyScope["Attempt"].as_manager()

    class Meta:
        permissions = [("overrule_order", _("放行柜台收款"))]
        verbose_name = _("支付尝试")
        verbose_name_plural = pgettext_lazy("plural", "支付尝试")

    def __str__(self) -> str:
        return self.number

    @property
    def blocks_until(self) -> datetime:
        """Returns the moment from which the counter takes other money, whatever WeChat Pay says."""
        return self.expires_at + SILENCE_MARGIN


class Payment(MoneyOwner, models.Model):
    """Money that has arrived, one row per transaction of a provider; append-only."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="+"
    )
    contract = models.ForeignKey(
        SupplyContract,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("合同"),
        related_name="payments",
    )
    connection = models.ForeignKey(
        Connection,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("供热入网"),
        related_name="payments",
    )
    intent = models.ForeignKey(
        PaymentIntent, on_delete=models.PROTECT, null=True, related_name="payments"
    )
    attempt = models.ForeignKey(
        Attempt, on_delete=models.PROTECT, null=True, related_name="payments"
    )
    shift = models.ForeignKey(
        Shift, on_delete=models.PROTECT, null=True, verbose_name=_("班次"), related_name="payments"
    )
    method = models.CharField(_("方式"), max_length=16, choices=Method)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    provider = models.CharField(_("渠道"), max_length=20)
    transaction_id = models.CharField(_("渠道流水号"), max_length=80)
    reference = models.CharField(_("凭证"), max_length=120, blank=True)
    # The account that a transfer arrived on; transfers of before such accounts were kept have none.
    bank_account = models.ForeignKey(
        CompanyBankAccount,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("收款银行账户"),
        related_name="payments",
    )
    # The paper that this payment is a part of, where one paper pays for several accounts.
    group = models.ForeignKey(
        "GroupPayment",
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("一笔多户"),
        related_name="parts",
    )
    in_suspense = models.BooleanField(_("待查"), default=False)
    paid_at = models.DateTimeField(_("支付时间"))
    business_date = models.DateField(_("业务日期"), db_index=True)
    received_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, verbose_name=_("经办"), related_name="+"
    )

    objects = CompanyScope["Payment"].as_manager()

    class Meta:
        permissions = [
            ("take_cash", _("收现金")),
            ("take_card", _("刷卡收款")),
            ("enter_transfer", _("登记对公转账")),
            ("start_wechat_payment", _("发起微信收款")),
        ]
        verbose_name = _("收款")
        verbose_name_plural = pgettext_lazy("plural", "收款")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "transaction_id"], name="one_payment_per_transaction"
            ),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="payment_above_zero"),
            models.CheckConstraint(condition=CONTRACT_OR_CONNECTION, name="payment_of_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.transaction_id}"

    @property
    def paper_fen(self) -> int:
        """Returns the amount of the transfer or slip, in fen: a part's is that of all parts."""
        return self.group.amount_fen if self.group is not None else self.amount_fen

    @property
    def waits_in_suspense(self) -> bool:
        """Returns whether nobody has assigned the payment to an account yet."""
        return self.in_suspense and not hasattr(self, "assignment")
