"""A sealed offer: prices, terms, files and traces of its sender as one encrypted text."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from office.sealing import seal, unseal


@dataclass(frozen=True)
class OfferedFile:
    """A file as the supplier sent it."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class OfferSheet:
    """What a supplier offers. Prices in fen a unit by the item's key, `vat_rate` as a share,
    `freight_fen` for everything and before tax; `address` and `device` are what the server saw.
    """

    prices: Mapping[int, int]
    with_tax: bool
    vat_rate: Decimal
    freight_fen: int
    delivery_days: int
    contact: str
    phone: str
    account_number: str = ""
    remark: str = ""
    files: tuple[OfferedFile, ...] = ()
    address: str = ""
    device: str = ""


def seal_offer(sheet: OfferSheet, invitation_id: int) -> str:
    """Encrypts an offer for its invitation; another invitation cannot decrypt it."""
    values: dict[str, Any] = asdict(sheet)
    values["prices"] = {str(item): price for item, price in sheet.prices.items()}
    values["vat_rate"] = str(sheet.vat_rate)
    values["files"] = [
        {"name": file.name, "content": base64.b64encode(file.content).decode()}
        for file in sheet.files
    ]
    return seal(json.dumps(values, ensure_ascii=False), _purpose(invitation_id))


def unseal_offer(sealed: str, invitation_id: int) -> OfferSheet:
    """Decrypts what `seal_offer` made; raises `InvalidTag` when it was altered or moved."""
    values: dict[str, Any] = json.loads(unseal(sealed, _purpose(invitation_id)))
    values["prices"] = {int(item): price for item, price in values["prices"].items()}
    values["vat_rate"] = Decimal(values["vat_rate"])
    values["files"] = tuple(
        OfferedFile(file["name"], base64.b64decode(file["content"])) for file in values["files"]
    )
    return OfferSheet(**values)


def _purpose(invitation_id: int) -> str:
    return f"suppliers.offer:{invitation_id}"
