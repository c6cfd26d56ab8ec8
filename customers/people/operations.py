"""Customers at the counter: registered ones recognised by their ID number, or new ones."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from customers.models import Customer, CustomerKind
from customers.models.customer import ID_NUMBER
from office.identity import check_credit_code, check_id_number, check_phone
from office.intake.cells import clean_text
from office.models import Company
from office.refusals import Invalid, Refused
from office.sealing import digest


@dataclass(frozen=True)
class NewCustomer:
    """The data of a customer who may not be registered yet."""

    kind: CustomerKind
    name: str
    phone: str = ""
    id_number: str = ""
    low_income: bool = False
    remark: str = ""


def customer_on_file(company: Company, customer_data: Customer | NewCustomer) -> Customer:
    """A step of operations that need a customer: returns a registered customer or registers one.

    Returns the given customer, else the one with the same ID number, else a new one. Raises
    `Invalid` for wrong data and `Refused` when the ID number belongs to another name.
    """
    if isinstance(customer_data, Customer):
        if customer_data.company_id != company.pk:
            raise Invalid("customer_of_another_company", _("该用户属于其他公司，请重新选择。"))
        return customer_data
    name = clean_text(customer_data.name)
    if not name:
        raise Invalid("name_missing", _("请填写户名。"))
    number = _checked_number(customer_data)
    if number and (registered := _registered_customer(company, number)):
        if registered.name != name:
            raise Refused(
                "id_number_taken",
                _("该证件号码已登记在 %(customer)s 名下，请核对户名或证件号码。"),
                customer=registered.name,
            )
        return registered
    customer = Customer(
        company=company,
        kind=customer_data.kind,
        name=name,
        phone=_checked_phone(customer_data.phone),
        low_income=customer_data.low_income,
        remark=customer_data.remark,
    )
    if number:
        customer.put_id_number(number)
    customer.save()
    return customer


def _registered_customer(company: Company, number: str) -> Customer | None:
    """Returns the company's customer with this ID number, found by its digest: it is sealed."""
    return Customer.objects.filter(company=company, id_digest=digest(number, ID_NUMBER)).first()


def _checked_number(new_customer: NewCustomer) -> str:
    """Returns the ID number or credit code in one spelling; raises Invalid for a wrong one."""
    if not new_customer.id_number.strip():
        return ""
    check = check_id_number if new_customer.kind == CustomerKind.RESIDENT else _check_either
    try:
        return check(new_customer.id_number)
    except ValueError as error:
        raise Invalid(
            "id_number_wrong", _("%(error)s，请核对证件。"), error=_(str(error))
        ) from error


def _check_either(number: str) -> str:
    """Checks a credit code or, for shops that a person runs in their own name, an ID number."""
    try:
        return check_credit_code(number)
    except ValueError:
        return check_id_number(number)


def _checked_phone(phone: str) -> str:
    """Returns the phone number in one spelling; raises Invalid for a wrong one."""
    if not phone.strip():
        return ""
    try:
        return check_phone(phone)
    except ValueError as error:
        raise Invalid("phone_wrong", _("%(error)s，请核对。"), error=_(str(error))) from error
