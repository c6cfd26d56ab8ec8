"""The page of 过户 at the desk: the new owner, the first day, and the debts of the old owner."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.ledger.balances import contract_balance
from billing.ledger.open_bills import open_bills
from billing.models import Bill, BillingRun
from billing.states import BillingRunState
from customers.contracts.ownership import contract_changed, transfer_ownership
from customers.models import Account, SupplyContract
from customers.people.owner_form import OwnerForm
from office.calendar import business_date
from office.forms.day_field import DayField
from office.identity import mask_phone
from office.money import yuan_text
from office.outcomes import Outcome, carry_out
from office.requests import actor_of
from office.screens.records import RecordAdmin


class TransferOwnershipForm(OwnerForm):
    # The contract that the page showed: if another one is open by now, the transfer is refused.
    contract = forms.IntegerField(widget=forms.HiddenInput)
    on = DayField(
        label=_("过户日期"),
        help_text=_("新合同从这一天起生效"),
    )
    contract_number = forms.CharField(
        label=_("新合同编号"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    signed_on = DayField(
        label=_("签订日期"),
        required=False,
    )
    debts_explained = forms.BooleanField(
        error_messages={"required": _("请先向双方说明欠费的归属，再勾选确认。")}
    )

    def __init__(self, old: SupplyContract, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.look_in(old.company)

    @property
    def terms(self) -> list[forms.BoundField]:
        return [self[name] for name in ("on", "contract_number", "signed_on")]


def transfer_ownership_page(
    screen: RecordAdmin, request: HttpRequest, account: Account
) -> HttpResponse:
    """Shows the form beside the old owner's debts; a refusal is shown on the same page."""
    old = account.contracts.filter(ends=None).select_related("customer", "company").first()
    if old is None:
        messages.error(request, _("该户没有有效合同，不能过户。"))
        return HttpResponseRedirect(screen.record_url(account))
    today = business_date(timezone.now())
    outcome: Outcome[bool] = Outcome()
    if request.method == "POST":
        form = TransferOwnershipForm(old, request.POST)
        if form.is_valid() and not form.looking:
            outcome = carry_out(form, lambda _values: _transfer(request, account, old, form))
        if outcome.result:
            return HttpResponseRedirect(screen.record_url(account))
    else:
        form = TransferOwnershipForm(old, initial={"owner": "known", "on": today})
    waiting = open_bills(old)
    page = screen.page(
        request,
        "billing/account_desk/transfer_ownership.html",
        title=_("过户"),
        original=account,
        record=account,
        old=old,
        old_phone=mask_phone(old.customer.phone) if old.customer.phone else "",
        waiting=waiting,
        open_fen=sum(item.open_fen for item in waiting),
        advance_fen=contract_balance(old).advance_fen,
        form=form,
        today=today,
        refusal=outcome.refusal,
    )
    page.status_code = outcome.status if outcome.refusal or form.errors else 200
    return page


def _transfer(
    request: HttpRequest, account: Account, old: SupplyContract, form: TransferOwnershipForm
) -> bool:
    """Transfers the account and returns True; so does the same form sent again."""
    values = form.cleaned_data
    number = values["contract_number"].strip()
    if values["contract"] != old.pk:
        # The form was sent twice: the second answer is the same as the first.
        if (old.number, old.starts) == (number, values["on"]):
            return True
        raise contract_changed()
    new = transfer_ownership(
        account,
        form.new_owner(),
        values["on"],
        contract_number=number,
        signed_on=values["signed_on"],
        seen_contract=old,
        by=actor_of(request),
        at=timezone.now(),
    )
    if unchanged := unchanged_bills(old, values["on"]):
        messages.warning(request, unchanged)
    messages.success(
        request,
        _("已过户给 %(name)s，新合同 %(number)s。")
        % {"name": new.customer.name, "number": new.number},
    )
    return True


def unchanged_bills(old: SupplyContract, on: date) -> str:
    """Returns the sentence about bills of the old owner for days on which the new one owns; empty
    when there is none.

    An issued bill never changes hands by itself; a run that is issuing may be writing one.
    """
    issued = Bill.objects.filter(contract=old, season__ends__gte=on).order_by("season__label", "pk")
    bills = [
        _("%(season)s 采暖季账单 %(number)s（%(amount)s 元）")
        % {
            "season": bill.season.label,
            "number": bill.number,
            "amount": yuan_text(bill.amount_fen),
        }
        for bill in issued.select_related("season")
    ]
    issuing = BillingRun.objects.filter(
        company=old.company_id, state=BillingRunState.ISSUING, season__ends__gte=on
    )
    bills += [
        _("正在出账的 %(season)s 采暖季账单") % {"season": run.season.label}
        for run in issuing.select_related("season")
    ]
    if not bills:
        return ""
    return _("过户不改变已出的账单：%(bills)s仍由原用户承担；应由新用户承担的，请另行更正。") % {
        "bills": "、".join(bills)
    }
