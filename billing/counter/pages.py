"""The pages of the counter: find the account, take the money, give the receipt."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.counter.former_owners import other_debts
from billing.counter.forms import PaymentForm, new_till
from billing.counter.large_payments import ask_large_payment, asked_today
from billing.counter.operations import enter_transfer, show_wechat_code, take_card, take_cash
from billing.counter.terminals import last_terminal
from billing.ledger.late_fees import owed
from billing.models import Attempt, Method, Payment, Shift
from billing.states import LIVE_ATTEMPTS, AttemptState, ShiftState
from billing.wechat.blocking import open_orders
from billing.wechat.wechat_calls import close_online_attempts, place_order, query_attempt
from customers.contracts.account_search import search_accounts
from customers.models import SupplyContract
from office.calendar import business_date
from office.forms.typed_numbers import read_number
from office.forms.yuan_field import LARGEST_FEN
from office.models import User
from office.outcomes import carry_out
from office.pdf.qr import qr_svg
from office.refusals import NotAllowed, Refused
from office.requests import actor_of
from office.screens.desk_page import desk_page, require_any
from office.screens.records import attempt as try_to

# The permission that each way of paying needs, in the order in which the page offers them.
WAYS = {
    "cash": "billing.take_cash",
    "card": "billing.take_card",
    "wechat": "billing.start_wechat_payment",
    "transfer": "billing.enter_transfer",
}

# The ways of paying by the words of the form.
_METHODS = {
    "cash": Method.CASH,
    "card": Method.CARD,
    "wechat": Method.WECHAT_NATIVE,
    "transfer": Method.TRANSFER,
}


def counter(request: HttpRequest) -> HttpResponse:
    """Shows the search box; a single account found leads straight to its payment page."""
    user = require_any(request, *WAYS.values())
    text = request.GET.get("q", "").strip()
    accounts = search_accounts(text, user) if text else []
    if len(accounts) == 1 and accounts[0].contract_id:
        return redirect("admin:counter_till", pk=accounts[0].contract_id)
    context = {
        "title": _("收费台"),
        "query": text,
        "accounts": accounts,
        "shift": open_shift_of(user),
    }
    return desk_page(request, "billing/counter/counter.html", **context)


def till(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the open bills of a contract and the ways to pay that the user may take."""
    user = require_any(request, *WAYS.values())
    return _till(request, user, _contract(user, pk))


def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the money in the chosen way; a refusal is shown on the payment page."""
    user = require_any(request, *WAYS.values())
    contract = _contract(user, pk)
    if request.method != "POST":
        return redirect("admin:counter_till", pk=pk)
    form = PaymentForm(contract, request.POST)
    outcome = carry_out(form, lambda _values: _take(request, contract, form))
    if outcome.result is not None:
        return outcome.result
    status = 403 if isinstance(outcome.refusal, NotAllowed) else 422
    fault = outcome.sentence(form)
    asks = outcome.refusal.code if outcome.refusal else ""
    return _till(request, user, contract, form, fault=fault, asks=asks, status=status)


def ask_large(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks a supervisor to approve the amount on the form, which stays to be sent again."""
    user = require_any(request, "billing.ask_large_payment")
    contract = _contract(user, pk)
    if request.method != "POST":
        return redirect("admin:counter_till", pk=pk)
    form = PaymentForm(contract, request.POST)
    outcome = carry_out(
        form,
        lambda values: ask_large_payment(
            contract,
            method=_METHODS[values["method"]],
            amount_fen=values["amount"],
            by=actor_of(request),
            at=timezone.now(),
        ),
    )
    if outcome.result is None:
        return _till(
            request, user, contract, form, fault=outcome.sentence(form), status=outcome.status
        )
    messages.success(request, _("已提请主管核准，本次没有入账；核准后在本页再收款。"))
    return redirect("admin:counter_till", pk=pk)


