"""The bank accounts on which the demo's companies receive transfers; the numbers are invented."""

from datetime import date

from billing.models import CompanyBankAccount
from office.models import Company

_BANKS = {
    "11": ("工商银行太原迎泽支行（演示）", "0502000011000000011"),
    "21": ("工商银行兰州城关支行（演示）", "0502000021000000021"),
}


def open_bank_account(company: Company, *, on: date) -> CompanyBankAccount:
    """Enters the account of the company in the demo, in use from a day on."""
    bank, number = _BANKS[company.code]
    return CompanyBankAccount.objects.create(
        company=company, bank=bank, number=number, name=company.name, opened_on=on
    )
