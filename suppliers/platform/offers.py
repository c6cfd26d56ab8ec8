"""What the procurement platform saw of an offer: who sent it when, from where, with which files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from office import journal
from office.actors import Actor
from office.intake.cells import clean_text
from office.models import MachineToken
from office.refusals import Invalid, Refused
from suppliers.models import Invitation, OfferTrace, Sourcing
from suppliers.platform.operations import Pushed
from suppliers.registry.facts import checked_credit_code
from suppliers.sourcing.steps import lock_sourcing
from suppliers.states import SourcingState

_BEFORE_OPENING = (SourcingState.INVITING, SourcingState.UNLOCKED)
_FILE = ("name", "sha256", "author", "template")


@dataclass(frozen=True)
class OfferTraceFacts:
    """The traces of an offer, without its prices. `number` is the platform's; `sourcing` ours."""

    number: str
    sourcing: str
    credit_code: str
    sent_at: datetime
    address: str | None = None
    device: str = ""
    phone: str = ""
    account_number: str = ""
    files: Sequence[Mapping[str, str]] = ()


@transaction.atomic
def push_offer(machine: MachineToken, facts: OfferTraceFacts, *, by: Actor, at: datetime) -> Pushed:
    """Enters the traces of an invited supplier's offer; the same ones sent again are answered as
    before.

    They come before the offers are opened, because opening compares them. Refuses a sourcing of
    another company and a supplier that was not invited. No permission: the machine's token names
    the company.
    """
    code = checked_credit_code(facts.credit_code)
    number = clean_text(facts.number)
    if not number:
        raise Invalid("fact_missing", _("请填写%(name)s。"), name=_("平台编号"))
    if facts.sent_at > at:
        raise Invalid("sent_in_future", _("报价时间不能晚于现在，请核对平台的时钟。"))
    sourcing = Sourcing.objects.filter(
        company=machine.company, number=clean_text(facts.sourcing)
    ).first()
    if sourcing is None:
        raise Refused("sourcing_unknown", _("没有这个编号的询价采购，请核对编号。"))
    # Opening holds the same lock: traces come wholly before it or are refused.
    locked_sourcing = lock_sourcing(sourcing)
    invitation = Invitation.objects.filter(
        sourcing=locked_sourcing, supplier__credit_code=code
    ).first()
    if invitation is None:
        raise Refused("not_invited", _("这家供应商没有受邀报价，请先由采购人员邀请。"))
    columns = _columns(invitation, facts)
    entered = OfferTrace.objects.filter(company=machine.company, number=number).first()
    if entered is not None:
        if any(getattr(entered, name) != value for name, value in columns.items()):
            raise Refused("number_taken", _("编号 %(number)s 已有记录，内容不同。"), number=number)
        return Pushed(entered, created=False)
    if locked_sourcing.state not in _BEFORE_OPENING:
        raise Refused("offers_opened", _("报价已开启或采购已结束，不再接受报价信息。"))
    trace = OfferTrace.objects.create(
        company=machine.company, number=number, entered_at=at, **columns
    )
    journal.record(
        "push_offer",
        locked_sourcing,
        by=by,
        at=at,
        number=number,
        supplier=invitation.supplier.name,
    )
    return Pushed(trace, created=True)


def _columns(invitation: Invitation, facts: OfferTraceFacts) -> dict[str, Any]:
    return {
        "invitation": invitation,
        "sent_at": facts.sent_at,
        "address": facts.address,
        "device": clean_text(facts.device),
        "phone": clean_text(facts.phone),
        "account_number": "".join(facts.account_number.split()),
        "files": [{name: file.get(name, "") for name in _FILE} for file in facts.files],
    }
