"""A company with a bank account and a customer who owes for a season."""

from datetime import date

import pytest

from billing.models import Bill, CompanyBankAccount
from customers.models import SupplyContract
from tests.builders import NOW, a_company, a_contract, a_customer, an_account, an_issued_bill


@pytest.fixture
def contract(db: None) -> SupplyContract:
    """王秀英's flat."""
    company = a_company()
    return a_contract(an_account(company), a_customer(company))


@pytest.fixture
def bill(contract: SupplyContract) -> Bill:
    """2,058.48 yuan for the season 2025-2026."""
    return an_issued_bill(contract, at=NOW)


@pytest.fixture
def bank_account(contract: SupplyContract) -> CompanyBankAccount:
    return CompanyBankAccount.objects.create(
        company=contract.company,
        bank="工商银行太原迎泽支行",
        number="1402000000001234567",
        name="供热公司",
        opened_on=date(2025, 1, 1),
    )
