"""The company's bank accounts by day, and the spelling of a bank's serial numbers."""

import unicodedata
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from billing.models import CompanyBankAccount
from office.models import Company
from office.refusals import Invalid

# In characters; the number of the account stands before it in a payment's transaction id.
LONGEST_SERIAL = 60


def accounts_in_use(company: Company, day: date) -> QuerySet[CompanyBankAccount]:
    """Returns the company's bank accounts that were open on that day."""
    return CompanyBankAccount.objects.filter(
        Q(closed_on__isnull=True) | Q(closed_on__gt=day), company=company, opened_on__lte=day
    )


def plain_serial(serial: str) -> str:
    """Returns a bank's serial number in one spelling: half-width capitals without spaces."""
    narrow = unicodedata.normalize("NFKC", serial)
    # Spaces (Z*), control and invisible characters (C*) come with what is copied from a browser.
    visible = (letter for letter in narrow if unicodedata.category(letter)[0] not in "ZC")
    return "".join(visible).upper()


def check_serial(reference: str) -> None:
    """Refuses a bank serial number that is empty or too long once it is in one spelling."""
    if not 0 < len(plain_serial(reference)) <= LONGEST_SERIAL:
        raise Invalid(
            "reference_missing",
            _("请填写银行流水号，不超过 %(most)s 个字符。"),
            most=LONGEST_SERIAL,
        )


def bank_transaction_id(account: CompanyBankAccount, serial: str) -> str:
    """Returns what identifies an amount on a bank account for ever: the account and the serial.

    Two banks may give the same serial number; one bank gives it once per account.
    """
    return f"{account.pk}:{plain_serial(serial)}"
