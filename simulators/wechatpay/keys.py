"""The keys of merchant and WeChat Pay, created at the first start and stored in the directory."""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

# Every serial begins with "SIMULATOR" in hex, so that production can refuse these keys.
MARK = "53494D554C41544F52"
YEARS = timedelta(days=5 * 365)


@dataclass(frozen=True)
class Keys:
    """All secrets: `platform_key` is the certificate's, `public_key` the private half of its own
    id.
    """

    mchid: str
    appid: str
    appsecret: str
    apiv3_key: str
    merchant_serial: str
    merchant_key: rsa.RSAPrivateKey
    platform_serial: str
    platform_key: rsa.RSAPrivateKey
    platform_certificate_pem: str
    platform_certificate_from: datetime
    platform_certificate_until: datetime
    public_key_id: str
    public_key: rsa.RSAPrivateKey


def load_or_make_keys(directory: Path) -> Keys:
    """Reads the keys in `directory`; creates them at the first start."""
    directory.mkdir(parents=True, exist_ok=True)
    if not (directory / "identity.json").exists():
        _make_keys(directory)
    identity = json.loads((directory / "identity.json").read_text())
    certificate_pem = (directory / "platform_certificate.pem").read_text()
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    return Keys(
        mchid=identity["mchid"],
        appid=identity["appid"],
        appsecret=identity["appsecret"],
        apiv3_key=identity["apiv3_key"],
        merchant_serial=identity["merchant_serial"],
        merchant_key=_read_key(directory / "merchant_key.pem"),
        platform_serial=identity["platform_serial"],
        platform_key=_read_key(directory / "platform_key.pem"),
        platform_certificate_pem=certificate_pem,
        platform_certificate_from=certificate.not_valid_before_utc,
        platform_certificate_until=certificate.not_valid_after_utc,
        public_key_id=identity["public_key_id"],
        public_key=_read_key(directory / "public_key_private.pem"),
    )


def public_pem(key: rsa.RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def write_merchant_file(keys: Keys, directory: Path, public_url: str) -> Path:
    """Writes `merchant.json`: the merchant's settings, and the addresses of the pages."""
    trusted = {
        keys.public_key_id: public_pem(keys.public_key),
        keys.platform_serial: keys.platform_certificate_pem,
    }
    settings = {
        "mchid": keys.mchid,
        "appid": keys.appid,
        "appsecret": keys.appsecret,
        "serial": keys.merchant_serial,
        "private_key_pem": _private_pem(keys.merchant_key),
        "apiv3_key": keys.apiv3_key,
        "trusted": trusted,
        "public_key_id": keys.public_key_id,
        "platform_serial": keys.platform_serial,
        "base_url": public_url,
        "payer_url": f"{public_url}/payer/",
        "jsapi_bridge_url": f"{public_url}/jsapi-bridge.js",
        "oauth_authorize_url": f"{public_url}/connect/oauth2/authorize",
        "oauth_token_url": f"{public_url}/sns/oauth2/access_token",
    }
    return _write(directory / "merchant.json", json.dumps(settings, ensure_ascii=False, indent=2))


def _make_keys(directory: Path) -> None:
    merchant, platform, public = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(3)
    )
    merchant_serial, platform_serial = _serial(), _serial()
    _write(directory / "merchant_key.pem", _private_pem(merchant))
    _write(
        directory / "merchant_certificate.pem",
        _certificate(merchant, merchant_serial, "Simulated Merchant"),
    )
    _write(directory / "platform_key.pem", _private_pem(platform))
    _write(
        directory / "platform_certificate.pem",
        _certificate(platform, platform_serial, "Simulated WeChat Pay"),
    )
    _write(directory / "public_key_private.pem", _private_pem(public))
    _write(directory / "public_key.pem", public_pem(public))
    identity = {
        "mchid": "19" + "".join(secrets.choice("0123456789") for _ in range(8)),
        "appid": "wx" + secrets.token_hex(8),
        "appsecret": secrets.token_hex(16),
        "apiv3_key": secrets.token_hex(16),
        "merchant_serial": merchant_serial,
        "platform_serial": platform_serial,
        "public_key_id": f"PUB_KEY_ID_{_serial()[:38]}",
    }
    _write(directory / "identity.json", json.dumps(identity, indent=2))


def _serial() -> str:
    return MARK + secrets.token_hex(11).upper()


def _certificate(key: rsa.RSAPrivateKey, serial: str, name: str) -> str:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(int(serial, 16))
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + YEARS)
        .sign(key, SHA256())
    )
    return certificate.public_bytes(Encoding.PEM).decode()


def _private_pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _read_key(path: Path) -> rsa.RSAPrivateKey:
    key = load_pem_private_key(
        path.read_bytes(), password=None, unsafe_skip_rsa_key_validation=True
    )
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{path} does not contain an RSA key")
    return key


def _write(path: Path, text: str) -> Path:
    # Created before it is written, so that the secrets are never readable by others.
    path.touch(mode=0o600)
    path.write_text(text)
    return path
