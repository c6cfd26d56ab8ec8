"""The work of billing that waits for people (`office/waiting.py`)."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.change_states import AdvanceRefundState
from billing.dunning.tasks_waiting import broken_plans, open_tasks
from billing.metering.on_record import WAITS
from billing.models import (
    Adjustment,
    AdvanceRefund,
    Alarm,
    ChannelDay,
    LargePayment,
    MeterReading,
    Payment,
    RefundToSource,
    StatementLine,
)
from billing.payments.open_suspense import open_suspense
from billing.refunds.waiting import to_follow
from billing.statements.lists import waiting_lines
from billing.states import AdjustmentState, ChannelDayState, LargePaymentState
from office.models import User
from office.money import yuan_text
from office.waiting import WaitingKind


def unresolved_alarms(user: User, at: datetime) -> QuerySet[Alarm]:
    """Returns the alarms nobody has decided on, the newest first."""
    return Alarm.objects.visible_to(user).filter(resolved_at__isnull=True).order_by("-pk")


def waiting_large_payments(user: User, at: datetime) -> QuerySet[LargePayment]:
    """Returns the amounts above the limit that no supervisor has decided on, oldest first."""
    return (
        LargePayment.objects.visible_to(user)
        .filter(state=LargePaymentState.WAITING)
        .select_related("contract__account")
        .order_by("pk")
    )


def _suspense(user: User, at: datetime) -> QuerySet[Payment]:
    return open_suspense(user)


def _to_issue(user: User, at: datetime) -> QuerySet[Adjustment]:
    approved = Adjustment.objects.visible_to(user).filter(state=AdjustmentState.APPROVED)
    return approved.select_related("account").order_by("approved_at", "pk")


def _channel_days(user: User, at: datetime) -> QuerySet[ChannelDay]:
    """Returns the days with differences that nobody has explained, the oldest first."""
    open_days = ChannelDay.objects.visible_to(user).filter(
        state=ChannelDayState.OPEN, open_count__gt=0
    )
    return open_days.order_by("day", "pk")


def _held_readings(user: User, at: datetime) -> QuerySet[MeterReading]:
    """Returns the readings of meters that a person has to confirm, the earliest entered first."""
    waiting = MeterReading.objects.visible_to(user).filter(WAITS)
    return waiting.select_related("meter__account").order_by("pk")


def _statement_lines(user: User, at: datetime) -> QuerySet[StatementLine]:
    return waiting_lines(user)


def _refunds_to_pay(user: User, at: datetime) -> QuerySet[AdvanceRefund]:
    """Returns the approved refunds of advances that the bank has still to pay, the oldest first."""
    approved = AdvanceRefund.objects.visible_to(user).filter(state=AdvanceRefundState.APPROVED)
    return approved.select_related("contract__account", "connection").order_by("approved_at", "pk")


def _refunds(user: User, at: datetime) -> QuerySet[RefundToSource]:
    refunds = RefundToSource.objects.visible_to(user).select_related("contract__account")
    return to_follow(refunds, at)


KINDS = (
    WaitingKind(
        key="adjustments",
        title=_("待出账的调整单"),
        empty=_("没有待出账的调整单。"),
        permission="billing.issue_adjustment",
        page="billing_adjustment_changelist",
        query="?state__exact=approved",
        rows=_to_issue,
        name=lambda adjustment: f"{adjustment.account.number}　{yuan_text(adjustment.amount_fen)}",
        link=lambda adjustment: reverse("admin:billing_adjustment_change", args=[adjustment.pk]),
        since="approved_at",
    ),
    WaitingKind(
        key="alarms",
        title=_("待处理的资金告警"),
        empty=_("没有待处理的告警。"),
        permission="billing.view_alarm",
        page="billing_alarm_changelist",
        query="?resolved=no",
        rows=unresolved_alarms,
        name=lambda alarm: alarm.sentence,
        link=lambda alarm: reverse("admin:billing_alarm_change", args=[alarm.pk]),
        since="raised_at",
    ),
    WaitingKind(
        key="dunning_tasks",
        title=_("待办的催缴任务"),
        empty=_("没有待办的催缴任务。"),
        permission="billing.record_dunning_result",
        page="billing_dunningnotice_changelist",
        query="?task=open",
        rows=open_tasks,
        name=lambda notice: (
            f"{notice.contract.account.number}　{notice.get_channel_display()}"
            f"　{yuan_text(notice.net_fen)}"
        ),
        link=lambda notice: reverse("admin:billing_dunningnotice_change", args=[notice.pk]),
        since="noticed_at",
    ),
    WaitingKind(
        key="broken_plans",
        title=_("已违约的分期缴费计划"),
        empty=_("没有违约的分期缴费计划。"),
        permission="billing.cancel_instalment_plan",
        page="billing_instalmentplan_changelist",
        query="?standing=broken",
        rows=broken_plans,
        name=lambda plan: f"{plan.contract.account.number}　{yuan_text(plan.debt_fen)}",
        link=lambda plan: reverse("admin:billing_instalmentplan_change", args=[plan.pk]),
        since="",
    ),
    WaitingKind(
        key="large_payments",
        title=_("待核准的大额收款"),
        empty=_("没有待核准的大额收款。"),
        permission="billing.approve_large_payment",
        page="billing_largepayment_changelist",
        query="?state__exact=waiting",
        rows=waiting_large_payments,
        name=lambda row: f"{row.contract.account.number}　{yuan_text(row.amount_fen)}",
        link=lambda row: reverse("admin:billing_largepayment_change", args=[row.pk]),
        since="asked_at",
    ),
    WaitingKind(
        key="suspense",
        title=_("待查款项"),
        empty=_("没有待查款项。"),
        permission="billing.assign_suspense",
        page="billing_payment_changelist",
        query="?suspense=open",
        rows=_suspense,
        name=lambda payment: f"{payment.owner_number}　{yuan_text(payment.amount_fen)}",
        link=lambda payment: reverse("admin:billing_payment_change", args=[payment.pk]),
        since="paid_at",
    ),
    WaitingKind(
        key="channel_days",
        title=_("有差异的渠道对账日"),
        empty=_("没有未说明的对账差异。"),
        permission="billing.explain_difference",
        page="billing_channelday_changelist",
        query="?state__exact=open",
        rows=_channel_days,
        name=lambda day: f"{day}　{yuan_text(day.gap_fen)}",
        link=lambda day: reverse("admin:billing_channelday_change", args=[day.pk]),
        since="compared_at",
    ),
    WaitingKind(
        key="held_readings",
        title=_("待核实的热表读数"),
        empty=_("没有待核实的读数。"),
        permission="billing.confirm_meter_reading",
        page="billing_meterreading_changelist",
        query="?held=waiting",
        rows=_held_readings,
        name=lambda reading: f"{reading.meter.account.number}　{reading.meter.number}",
        link=lambda reading: reverse("admin:billing_meterreading_change", args=[reading.pk]),
        since="entered_at",
    ),
    WaitingKind(
        key="statement_lines",
        title=_("待入账的银行到账"),
        empty=_("没有待入账的银行到账。"),
        permission="billing.book_statement_line",
        page="billing_statementline_changelist",
        query="?state=waiting",
        rows=_statement_lines,
        name=lambda line: f"{line.payer_name}　{yuan_text(line.received_fen)}",
        link=lambda line: reverse("admin:billing_statementline_change", args=[line.pk]),
        since="statement__imported_at",
    ),
    WaitingKind(
        key="advance_refunds",
        title=_("待付款的预存退款"),
        empty=_("没有待付款的预存退款。"),
        permission="billing.pay_advance_refund",
        page="billing_advancerefund_changelist",
        query="?state__exact=approved",
        rows=_refunds_to_pay,
        name=lambda refund: (
            f"{refund.owner_number}　{refund.payee_name}　{yuan_text(refund.amount_fen)}"
        ),
        link=lambda refund: reverse("admin:billing_advancerefund_change", args=[refund.pk]),
        since="approved_at",
    ),
    WaitingKind(
        key="refunds_to_source",
        title=_("需要跟进的原路退款"),
        empty=_("没有需要跟进的原路退款。"),
        permission="billing.draft_refund_to_source",
        page="billing_refundtosource_changelist",
        query="?follow=open",
        rows=_refunds,
        name=lambda refund: (
            f"{refund.contract.account.number}　{yuan_text(refund.amount_fen)}"
            f"　{refund.get_state_display()}"
        ),
        link=lambda refund: reverse("admin:billing_refundtosource_change", args=[refund.pk]),
        since="approved_at",
    ),
)
