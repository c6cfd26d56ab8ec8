"""What procurement knows of a supplier, checked and brought into one form."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from office.identity import check_credit_code, check_phone, credit_code_checksum_agrees
from office.intake.cells import clean_text
from office.refusals import Invalid
from suppliers.models import Region


@dataclass(frozen=True)
class OwnerFacts:
    """An owner and the share in percent, where it is known."""

    name: str
    share_percent: Decimal | None = None


@dataclass(frozen=True)
class ContactFacts:
    """A person whom procurement calls."""

    name: str
    phone: str
    duty: str = ""


@dataclass(frozen=True)
class SupplierFacts:
    """The columns of a supplier with its owners and contacts."""

    credit_code: str
    name: str
    representative: str
    region: Region
    address: str
    phone: str = ""
    founded_on: date | None = None
    remark: str = ""
    owners: tuple[OwnerFacts, ...] = ()
    contacts: tuple[ContactFacts, ...] = ()


def checked_facts(facts: SupplierFacts, *, on: date) -> SupplierFacts:
    """Returns the facts in one form; raises `Invalid` for the first that cannot be right.

    The credit code has its check character (GB 32100); width, case and spaces do not matter.
    """
    for value, name in (
        (facts.name, _("名称")),
        (facts.representative, _("法定代表人")),
        (facts.address, _("注册地址")),
    ):
        if not clean_text(value):
            raise Invalid("fact_missing", _("请填写%(name)s。"), name=name)
    if facts.founded_on is not None and facts.founded_on > on:
        raise Invalid("founded_in_future", _("成立日期不能晚于今天。"))
    return replace(
        facts,
        credit_code=checked_credit_code(facts.credit_code),
        name=clean_text(facts.name),
        representative=clean_text(facts.representative),
        address=clean_text(facts.address),
        phone=_checked_phone(facts.phone),
        remark=clean_text(facts.remark),
        owners=_checked_owners(facts.owners),
        contacts=_checked_contacts(facts.contacts),
    )


def checked_credit_code(text: str) -> str:
    """Returns the 18 characters of a credit code whose check character agrees."""
    try:
        code = check_credit_code(text)
    except ValueError as error:
        raise Invalid(
            "credit_code_wrong", _("%(error)s，请核对营业执照。"), error=_(str(error))
        ) from error
    if not credit_code_checksum_agrees(code):
        raise Invalid(
            "credit_code_checksum",
            _("统一社会信用代码 %(number)s 的校验位不对，请核对营业执照。"),
            number=code,
        )
    return code


def _checked_owners(owners: tuple[OwnerFacts, ...]) -> tuple[OwnerFacts, ...]:
    cleaned = tuple(replace(owner, name=clean_text(owner.name)) for owner in owners)
    if len({owner.name for owner in cleaned}) < len(cleaned):
        raise Invalid("owner_twice", _("同一股东填写了两次，请合并为一行。"))
    shares = [owner.share_percent for owner in cleaned if owner.share_percent is not None]
    if any(not 0 < share <= 100 for share in shares) or sum(shares) > 100:
        raise Invalid("shares_beyond_100", _("持股比例须大于0，合计不能超过100%%。"))
    return cleaned


def _checked_contacts(contacts: tuple[ContactFacts, ...]) -> tuple[ContactFacts, ...]:
    return tuple(
        ContactFacts(
            clean_text(contact.name), _checked_phone(contact.phone), clean_text(contact.duty)
        )
        for contact in contacts
    )


def _checked_phone(phone: str) -> str:
    if not phone.strip():
        return ""
    try:
        return check_phone(phone)
    except ValueError as error:
        raise Invalid("phone_wrong", _("%(error)s，请核对。"), error=_(str(error))) from error
