from typing import TypeAlias

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.chart import LedgerAccount
from billing.models.advance_refund import AdvanceRefund
from billing.models.bill import Bill
from billing.models.billing_run import BillingRun
from billing.models.connection_money import CreditMove
from billing.models.payment import Payment
from billing.models.refund_to_source import RefundToSource
from billing.models.reported_refund import ReportedRefund
from billing.models.reward_voucher import RewardVoucher
from billing.models.season import HeatingSeason
from billing.models.shift import Shift
from billing.models.suspense import SuspenseAssignment
from customers.models import Connection, ConnectionContract, SupplyContract
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
    REFUND = "refund", _("退款冻结")
    CREDIT = "credit", _("贷项转预收")
    LATE_FEE = "late_fee", _("违约金")
    PAYOUT = "payout", _("预存退款")
    REWARD = "reward", _("奖励兑付")
    CONNECTION = "connection", _("入网费结转")
    CREDIT_MOVE = "move", _("入网余款划转")
    RESERVE = "reserve", _("退款占用")
    REPAID = "repaid", _("原路退款")
    RELEASE = "release", _("退款释放")


class SourceType(models.TextChoices):
    """The kinds of documents that postings come from."""

    BILL = "bill", _("账单")
    PAYMENT = "payment", _("收款")
    ASSIGNMENT = "assignment", _("待查款项转入")
    SHIFT = "shift", _("班次")
    RUN = "run", _("出账批次")
    REFUND = "refund", _("渠道退款")
    PAYOUT = "payout", _("预存退款")
    REWARD = "reward", _("奖励兑付")
    CONNECTION = "connection", _("入网合同")
    CREDIT_MOVE = "move", _("入网余款划转")
    TO_SOURCE = "to_source", _("原路退款")


SourceDocument: TypeAlias = (
    Bill
    | Payment
    | SuspenseAssignment
    | Shift
    | BillingRun
    | ReportedRefund
    | AdvanceRefund
    | RewardVoucher
    | ConnectionContract
    | CreditMove
    | RefundToSource
)

SOURCE_MODELS: dict[SourceType, type[SourceDocument]] = {
    SourceType.BILL: Bill,
    SourceType.PAYMENT: Payment,
    SourceType.ASSIGNMENT: SuspenseAssignment,
    SourceType.SHIFT: Shift,
    SourceType.RUN: BillingRun,
    SourceType.REFUND: ReportedRefund,
    SourceType.PAYOUT: AdvanceRefund,
    SourceType.REWARD: RewardVoucher,
    SourceType.CONNECTION: ConnectionContract,
    SourceType.CREDIT_MOVE: CreditMove,
    SourceType.TO_SOURCE: RefundToSource,
}
# Which documents a posting of a kind may come from; the database checks the same
# (migrations 0010, 0011, 0013, 0017, 0020, 0023, 0024 and 0025).
SOURCES: dict[TransferKind, frozenset[SourceType]] = {
    TransferKind.BILL: frozenset({SourceType.BILL}),
    TransferKind.PAYMENT: frozenset({SourceType.PAYMENT}),
    TransferKind.ALLOCATION: frozenset(
        {SourceType.PAYMENT, SourceType.ASSIGNMENT, SourceType.RUN, SourceType.BILL}
    ),
    TransferKind.DIFFERENCE: frozenset({SourceType.SHIFT}),
    TransferKind.ASSIGNMENT: frozenset({SourceType.ASSIGNMENT}),
    TransferKind.REFUND: frozenset({SourceType.REFUND}),
    TransferKind.CREDIT: frozenset({SourceType.BILL}),
    TransferKind.LATE_FEE: frozenset({SourceType.PAYMENT, SourceType.ASSIGNMENT, SourceType.BILL}),
    TransferKind.PAYOUT: frozenset({SourceType.PAYOUT}),
    TransferKind.REWARD: frozenset({SourceType.REWARD}),
    TransferKind.CONNECTION: frozenset(
        {
            SourceType.CONNECTION,
            SourceType.PAYMENT,
            SourceType.ASSIGNMENT,
            SourceType.CREDIT_MOVE,
        }
    ),
    TransferKind.CREDIT_MOVE: frozenset({SourceType.CREDIT_MOVE}),
    TransferKind.RESERVE: frozenset({SourceType.TO_SOURCE}),
    TransferKind.REPAID: frozenset({SourceType.TO_SOURCE}),
    TransferKind.RELEASE: frozenset({SourceType.TO_SOURCE}),
}


def source_type_of(document: SourceDocument) -> SourceType:
    """Returns the type under which postings name a document of this class."""
    return next(name for name, model in SOURCE_MODELS.items() if isinstance(document, model))


class Transfer(models.Model):
    """The only row of the ledger: an amount moved from one ledger account to another.

    debit and credit of the same amount in one row: balanced by construction. Append-only.
    The table is partitioned by book (migration 0001): book 0 is the day book, every other
    book holds the bill postings of the season with that id. Customer balances are sums over
    `contract`, those of payers without an account over `connection`. `source_type` and
    `source_id` name the document that the posting comes from; `bill` names the claim that it
    raises or settles.
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
        SupplyContract,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("合同"),
        related_name="transfers",
    )
    connection = models.ForeignKey(
        Connection,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("供热入网"),
        related_name="transfers",
        # Proved by the trigger that proves the sources: migration 0024.
        db_constraint=False,
    )
    season = models.ForeignKey(
        HeatingSeason,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("采暖季"),
        related_name="+",
    )
    bill = models.ForeignKey(
        Bill,
        on_delete=models.PROTECT,
        null=True,
        verbose_name=_("账单"),
        related_name="transfers",
        db_constraint=False,
    )
    source_type = models.CharField(_("来源单据"), max_length=12, choices=SourceType)
    # Proved in sets by a trigger, because the type decides the table: migration 0010.
    source_id = models.BigIntegerField(_("来源单据编号"))

    objects = CompanyScope["Transfer"].as_manager()

    class Meta:
        verbose_name = _("分录")
        verbose_name_plural = pgettext_lazy("plural", "分录")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount_fen}"

    @property
    def source(self) -> SourceDocument:
        """Reads the document that the posting comes from."""
        return SOURCE_MODELS[SourceType(self.source_type)].objects.get(pk=self.source_id)
