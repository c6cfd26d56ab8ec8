"""Keys of our own, and a WeChat Pay that answers what a test tells it to, signed by those keys."""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

from billing.wechatpay import Merchant, Order, WechatPay

NOW = datetime(2026, 11, 15, 1, 30, tzinfo=UTC)
KEY_ID = "PUB_KEY_ID_0114232134912410000000000001"
SERIAL = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
APIV3_KEY = "0123456789abcdef0123456789ABCDEF"


def public_pem(key: rsa.RSAPrivateKey) -> str:
    public = key.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def private_pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def certificate_pem(key: rsa.RSAPrivateKey, not_after: datetime) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tenpay.com")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), int(SERIAL, 16))
    builder = builder.not_valid_before(not_after - timedelta(days=1825)).not_valid_after(not_after)
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM).decode()


@dataclass
class Tenpay:
    """The other side: signs, seals, answers, and remembers the requests."""

    merchant_key: rsa.RSAPrivateKey
    public_key: rsa.RSAPrivateKey
    platform_key: rsa.RSAPrivateKey
    requests: list[httpx.Request] = field(default_factory=list)
    answers: list[Callable[[httpx.Request], httpx.Response]] = field(default_factory=list)

    def signed(self, body: bytes, *, at: datetime = NOW, serial: str = KEY_ID) -> dict[str, str]:
        timestamp, nonce = str(int(at.timestamp())), "c5ac7061fccab6bf3e254dcf98995b8c"
        message = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
        key = self.public_key if serial == KEY_ID else self.platform_key
        return {
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Signature": b64encode(
                key.sign(message, padding.PKCS1v15(), SHA256())
            ).decode(),
            "Wechatpay-Serial": serial,
        }

    def seal(self, plaintext: bytes, data: str = "transaction", key: str = APIV3_KEY) -> object:
        sealed = AESGCM(key.encode()).encrypt(b"eabb3e044577", plaintext, data.encode())
        return {
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": b64encode(sealed).decode(),
            "associated_data": data,
            "nonce": "eabb3e044577",
        }

    def will_say(self, content: object, *, status: int = 200, **headers: str) -> None:
        """Queue a signed answer; `headers` replace single signature headers."""
        body = b"" if content is None else json.dumps(content).encode()
        signed = self.signed(body) | {name.replace("_", "-"): v for name, v in headers.items()}
        self.answers.append(lambda _: httpx.Response(status, content=body, headers=signed))

    def will_say_unsigned(self, content: object, *, status: int, **headers: str) -> None:
        self.answers.append(lambda _: httpx.Response(status, json=content, headers=headers))

    def will_fail(self, failure: Exception) -> None:
        def fail(_: httpx.Request) -> httpx.Response:
            raise failure

        self.answers.append(fail)

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answers.pop(0)(request)


@pytest.fixture(scope="session")
def three_keys() -> tuple[rsa.RSAPrivateKey, rsa.RSAPrivateKey, rsa.RSAPrivateKey]:
    def fresh() -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    return fresh(), fresh(), fresh()


@pytest.fixture
def tenpay(three_keys: tuple[rsa.RSAPrivateKey, rsa.RSAPrivateKey, rsa.RSAPrivateKey]) -> Tenpay:
    return Tenpay(*three_keys)


@pytest.fixture
def merchant(tenpay: Tenpay) -> Merchant:
    return Merchant(
        mchid="1900007291",
        appid="wxd678efh567hg6787",
        serial="408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB",
        private_key_pem=private_pem(tenpay.merchant_key),
        apiv3_key=APIV3_KEY,
        trusted={
            KEY_ID: public_pem(tenpay.public_key),
            SERIAL: certificate_pem(tenpay.platform_key, datetime(2028, 1, 1, tzinfo=UTC)),
        },
        base_url="https://api.mch.weixin.qq.com",
        notify_url="https://heating.example/payments/wechat/notify",
    )


@pytest.fixture
def wechat(merchant: Merchant, tenpay: Tenpay) -> WechatPay:
    return WechatPay(
        merchant,
        transport=httpx.MockTransport(tenpay.handle),
        clock=lambda: NOW,
        nonce=lambda: "593BEC0C930BF1AFEB40B4A08C8FB242",
    )


@pytest.fixture
def order() -> Order:
    return Order("HEAT20261115A", 268050, "采暖费 3号楼", NOW + timedelta(hours=2))


@pytest.fixture
def paid() -> dict[str, object]:
    """What WeChat Pay says of a paid order."""
    return {
        "mchid": "1900007291",
        "appid": "wxd678efh567hg6787",
        "out_trade_no": "HEAT20261115A",
        "transaction_id": "4200000925202101284997714292",
        "trade_type": "NATIVE",
        "trade_state": "SUCCESS",
        "success_time": "2026-11-15T09:29:58+08:00",
        "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
        "amount": {"total": 268050, "payer_total": 267050, "currency": "CNY"},
    }
