"""The e-sign service over HTTP: a document's digest goes there, a sealed signature comes back."""

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from office.refusals import Refused

SECONDS = 10


@dataclass(frozen=True)
class SigningOrder:
    """What is to be signed: the SHA-256 of the contract's PDF, and by whom. The service knows an
    order by its key: the same key sent again is the same order.
    """

    key: str
    title: str
    digest: str
    signer: str
    mobile: str


@dataclass(frozen=True)
class PlacedOrder:
    """The service's number of an order, and the page on which the signer signs."""

    reference: str
    page: str


@dataclass(frozen=True)
class SignedDocument:
    """A signature whose seal was checked: who signed which digest, and when."""

    reference: str
    digest: str
    signer: str
    signed_at: datetime
    seal: str


@dataclass(frozen=True)
class EsignService:
    """The account with the service, from ESIGN_SERVICE_FILE."""

    url: str
    key: str = field(repr=False)
    public_key: str

    def place(self, order: SigningOrder) -> PlacedOrder:
        """Sends an order and returns its number and page; raises `Refused` when that fails."""
        reply = self._ask("POST", "/v1/signings", json=vars(order))
        return PlacedOrder(_text(reply, "reference"), _text(reply, "page"))

    def look(self, reference: str) -> SignedDocument | None:
        """Returns the signature of an order, or None while nobody has signed.

        Raises `Refused` for an answer whose seal is not the service's.
        """
        reply = self._ask("GET", f"/v1/signings/{reference}")
        if reply.get("state") != "signed":
            return None
        signed = SignedDocument(
            reference=_text(reply, "reference"),
            digest=_text(reply, "digest"),
            signer=_text(reply, "signer"),
            signed_at=_moment(_text(reply, "signed_at")),
            seal=_text(reply, "seal"),
        )
        self._check_seal(signed, _text(reply, "signed_at"))
        if signed.reference != reference:
            raise _unusable()
        return signed

    def _check_seal(self, signed: SignedDocument, moment: str) -> None:
        """Refuses a signature that the service's key did not seal."""
        message = "\n".join((signed.reference, signed.digest, signed.signer, moment))
        try:
            key = Ed25519PublicKey.from_public_bytes(base64.b64decode(self.public_key))
            key.verify(base64.b64decode(signed.seal), message.encode())
        except (InvalidSignature, ValueError):
            raise Refused(
                "seal_wrong", _("电子签署平台的回执验证不通过，没有登记签署；请联系系统管理员。")
            ) from None

    def _ask(self, method: str, path: str, **options: object) -> dict[str, object]:
        headers = {"Authorization": f"Bearer {self.key}"}
        try:
            answer = httpx.request(
                method,
                self.url + path,
                headers=headers,
                timeout=SECONDS,
                trust_env=False,
                **options,  # type: ignore[arg-type]
            )
            answer.raise_for_status()
            reply = answer.json()
        except (httpx.HTTPError, ValueError):
            raise _unavailable() from None
        if not isinstance(reply, dict):
            raise _unusable()
        return reply


def esign_service() -> EsignService:
    """Returns the account; raises `Refused` where none is set up."""
    try:
        entries = json.loads(settings.ESIGN_SERVICE_FILE.read_text(encoding="utf-8"))
        return EsignService(entries["url"], entries["key"], entries["public_key"])
    except (OSError, ValueError, KeyError):
        raise Refused(
            "esign_not_set_up", _("尚未接入电子签署平台，请用纸质签署。"), status=503
        ) from None


def is_set_up() -> bool:
    """Returns whether there is an account with a service."""
    return bool(settings.ESIGN_SERVICE_FILE.exists())


def _text(reply: dict[str, object], name: str) -> str:
    value = reply.get(name)
    if not isinstance(value, str) or not value:
        raise _unusable()
    return value


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _unusable() from None
    if moment.tzinfo is None:
        raise _unusable()
    return moment


def _unavailable() -> Refused:
    return Refused("esign_unavailable", _("电子签署平台没有应答，请稍后再试。"), status=503)


def _unusable() -> Refused:
    return Refused("esign_answer_wrong", _("电子签署平台的应答无法识别，请联系系统管理员。"))
