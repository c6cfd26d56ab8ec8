"""The page on which a cashier pays a reward by its code."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from billing.counter.pages import open_shift_of
from billing.counter.rewards import pay_reward
from billing.models import RewardVoucher
from office.forms.yuan_field import YuanField
from office.outcomes import Outcome, carry_out
from office.requests import actor_of
from office.screens.desk_page import desk_page, require_any


class RewardForm(forms.Form):
    """The code and the amount that the person brings."""

    code = forms.CharField(
        label=_("兑付码"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "autofocus": True}),
    )
    amount = YuanField(label=_("金额（元）"))


@never_cache
@sensitive_post_parameters()
def pay_reward_page(request: HttpRequest) -> HttpResponse:
    """Takes code and amount, pays once and shows the receipt, which bears no name."""
    user = require_any(request, "billing.pay_reward")
    form = RewardForm(request.POST or None)
    outcome: Outcome[RewardVoucher] = Outcome()
    if request.method == "POST":
        outcome = carry_out(
            form,
            lambda values: pay_reward(
                values["code"], values["amount"], by=actor_of(request), at=timezone.now()
            ),
        )
    context = {
        "title": _("兑付奖励"),
        "form": form,
        "refusal": outcome.refusal,
        "voucher": outcome.result,
        "shift": open_shift_of(user),
    }
    page = desk_page(request, "billing/counter/pay_reward.html", **context)
    is_refused = request.method == "POST" and outcome.result is None
    page.status_code = outcome.status if is_refused else 200
    return page
