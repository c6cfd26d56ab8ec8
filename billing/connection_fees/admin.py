"""The screens of connection fees: the list, one connection's money with its buttons, the moves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.change_states import CREDIT_MOVE
from billing.connection_fees.forms import (
    CardForm,
    CreditMoveForm,
    FeeRefundForm,
    MoneyForm,
    TransferForm,
)
from billing.connection_fees.kind import CREDIT_MOVE_APPROVAL
from billing.connection_fees.moves import (
    approve_credit_move,
    cancel_credit_move,
    draft_credit_move,
    return_credit_move,
)
from billing.connection_fees.panel import fee_panel
from billing.connection_fees.statement import fee_statement
from billing.connection_fees.taking import (
    enter_connection_transfer,
    take_connection_card,
    take_connection_cash,
)
from billing.ledger.connection_money import connection_money, money_of_connections
from billing.models import ConnectionFee, CreditMove
from billing.refunds.operations import draft_connection_refund
from customers.connection.offering import OfferingVerb
from customers.connection_states import OPEN_CONNECTIONS
from customers.models import Connection, ConnectionContract
from office import journal
from office.actors import Actor
from office.approvals.screen import (
    DecisionVerb,
    OpinionForm,
    ReturnForm,
    passages_of,
    read_opinion,
)
from office.calendar import business_date
from office.lists.filters import CompanyFilter
from office.lists.list_columns import MoneyColumn
from office.screens.panels import add_panel
from office.screens.records import RecordAdmin, Verb


class ContractFilter(SimpleListFilter):
    """Filters the connections that have signed a contract, and those where money waits."""

    title = _("入网合同")
    parameter_name = "contract"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("signed", _("已签合同")), ("ended", _("合同已终止"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        in_force = ConnectionContract.objects.filter(ended_at=None).values("connection")
        if self.value() == "signed":
            return queryset.filter(pk__in=in_force)
        if self.value() == "ended":
            signed = ConnectionContract.objects.values("connection")
            return queryset.filter(pk__in=signed).exclude(pk__in=in_force)
        return queryset


def _is_owing(connection: ConnectionFee) -> bool:
    return connection_money(connection).open_fen > 0


def _may_get_money(connection: ConnectionFee) -> bool:
    """Returns whether a transfer can be entered: money comes late for one that was given up."""
    return _is_owing(connection) or connection.state not in OPEN_CONNECTIONS


def _has_credit(connection: ConnectionFee) -> bool:
    return connection_money(connection).credit_fen > 0


def _cash(record: ConnectionFee, values: Mapping[str, Any], by: Actor, at: datetime) -> object:
    return take_connection_cash(record, MoneyForm.fee_form(values), by=by, at=at)


def _card(record: ConnectionFee, values: Mapping[str, Any], by: Actor, at: datetime) -> object:
    form, slip = CardForm.fee_form(values), CardForm.slip(values)
    return take_connection_card(record, form, slip, by=by, at=at)


def _transfer(record: ConnectionFee, values: Mapping[str, Any], by: Actor, at: datetime) -> object:
    return enter_connection_transfer(
        record,
        TransferForm.fee_form(values),
        bank_account=values["bank_account"],
        bank_reference=values["bank_reference"],
        value_date=values["value_date"],
        by=by,
        at=at,
    )


def _refund(record: ConnectionFee, values: Mapping[str, Any], by: Actor, at: datetime) -> object:
    return draft_connection_refund(
        record,
        values["amount"],
        FeeRefundForm.payee(values),
        reason=values["reason"],
        source=values["source"],
        form_key=values["form_key"],
        by=by,
        at=at,
    )


def _move(record: ConnectionFee, values: Mapping[str, Any], by: Actor, at: datetime) -> object:
    return draft_credit_move(
        record, values["target"], values["amount"], reason=values["reason"], by=by, at=at
    )


@admin.register(ConnectionFee)
class ConnectionFeeAdmin(RecordAdmin):
    record_page = "billing/connection_fees/connection_fee.html"
    list_display = ["number", "project", "applicant", "state", "owed", "paid", "open"]
    list_display_links = ["number", "project"]
    list_filter = [ContractFilter, CompanyFilter, "state"]
    search_fields = ["number", "project", "applicant"]
    verbs = (
        OfferingVerb(
            "take_connection_cash",
            _("收现金"),
            "billing.take_cash",
            _cash,
            _("入网费已收，收据已开具。"),
            form=MoneyForm,
            allowed=_is_owing,
        ),
        OfferingVerb(
            "take_connection_card",
            _("刷卡收款"),
            "billing.take_card",
            _card,
            _("入网费已收，收据已开具。"),
            form=CardForm,
            allowed=_is_owing,
        ),
        OfferingVerb(
            "enter_connection_transfer",
            _("登记对公转账"),
            "billing.enter_transfer",
            _transfer,
            _("转账已登记。"),
            form=TransferForm,
            look="button-primary",
            allowed=_may_get_money,
        ),
        OfferingVerb(
            "draft_connection_refund",
            _("起草退款"),
            "billing.draft_advance_refund",
            _refund,
            _("退款已起草，等待审核。"),
            form=FeeRefundForm,
            allowed=_has_credit,
        ),
        OfferingVerb(
            "draft_credit_move",
            _("划转余款"),
            "billing.draft_credit_move",
            _move,
            _("划转已起草，等待另一人审核。"),
            form=CreditMoveForm,
            allowed=_has_credit,
        ),
    )

    owed = MoneyColumn("owed_fen", _("应付（元）"), summed=False)
    paid = MoneyColumn("paid_fen", _("已付（元）"), summed=False)
    open = MoneyColumn("open_fen", _("未付（元）"), summed=False)

    def prepare_rows(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        money = money_of_connections([row.pk for row in rows])
        for row in rows:
            row.owed_fen = money[row.pk].owed_fen
            row.paid_fen = money[row.pk].paid_fen
            row.open_fen = money[row.pk].open_fen

    def totals_of(self, rows: QuerySet[Any]) -> Mapping[str, int]:
        money = money_of_connections(rows.values_list("pk", flat=True)).values()
        return {
            "owed_fen": sum(item.owed_fen for item in money),
            "paid_fen": sum(item.paid_fen for item in money),
            "open_fen": sum(item.open_fen for item in money),
        }

    def record_context(self, request: HttpRequest, record: ConnectionFee) -> dict[str, Any]:
        return {
            "title": str(record),
            "fee": fee_statement(record),
            "today": business_date(timezone.now()),
        }


@admin.register(CreditMove)
class CreditMoveAdmin(RecordAdmin):
    workflow = CREDIT_MOVE
    record_page = "billing/connection_fees/credit_move.html"
    list_display = ["id", "connection", "target", "amount", "state", "reason", "created_by"]
    list_select_related = ["connection", "target", "created_by"]
    list_filter = [CompanyFilter, "state"]
    verbs = (
        DecisionVerb(
            "approve_credit_move",
            _("审核通过"),
            "billing.approve_credit_move",
            lambda move, answers, by, at: approve_credit_move(
                move, read_opinion(answers), by=by, at=at
            ),
            _("余款已划转。"),
            form=OpinionForm,
            question=_("请确认已核对付款方、金额和原因。"),
            look="button-primary",
            kind=CREDIT_MOVE_APPROVAL,
        ),
        DecisionVerb(
            "return_credit_move",
            _("退回"),
            "billing.approve_credit_move",
            lambda move, answers, by, at: return_credit_move(
                move, read_opinion(answers), by=by, at=at
            ),
            _("划转已退回。"),
            form=ReturnForm,
            kind=CREDIT_MOVE_APPROVAL,
        ),
        Verb(
            "cancel_credit_move",
            _("取消划转"),
            "billing.draft_credit_move",
            lambda move, answers, by, at: cancel_credit_move(move, by=by, at=at),
            _("划转已取消。"),
            question=_("取消后须重新起草。"),
            look="button-danger",
        ),
    )

    amount = MoneyColumn("amount_fen", _("划转金额（元）"))

    def record_context(self, request: HttpRequest, record: CreditMove) -> dict[str, Any]:
        return {
            "title": str(record),
            "passages": passages_of(record),
            "timeline": journal.timeline(record)[:30],
        }


add_panel(Connection, fee_panel)
