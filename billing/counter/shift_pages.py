"""Opening a till with a counted float, closing it with a blind count."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.counter.forms import read_yuan
from billing.counter.pages import open_shift_of
from billing.counter.shifts import cash_taken_fen, close_shift, open_shift
from office.admin.desk_page import desk_page, require_any
from office.admin.records import attempt
from office.models import Company, User
from office.refusals import Invalid, Refused
from office.requests import actor_of

# Notes and coins in circulation, in fen, as they lie in the till.
DENOMINATIONS = {
    10000: "100",
    5000: "50",
    2000: "20",
    1000: "10",
    500: "5",
    100: "1",
    50: "0.5",
    10: "0.1",
}


def open_shift_page(request: HttpRequest) -> HttpResponse:
    """Where, and with which float."""
    user = require_any(request, "billing.open_shift")
    companies = _companies(user)
    if request.method == "POST":
        opened = attempt(request, lambda: _open(request, companies), _("已开班，可以收款。"))
        if opened is not None:
            return redirect("admin:counter")
    context = {
        "title": _("开班"),
        "companies": companies,
        "said": request.POST.dict(),
        "shift": open_shift_of(user),
    }
    return desk_page(request, "billing/counter/open_shift.html", **context)


def close_shift_page(request: HttpRequest) -> HttpResponse:
    """A blind count first; only then the difference, which is counted again or explained."""
    user = require_any(request, "billing.close_shift")
    shift = open_shift_of(user)
    if shift is None:
        return redirect("admin:counter")
    counted_fen, refusal = None, None
    if request.method == "POST":
        try:
            counted_fen = _counted(request.POST)
            reason = request.POST.get("reason", "")
            closed = close_shift(
                shift,
                counted_fen=counted_fen,
                reason=reason,
                by=actor_of(request),
                at=timezone.now(),
            )
            return redirect("admin:billing_shift_change", closed.pk)
        except Refused as why:
            refusal = why
    unexplained = refusal is not None and refusal.code == "difference_unexplained"
    expected_fen = shift.float_fen + cash_taken_fen(shift) if unexplained else None
    context = {
        "title": _("交班"),
        "shift": shift,
        "denominations": [
            (fen, label, request.POST.get(f"n{fen}", "")) for fen, label in DENOMINATIONS.items()
        ],
        "said": request.POST.dict(),
        "refusal": refusal,
        "counted_fen": counted_fen,
        "expected_fen": expected_fen,
        "difference_fen": counted_fen - expected_fen
        if counted_fen is not None and expected_fen is not None
        else None,
    }
    return desk_page(request, "billing/counter/close_shift.html", **context)


def _open(request: HttpRequest, companies: list[Company]) -> object:
    said = request.POST
    chosen = next((row for row in companies if str(row.pk) == said.get("company")), None)
    if chosen is None:
        raise Invalid("company_missing", _("请选择公司。"))
    till = said.get("till", "").strip()
    if not till or len(till) > 20:
        raise Invalid("till_missing", _("请填写窗口名称，不超过 20 字。"))
    float_fen = read_yuan(said.get("float", ""), _("备用金"))
    return open_shift(
        chosen, till=till, float_fen=float_fen, by=actor_of(request), at=timezone.now()
    )


def _counted(said: Mapping[str, str]) -> int:
    total = 0
    for fen in DENOMINATIONS:
        text = said.get(f"n{fen}", "").strip() or "0"
        if not text.isdigit() or len(text) > 6:
            raise Invalid("count_wrong", _("张数应为整数。"))
        total += fen * int(text)
    return total


def _companies(user: User) -> list[Company]:
    rows = Company.objects.filter(is_head_office=False)
    if not user.sees_every_company:
        rows = rows.filter(pk__in=user.company_ids)
    return list(rows)
