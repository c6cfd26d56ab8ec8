"""The page on which a contract is ended: its final account beside the form."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.account_desk.ending import LONGEST, end_contract, final_account
from customers.models import Account, ContractPaper, SupplyContract
from office.calendar import business_date
from office.forms.day_field import DayField
from office.outcomes import Outcome, carry_out
from office.requests import actor_of
from office.screens.records import RecordAdmin


class EndContractForm(forms.Form):
    """When and why a contract ends, and what becomes of what is open."""

    on = DayField(label=_("终止日期"), help_text=_("从这一天起不再供热、不再计费"))
    reason = forms.CharField(label=_("终止原因"), max_length=LONGEST)
    carried = forms.CharField(
        label=_("结转说明"),
        max_length=LONGEST,
        required=False,
        help_text=_("还有未缴或预存时必填：由谁承担、何时付清，或余额退到哪里"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def end_contract_page(screen: RecordAdmin, request: HttpRequest, account: Account) -> HttpResponse:
    """Shows the form beside the final account; a refusal is shown on the same page."""
    contract = account.contracts.filter(ends=None).select_related("customer", "company").first()
    if contract is None:
        messages.error(request, _("该户没有有效合同，不能终止。"))
        return HttpResponseRedirect(screen.record_url(account))
    now = timezone.now()
    outcome: Outcome[ContractPaper] = Outcome()
    if request.method == "POST":
        form = EndContractForm(request.POST)
        outcome = carry_out(form, lambda values: _end(request, contract, dict(values)))
        if outcome.result is not None:
            messages.success(
                request,
                _("合同已终止，终止协议 %(number)s 已拟订，请打印后签署。")
                % {"number": outcome.result.number},
            )
            return HttpResponseRedirect(screen.record_url(account))
    else:
        form = EndContractForm(initial={"on": business_date(now)})
    page = screen.page(
        request,
        "billing/account_desk/end_contract.html",
        title=_("终止合同"),
        original=account,
        record=account,
        contract=contract,
        final=final_account(contract, business_date(now)),
        form=form,
        refusal=outcome.refusal,
    )
    page.status_code = outcome.status if form.is_bound else 200
    return page


def _end(request: HttpRequest, contract: SupplyContract, values: dict[str, Any]) -> ContractPaper:
    return end_contract(
        contract,
        values["on"],
        reason=values["reason"],
        carried=values["carried"],
        by=actor_of(request),
        at=timezone.now(),
    )
