"""The look-up of a company's customers by number; nothing lists them all."""

from customers.models import Customer
from customers.models.customer import ID_NUMBER
from office.identity import check_credit_code, check_id_number, check_phone
from office.models import Company
from office.sealing import digest

MOST_FOUND = 10


def known_customers(company: Company, number: str) -> list[Customer]:
    """Returns the company's customers with this complete ID number, credit code or telephone
    number.
    """
    rows = Customer.objects.filter(company=company).order_by("pk")
    for check in (check_id_number, check_credit_code):
        try:
            identity = check(number)
        except ValueError:
            continue
        if customers := list(rows.filter(id_digest=digest(identity, ID_NUMBER))[:MOST_FOUND]):
            return customers
    try:
        return list(rows.filter(phone=check_phone(number))[:MOST_FOUND])
    except ValueError:
        return []