def done(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the payment just taken and offers to print its receipt."""
    user = require_any(request, *WAYS.values())
    rows = Payment.objects.visible_to(user).select_related(
        "receipt", "contract__account__premise", "contract__customer"
    )
    payment = get_object_or_404(rows.filter(contract__isnull=False), pk=pk)
    tendered_fen = read_number(request.GET.get("tendered"), largest=LARGEST_FEN)
    context = {
        "title": _("收款完成"),
        "payment": payment,
        "tendered_fen": tendered_fen,
        "change_fen": tendered_fen - payment.amount_fen if tendered_fen else None,
        "left": owed(payment.heat_contract, business_date(timezone.now())),
        "may_print": user.has_perm("billing.print_receipt"),
    }
    return desk_page(request, "billing/counter/counter_done.html", **context)


def wechat(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the code on the cashier's screen until it is paid or closed."""
    user = require_any(request, WAYS["wechat"])
    order = _attempt(user, pk)
    if order.state == AttemptState.PAID:
        return HttpResponseRedirect(_done_url(order.payments.order_by("pk")[0]))
    context = {
        "title": _("微信扫码收款"),
        "order": order,
        "contract": order.intent.heat_contract,
        "code": qr_svg(order.code_url) if order.code_url else "",
        "live": order.state in LIVE_ATTEMPTS,
    }
    return desk_page(request, "billing/counter/counter_wechat.html", **context)


def wechat_state(request: HttpRequest, pk: int) -> JsonResponse:
    """Answers the cashier's screen every two seconds, and asks WeChat Pay when that is due."""
    user = require_any(request, WAYS["wechat"])
    order = _attempt(user, pk)
    now = timezone.now()
    if order.state in LIVE_ATTEMPTS and order.next_query_at and order.next_query_at <= now:
        order = query_attempt(order, at=now)
    is_paid = order.state == AttemptState.PAID
    payment = order.payments.order_by("pk").first() if is_paid else None
    return JsonResponse(
        {
            "state": order.state,
            "label": order.get_state_display(),
            "percent": 0,
            "ended": order.state not in LIVE_ATTEMPTS,
            "go": _done_url(payment) if payment else "",
        }
    )


def close_online(request: HttpRequest, pk: int) -> HttpResponse:
    """Closes the orders the customer could still pay online, so that other money can be taken."""
    user = require_any(request, WAYS["wechat"], WAYS["cash"])
    contract = _contract(user, pk)
    if request.method == "POST":
        orders = try_to(request, lambda: close_online_attempts(contract, at=timezone.now())) or []
        if any(order.state == AttemptState.PAID for order in orders):
            messages.warning(request, _("顾客刚刚已在微信上付款，款项已入账，请核对余额。"))
        elif any(order.state in LIVE_ATTEMPTS for order in orders):
            messages.error(request, _("微信支付没有答复，暂时不能关闭这笔在线支付，请稍后再试。"))
        else:
            messages.success(request, _("在线支付已关闭，可以改收现金。"))
    return redirect("admin:counter_till", pk=pk)


def open_shift_of(user: User) -> Shift | None:
    """Returns the user's own open shift."""
    rows = Shift.objects.filter(cashier=user, state=ShiftState.OPEN)
    return rows.select_related("company").first()


def _take(request: HttpRequest, contract: SupplyContract, form: PaymentForm) -> HttpResponse:
    """Books the money in the way the form names and leads to the page that comes next."""
    values, by, at = form.cleaned_data, actor_of(request), timezone.now()
    counter_form = form.counter_form()
    if values["method"] == "cash":
        return _to_receipt(take_cash(contract, counter_form, by=by, at=at), values["tendered"])
    if values["method"] == "card":
        return _to_receipt(take_card(contract, counter_form, form.card_slip(), by=by, at=at))
    if values["method"] == "transfer":
        payment = enter_transfer(
            contract,
            counter_form,
            bank_account=values["bank_account"],
            bank_reference=values["bank_reference"],
            value_date=values["value_date"],
            by=by,
            at=at,
        )
        return _to_receipt(payment)
    order = place_order(show_wechat_code(contract, counter_form, by=by, at=at), at=at)
    if order.state == AttemptState.FAILED:
        raise Refused(
            "order_failed",
            _("微信支付没有接受这笔订单（%(error_code)s），请换一种方式。"),
            error_code=order.error_code,
        )
    return redirect("admin:counter_wechat", pk=order.pk)


def _till(
    request: HttpRequest,
    user: User,
    contract: SupplyContract,
    form: PaymentForm | None = None,
    *,
    fault: str = "",
    asks: str = "",
    status: int = 200,
) -> HttpResponse:
    """Shows the payment page with today's debt, and after a refusal what the cashier had typed."""
    typed: dict[str, Any] = request.POST.dict() if fault else {}
    shift = open_shift_of(user)
    page = desk_page(
        request,
        "billing/counter/counter_till.html",
        title=pgettext_lazy("do", "收款"),
        contract=contract,
        till=new_till(owed(contract, business_date(timezone.now()))),
        others=other_debts(contract),
        ways=[way for way, permission in WAYS.items() if user.has_perm(permission)],
        form=form or PaymentForm(contract, initial=last_terminal(shift)),
        typed=typed,
        way=typed.get("method", "cash"),
        fault=fault,
        asks_beyond_debt=asks == "more_than_owed" or bool(typed.get("beyond_debt")),
        asks_supervisor=asks == "above_limit",
        large_payments=asked_today(contract, by=actor_of(request), at=timezone.now()),
        shift=shift,
        today=business_date(timezone.now()),
        live=list(
            open_orders([contract.pk], timezone.now())
            .select_related("overruled_by")
            .order_by("-pk")[:5]
        ),
    )
    page.status_code = status
    return page


def _contract(user: User, pk: int) -> SupplyContract:
    rows = SupplyContract.objects.visible_to(user).select_related(
        "company", "customer", "payer", "account__premise"
    )
    return get_object_or_404(rows, pk=pk)


def _attempt(user: User, pk: int) -> Attempt:
    rows = Attempt.objects.visible_to(user).filter(method=Method.WECHAT_NATIVE)
    return get_object_or_404(
        rows.select_related("intent__company", "intent__contract__account__premise"), pk=pk
    )


def _to_receipt(payment: Payment, tendered_fen: int | None = None) -> HttpResponseRedirect:
    query = f"?tendered={tendered_fen}" if tendered_fen else ""
    return HttpResponseRedirect(_done_url(payment) + query)


def _done_url(payment: Payment) -> str:
    return reverse("admin:counter_done", args=[payment.pk])
