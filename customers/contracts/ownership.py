"""过户: an account passes to another customer; debts stay with the customer who incurred them."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.contracts.locking import lock_account
from customers.contracts.operations import check_signed
from customers.models import Account, Customer, SupplyContract
from customers.people.operations import NewCustomer, customer_on_file
from office import journal
from office.actors import Actor
from office.calendar import business_date
from office.entered_times import DayBound, refuse_earlier_day
from office.permissions import authorise
from office.refusals import Invalid, Refused


@transaction.atomic
def transfer_ownership(
    account: Account,
    new_customer: Customer | NewCustomer,
    on: date,
    *,
    contract_number: str,
    signed_on: date | None = None,
    seen_contract: SupplyContract | None = None,
    by: Actor,
    at: datetime,
) -> SupplyContract:
    """Ends the open contract on the day `on` and begins one with the new customer the same day.

    Bills belong to their contract, so that every earlier debt stays with the old customer. The day
    of the transfer is the new customer's first and no longer the old one's. Charging and meter are
    those of the old contract; a payer is agreed anew. `seen_contract` is the open contract on the
    clerk's screen: when another one is open now, the transfer is refused.
    """
    authorise(by, "customers.transfer_ownership", account.company)
    locked_account = lock_account(account.pk)
    old_contract = _locked_open_contract(locked_account)
    if seen_contract is not None and seen_contract.pk != old_contract.pk:
        # Another clerk has transferred the account while this one waited for the lock.
        raise contract_changed()
    if not contract_number.strip():
        raise Invalid("contract_number_missing", _("请填写新合同编号。"))
    _check_day(locked_account, old_contract, on, today=business_date(at))
    check_signed(signed_on, business_date(at))
    if signed_on is not None and old_contract.signed_on is not None:
        # A buyer signs before the heat begins, so the start of the old contract is no bound.
        signing = DayBound(old_contract.signed_on, _("原合同签订"))
        refuse_earlier_day(signed_on, signing, day_name=_("签订日期"))
    customer = customer_on_file(account.company, new_customer)
    if customer.pk == old_contract.customer_id:
        raise Invalid(
            "same_customer",
            _("户号 %(account)s 的用户已是 %(customer)s，无需过户。"),
            account=locked_account.number,
            customer=customer.name,
        )
    old_contract.ends = on
    old_contract.save(update_fields=["ends"])
    new_contract = SupplyContract.objects.create(
        company=account.company,
        account=locked_account,
        customer=customer,
        number=contract_number.strip(),
        charging=old_contract.charging,
        meter_number=old_contract.meter_number,
        signed_on=signed_on,
        starts=on,
    )
    journal.record(
        "transfer_ownership",
        locked_account,
        by=by,
        at=at,
        company=account.company,
        on=on.isoformat(),
        old_contract=old_contract.pk,
        new_contract=new_contract.pk,
        old_customer=old_contract.customer_id,
        new_customer=customer.pk,
    )
    return new_contract


def contract_changed() -> Refused:
    """Returns the refusal of a form that was made for a contract that has ended since."""
    return Refused(
        "contract_changed",
        _("该户合同刚刚有变动（可能已办理过户），请核对后重新办理；本次没有办理。"),
    )


def _locked_open_contract(account: Account) -> SupplyContract:
    """Locks the contract that has no end and returns it; refuses an account without one."""
    contract = (
        SupplyContract.objects.select_for_update(of=("self",), no_key=True)
        .filter(account=account, ends__isnull=True)
        .first()
    )
    if contract is None:
        raise Refused(
            "no_open_contract",
            _("户号 %(account)s 没有有效合同，请先签订用热合同。"),
            account=account.number,
        )
    return contract


def _check_day(account: Account, old_contract: SupplyContract, on: date, *, today: date) -> None:
    """Refuses a day that is still to come, and one on which another contract is in force."""
    if on > today:
        raise Invalid("transfer_in_future", _("过户日期不能晚于今天。"))
    if on <= old_contract.starts:
        raise Invalid(
            "transfer_before_contract",
            _("过户日期须晚于原合同生效日期 %(starts)s。"),
            starts=old_contract.starts,
        )
    if SupplyContract.objects.filter(account=account, ends__gt=on).exists():
        raise Refused(
            "contracts_overlap",
            _("户号 %(account)s 在 %(on)s 另有合同，请核对日期。"),
            account=account.number,
            on=on,
        )
