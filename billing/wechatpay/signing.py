"""Our signatures: on requests and on the payment parameters of a WeChat page (RSA PKCS#1 v1.5,
SHA-256).
"""

from base64 import b64encode
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

SCHEME = "WECHATPAY2-SHA256-RSA2048"


@lru_cache(maxsize=8)
def load_private_key(pem: str) -> RSAPrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("the merchant's private key must be RSA")
    return key


def request_message(method: str, target: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """Returns the five lines that a request signs; `target` is path and query exactly as sent."""
    return f"{method}\n{target}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"


def sign(private_key_pem: str, message: bytes) -> str:
    return b64encode(load_private_key(private_key_pem).sign(message, PKCS1v15(), SHA256())).decode()


def authorization(mchid: str, serial: str, timestamp: str, nonce: str, signature: str) -> str:
    """Returns the value of the Authorization header."""
    return (
        f'{SCHEME} mchid="{mchid}",nonce_str="{nonce}",signature="{signature}",'
        f'timestamp="{timestamp}",serial_no="{serial}"'
    )


def pay_sign(private_key_pem: str, appid: str, timestamp: str, nonce: str, package: str) -> str:
    """Signs a payment call; `package` is `prepay_id=…` on a page and the bare prepay id in an
    app.
    """
    return sign(private_key_pem, f"{appid}\n{timestamp}\n{nonce}\n{package}\n".encode())
