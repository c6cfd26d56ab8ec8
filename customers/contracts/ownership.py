"""过户: an account passes to another customer; debts stay with the customer who incurred them."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.contracts.locking import lock_account
from customers.models import Account, Customer, SupplyContract
from customers.people.operations import NewCustomer, customer_on_file
from office import journal
from office.actors import Actor
from office.calendar import business_date
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
    by: Actor,
    at: datetime,
) -> SupplyContract:
    """Ends the open contract on the day and begins one with the new customer on the same day.

    Bills belong to their contract, so that every earlier debt stays with the old customer.
    """
    authorise(by, "customers.transfer_ownership", account.company)
    locked_account = lock_account(account.pk)
    old = _open_contract(locked_account)
    if not contract_number.strip():
        raise Invalid("contract_number_missing", _("请填写新合同编号。"))
    _check_day(locked_account, old, on, today=business_date(at))
    customer = customer_on_file(account.company, new_customer)
    if customer.pk == old.customer_id:
        raise Invalid(
            "same_customer",
            _("户号 %(account)s 的用户已是 %(customer)s，无需过户。"),
            account=locked_account.number,
            customer=customer.name,
        )
    old.ends = on
    old.save(update_fields=["ends"])
    new = SupplyContract.objects.create(
        company=account.company,
        account=locked_account,
        customer=customer,
        number=contract_number.strip(),
        charging=old.charging,
        meter_number=old.meter_number,
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
        old_contract=old.pk,
        new_contract=new.pk,
        old_customer=old.customer_id,
        new_customer=customer.pk,
    )
    return new


def _open_contract(account: Account) -> SupplyContract:
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


def _check_day(account: Account, old: SupplyContract, on: date, *, today: date) -> None:
    if on > today:
        raise Invalid("transfer_in_future", _("过户日期不能晚于今天。"))
    if on <= old.starts:
        raise Invalid(
            "transfer_before_contract",
            _("过户日期须晚于原合同生效日期 %(starts)s。"),
            starts=old.starts,
        )
    if SupplyContract.objects.filter(account=account, ends__gt=on).exists():
        raise Refused(
            "contracts_overlap",
            _("户号 %(account)s 在 %(on)s 另有合同，请核对日期。"),
            account=account.number,
            on=on,
        )
