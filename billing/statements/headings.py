"""The headings that are remembered with a bank account."""

from billing.models import CompanyBankAccount, StatementHeadings


def headings_of(bank_account: CompanyBankAccount) -> dict[str, list[str]]:
    """Returns the remembered headings of a bank account's statements by column key, the newest
    first.
    """
    remembered = StatementHeadings.objects.filter(bank_account=bank_account).first()
    return dict(remembered.headings) if remembered else {}
