"""What is proposed about a ban, checked and brought into the form in which it is compared."""

from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext_lazy as _

from office.intake.cells import clean_text
from office.refusals import Invalid
from suppliers.models import SubjectKind, Supplier, SupplyCategory
from suppliers.registry.traits import normal_form
from suppliers.states import BankAccountState


@dataclass(frozen=True)
class BanFacts:
    """Scope, term and grounds of a ban, and the people and accounts that it takes in.

    `category` None means all; `ends_on` is the last day, None without an end.
    """

    reason: str
    source: str
    review_on: date
    category: SupplyCategory | None = None
    ends_on: date | None = None
    persons: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()


def checked_facts(facts: BanFacts, *, on: date) -> BanFacts:
    """Returns the facts in clean text; raises `Invalid` for the first that cannot be right."""
    for value, name in ((facts.reason, _("列入原因")), (facts.source, _("依据文件"))):
        if not clean_text(value):
            raise Invalid("fact_missing", _("请填写%(name)s。"), name=name)
    if facts.ends_on is not None and facts.ends_on < on:
        raise Invalid("ban_over", _("截止日期不能早于今天。"))
    if facts.review_on <= on:
        raise Invalid("review_past", _("复核日期须晚于今天。"))
    if facts.ends_on is not None and facts.review_on > facts.ends_on:
        raise Invalid("review_after_end", _("复核日期不能晚于截止日期。"))
    return replace(facts, reason=clean_text(facts.reason), source=clean_text(facts.source))


def subjects_of(supplier: Supplier, facts: BanFacts) -> dict[tuple[SubjectKind, str], str]:
    """Returns the text of each subject by kind and compared value; the code always is one."""
    texts = [
        (SubjectKind.CODE, supplier.credit_code),
        *((SubjectKind.PERSON, person) for person in facts.persons),
        *((SubjectKind.ACCOUNT, account) for account in facts.accounts),
    ]
    return {
        (kind, normal_form(text)): clean_text(text) for kind, text in texts if normal_form(text)
    }


def own_people(supplier: Supplier) -> list[str]:
    """Returns the representative and the owners, without repetition."""
    return list(
        dict.fromkeys([supplier.representative, *(owner.name for owner in supplier.owners.all())])
    )


def own_accounts(supplier: Supplier) -> list[str]:
    """Returns the numbers of the bank accounts that were not rejected, without repetition."""
    accounts = supplier.bank_accounts.exclude(state=BankAccountState.REJECTED)
    return list(dict.fromkeys(accounts.values_list("number", flat=True)))
