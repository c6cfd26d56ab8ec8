"""Traits: values that two suppliers share when they may not be independent of each other."""

import unicodedata
from collections.abc import Iterable

from suppliers.models import TraitKind
from suppliers.registry.facts import SupplierFacts

Trait = tuple[TraitKind, str]

_LETTERS_AND_DIGITS = ("L", "N")


def traits_of(facts: SupplierFacts, account_numbers: Iterable[str] = ()) -> set[Trait]:
    """Returns the traits of a supplier with these facts and bank accounts."""
    phones = [facts.phone, *(contact.phone for contact in facts.contacts)]
    traits = {
        (TraitKind.REPRESENTATIVE, normal_form(facts.representative)),
        (TraitKind.ADDRESS, normal_form(facts.address)),
        *((TraitKind.OWNER, normal_form(owner.name)) for owner in facts.owners),
        *((TraitKind.PHONE, normal_form(phone)) for phone in phones),
        *((TraitKind.ACCOUNT, normal_form(number)) for number in account_numbers),
    }
    return {(kind, value) for kind, value in traits if value}


def normal_form(text: str) -> str:
    """Returns only letters and digits, narrow and in capitals: typing cannot hide a relation."""
    narrow = unicodedata.normalize("NFKC", text).upper()
    return "".join(
        letter for letter in narrow if unicodedata.category(letter)[0] in _LETTERS_AND_DIGITS
    )[:120]
