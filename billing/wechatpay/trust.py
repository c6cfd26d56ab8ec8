"""Whose signature is believed: a map from key id or certificate serial to a key of WeChat Pay."""

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

from billing.wechatpay.signing import SCHEME

WINDOW_SECONDS = 300
PROBE = "WECHATPAY/SIGNTEST/"


class Distrust(StrEnum):
    """Why a message is not believed."""

    UNSIGNED = "unsigned"
    SIGNATURE_TYPE = "signature_type"
    UNKNOWN_SERIAL = "unknown_serial"
    EXPIRED_CERTIFICATE = "expired_certificate"
    STALE = "stale"
    PROBE = "probe"
    BAD_SIGNATURE = "bad_signature"


class NotTrusted(Exception):
    """The message is not proven to come from WeChat Pay; answer a callback with `status`."""

    status = 401

    def __init__(self, why: Distrust) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True)
class TrustedKey:
    key: RSAPublicKey
    not_after: datetime | None = None


def load_trusted_key(pem: str) -> TrustedKey:
    """Read a public key (no expiry) or a platform certificate."""
    if "BEGIN CERTIFICATE" in pem:
        certificate = load_pem_x509_certificate(pem.encode())
        return TrustedKey(_only_rsa(certificate.public_key()), certificate.not_valid_after_utc)
    return TrustedKey(_only_rsa(load_pem_public_key(pem.encode())))


def _only_rsa(key: object) -> RSAPublicKey:
    if not isinstance(key, RSAPublicKey):
        raise ValueError("a key of WeChat Pay must be RSA")
    return key


def signature_fits(key: RSAPublicKey, message: bytes, signature: str) -> bool:
    """True only for a well-formed base64 signature of `message`; anything odd is simply false."""
    try:
        key.verify(b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


class Trust:
    """Public key and platform certificates, believed side by side during a key switch."""

    def __init__(self, trusted: Mapping[str, str]) -> None:
        self._keys = {serial: load_trusted_key(pem) for serial, pem in trusted.items()}

    def learn(self, certificates: Mapping[str, str]) -> None:
        """Believe further keys as well; those already believed stay."""
        self._keys = self._keys | {
            serial: load_trusted_key(pem) for serial, pem in certificates.items()
        }

    @property
    def serials(self) -> tuple[str, ...]:
        return tuple(self._keys)

    @property
    def expiries(self) -> dict[str, datetime | None]:
        """Until when each key is believed; a public key has no end."""
        return {serial: trusted.not_after for serial, trusted in self._keys.items()}

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Raise NotTrusted unless a believed key signed these bytes within 300 seconds of `now`."""
        sent = {name.lower(): value for name, value in headers.items()}
        timestamp, nonce, signature, serial = (
            sent.get(f"wechatpay-{name}", "")
            for name in ("timestamp", "nonce", "signature", "serial")
        )
        if not (timestamp and nonce and signature and serial):
            raise NotTrusted(Distrust.UNSIGNED)
        if sent.get("wechatpay-signature-type", SCHEME) != SCHEME:
            raise NotTrusted(Distrust.SIGNATURE_TYPE)
        if (
            not re.fullmatch(r"[0-9]{1,12}", timestamp)
            or abs(int(now.timestamp()) - int(timestamp)) >= WINDOW_SECONDS
        ):
            raise NotTrusted(Distrust.STALE)
        trusted = self._keys.get(serial)
        if trusted is None:
            raise NotTrusted(Distrust.UNKNOWN_SERIAL)
        if trusted.not_after is not None and now > trusted.not_after:
            raise NotTrusted(Distrust.EXPIRED_CERTIFICATE)
        message = f"{timestamp}\n{nonce}\n".encode(errors="replace") + body + b"\n"
        if not signature_fits(trusted.key, message, signature):
            raise NotTrusted(
                Distrust.PROBE if signature.startswith(PROBE) else Distrust.BAD_SIGNATURE
            )
