from billing.models.account_import import AccountImport
from billing.models.adjustment import Adjustment, AdjustmentKind, AdjustmentLine
from billing.models.advance_refund import AdvanceRefund
from billing.models.alarm import Alarm
from billing.models.area_change import (
    AreaChange,
    AreaChangeLine,
    AreaChangePolicy,
    AreaChangeWay,
)
from billing.models.bank_account import CompanyBankAccount, Currency
from billing.models.bank_statement import (
    BankStatement,
    StatementHeadings,
    StatementLine,
    StatementLineBooking,
)
from billing.models.bill import Bill, BillKind, BillLine
from billing.models.billing_run import BillingRun, ParkedAccount
from billing.models.connection_money import ConnectionFee, CreditMove
from billing.models.counter_limit import CounterLimit, LargePayment
from billing.models.debt_age import DebtAge
from billing.models.dunning import (
    DunningChannel,
    DunningDraft,
    DunningNotice,
    DunningRun,
    DunningStep,
    ParkedDunning,
)
from billing.models.dunning_hold import (
    DunningHold,
    HoldKind,
    InstalmentPart,
    InstalmentPlan,
)
from billing.models.group_payment import GroupPayment
from billing.models.late_fee import (
    LateFeeBase,
    LateFeeRule,
    LateFeeSuspension,
    LateFeeWaiver,
    SpendingOrder,
)
from billing.models.meter import (
    HeatUnit,
    Meter,
    MeterReading,
    MeterReadingDecision,
    MeterReadingLimit,
    MeterReadingWithdrawal,
    ReadingKind,
    ReadingSource,
    ReadingVerdict,
)
from billing.models.payment import Attempt, Method, Payment, PaymentIntent, PaymentIntentBill
from billing.models.platform_certificate import PlatformCertificate
from billing.models.price_document import (
    AreaBasis,
    HeightRounding,
    PriceDocument,
    PriceUnit,
    Tariff,
)
from billing.models.provider_event import ProviderEvent, Verdict
from billing.models.receipt import Receipt
from billing.models.reconciliation import (
    Channel,
    ChannelDay,
    ChannelDifference,
    DifferenceKind,
    ProviderBill,
    ProviderLine,
    ProviderLineKind,
)
from billing.models.refund_to_source import RefundToSource
from billing.models.reported_refund import ReportedRefund
from billing.models.reward_voucher import RewardVoucher
from billing.models.season import HeatingSeason
from billing.models.settlement import BillSettlement
from billing.models.shift import Shift
from billing.models.stop_heat import Resumption, ResumptionCause, StopHeat, StopHeatTerms
from billing.models.suspense import SuspenseAssignment
from billing.models.transfer import SourceType, Transfer, TransferKind

__all__ = [
    "AccountImport",
    "Adjustment",
    "AdjustmentKind",
    "AdjustmentLine",
    "AdvanceRefund",
    "Alarm",
    "AreaBasis",
    "AreaChange",
    "AreaChangeLine",
    "AreaChangePolicy",
    "AreaChangeWay",
    "Attempt",
    "BankStatement",
    "Bill",
    "BillKind",
    "BillLine",
    "BillSettlement",
    "BillingRun",
    "Channel",
    "ChannelDay",
    "ChannelDifference",
    "CompanyBankAccount",
    "ConnectionFee",
    "CounterLimit",
    "CreditMove",
    "Currency",
    "DifferenceKind",
    "DebtAge",
    "DunningChannel",
    "DunningDraft",
    "DunningHold",
    "DunningNotice",
    "DunningRun",
    "DunningStep",
    "GroupPayment",
    "LargePayment",
    "HeatingSeason",
    "HeightRounding",
    "HoldKind",
    "InstalmentPart",
    "InstalmentPlan",
    "LateFeeBase",
    "LateFeeRule",
    "LateFeeSuspension",
    "LateFeeWaiver",
    "Method",
    "ParkedAccount",
    "ParkedDunning",
    "Payment",
    "PaymentIntent",
    "PaymentIntentBill",
    "PlatformCertificate",
    "PriceDocument",
    "PriceUnit",
    "ProviderBill",
    "ProviderEvent",
    "ProviderLine",
    "ProviderLineKind",
    "Receipt",
    "RefundToSource",
    "ReportedRefund",
    "Resumption",
    "ResumptionCause",
    "RewardVoucher",
    "Shift",
    "SourceType",
    "SpendingOrder",
    "StatementHeadings",
    "StatementLine",
    "StatementLineBooking",
    "StopHeat",
    "StopHeatTerms",
    "SuspenseAssignment",
    "Tariff",
    "Transfer",
    "TransferKind",
    "Verdict",
    "HeatUnit",
    "Meter",
    "MeterReading",
    "MeterReadingDecision",
    "MeterReadingLimit",
    "MeterReadingWithdrawal",
    "ReadingKind",
    "ReadingSource",
    "ReadingVerdict",
]
