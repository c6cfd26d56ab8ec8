"""The customer's pages for WeChat's browser: empty shells that the API fills.

The shells contain no personal data and need no sign-in; the API behind them requires one.
"""

from typing import cast
from urllib.parse import urlsplit
from uuid import UUID

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from customers.sign_in.wechat_oauth import WechatAccount, wechat_account
from office.refusals import Refused


@require_safe
@ensure_csrf_cookie
def sign_in(request: HttpRequest) -> HttpResponse:
    shown = {
        "wechat": _wechat_account(),
        "redirect_uri": request.build_absolute_uri(reverse("my_sign_in")),
    }
    return render(request, "billing/portal/sign_in.html", shown)


@require_safe
@ensure_csrf_cookie
def accounts(request: HttpRequest) -> HttpResponse:
    return render(request, "billing/portal/accounts.html")


@require_safe
@ensure_csrf_cookie
def bills(request: HttpRequest, account_id: int) -> HttpResponse:
    shown = {"account_id": account_id, "wechat": _wechat_account()}
    return render(request, "billing/portal/bills.html", shown)


@require_safe
@ensure_csrf_cookie
def payment(request: HttpRequest, public_id: UUID) -> HttpResponse:
    account = _wechat_account()
    shown = {"public_id": public_id, "wechat": account}
    if account is None or not account.bridge_url:
        return render(request, "billing/portal/payment.html", shown)
    # Only in the demo: the simulator's bridge script, and the payment sheet it shows in a frame.
    parts = urlsplit(account.bridge_url)
    simulator = [f"{parts.scheme}://{parts.netloc}"]
    allow = csp_update({"script-src": simulator, "frame-src": simulator})
    shown_page = allow(
        lambda same_request: render(same_request, "billing/portal/payment.html", shown)
    )
    return cast(HttpResponse, shown_page(request))


@require_safe
@ensure_csrf_cookie
def receipts(request: HttpRequest) -> HttpResponse:
    return render(request, "billing/portal/receipts.html")


def _wechat_account() -> WechatAccount | None:
    try:
        return wechat_account()
    except Refused:
        return None
