"""The trusted keys: a map from key id or certificate serial to a key of WeChat Pay."""

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
    """The reasons for which a message is not trusted."""

    UNSIGNED = "unsigned"
    SIGNATURE_TYPE = "signature_type"
    UNKNOWN_SERIAL = "unknown_serial"
    EXPIRED_CERTIFICATE = "expired_certificate"
    STALE = "stale"
    PROBE = "probe"
    BAD_SIGNATURE = "bad_signature"


class NotTrusted(Exception):
    """The error of a message not proven to come from WeChat Pay; answer a callback with
    `status`.
    """

    status = 401

    def __init__(self, why: Distrust) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True)
class TrustedKey:
    key: RSAPublicKey
    not_after: datetime | None = None


def load_trusted_key(pem: str) -> TrustedKey:
    """Reads a public key (no expiry) or a platform certificate."""
    if "BEGIN CERTIFICATE" in pem:
        certificate = load_pem_x509_certificate(pem.encode())
        return TrustedKey(_only_rsa(certificate.public_key()), certificate.not_valid_after_utc)
    return TrustedKey(_only_rsa(load_pem_public_key(pem.encode())))


def _only_rsa(key: object) -> RSAPublicKey:
    if not isinstance(key, RSAPublicKey):
        raise ValueError("a key of WeChat Pay must be RSA")
    return key


def signature_fits(key: RSAPublicKey, message: bytes, signature: str) -> bool:
    """Returns True only for a well-formed base64 signature of `message`; malformed input gives
    False.
    """
    try:
        key.verify(b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


class Trust:
    """The trusted public key and platform certificates; both are valid during a change of keys."""

    def __init__(self, trusted: Mapping[str, str]) -> None:
        self._keys = {serial: load_trusted_key(pem) for serial, pem in trusted.items()}

    def learn(self, certificates: Mapping[str, str]) -> None:
        """Adds trusted keys; those already trusted stay."""
        self._keys = self._keys | {
            serial: load_trusted_key(pem) for serial, pem in certificates.items()
        }

    @property
    def serials(self) -> tuple[str, ...]:
        return tuple(self._keys)

    @property
    def expiries(self) -> dict[str, datetime | None]:
        """Returns the expiry of each trusted key; a public key has none."""
        return {serial: trusted.not_after for serial, trusted in self._keys.items()}

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Raises NotTrusted unless a trusted key signed these bytes within 300 seconds of `now`."""
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
