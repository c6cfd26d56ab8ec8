"""What a cashier types, read into what the operations take."""

import re
import secrets
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from billing.counter.operations import CardSlip, CounterForm
from billing.ledger.open_bills import OpenBill
from billing.models import Bill
from customers.models import SupplyContract
from office.language import Text
from office.money import parse_yuan
from office.refusals import Invalid

_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class TillForm:
    """A till as it is shown: the debt, and a key that lets it be booked once."""

    form_key: str
    open_bills: list[OpenBill]

    @property
    def open_fen(self) -> int:
        return sum(item.open_fen for item in self.open_bills)


def new_till(waiting: list[OpenBill]) -> TillForm:
    return TillForm(secrets.token_hex(16), waiting)


def read_counter_form(said: QueryDict, contract: SupplyContract) -> CounterForm:
    """The form that came back; ValueError nowhere, refusals with a sentence."""
    key = said.get("form_key", "")
    if not _KEY.fullmatch(key):
        raise Invalid("form_expired", _("页面已失效，请重新打开收款页面。"))
    wanted = [int(pk) for pk in said.getlist("bill") if pk.isdigit()][:100]
    bills = Bill.objects.filter(contract=contract, pk__in=wanted)
    return CounterForm(
        form_key=key,
        bills=list(bills),
        amount_fen=read_yuan(said.get("amount", ""), _("收款金额")),
        seen_open_fen=_whole(said.get("seen_open_fen", "")),
        former=said.get("former") == "yes",
    )


def read_card_slip(said: QueryDict) -> CardSlip:
    names = ("merchant_no", "terminal", "batch", "trace", "card_tail")
    return CardSlip(*(said.get(name, "").strip() for name in names))


def read_tendered(said: QueryDict, amount_fen: int) -> int | None:
    """Cash handed over, if it was typed; refused when it does not suffice."""
    text = said.get("tendered", "").strip()
    if not text:
        return None
    tendered = read_yuan(text, _("实收现金"))
    if tendered < amount_fen:
        raise Invalid("tendered_short", _("实收现金少于收款金额，请重新点收。"))
    return tendered


def read_day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("day_wrong", _("请填写入账日期，如 2026-01-15。")) from None


def read_yuan(text: str, label: Text) -> int:
    """Fen of an amount as people type it: "1,620.00", "１６２０"."""
    plain = text.strip().replace(",", "").replace("，", "").lstrip("¥￥").strip()
    try:
        fen = parse_yuan(plain)
    except ValueError:
        raise Invalid("amount_wrong", _("%(label)s应为金额，如 1620.00。"), label=label) from None
    if fen > 10**13:
        raise Invalid("amount_wrong", _("%(label)s过大，请核对。"), label=label)
    return fen


def _whole(text: str) -> int:
    if not text.isdigit() or len(text) > 15:
        raise Invalid("form_expired", _("页面已失效，请重新打开收款页面。"))
    return int(text)
