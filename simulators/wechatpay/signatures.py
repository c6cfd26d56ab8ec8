"""The merchant's signature on a request and WeChat Pay's on an answer or a callback."""

import base64
import re
import secrets
from collections.abc import Collection, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from simulators.wechatpay.world import Refusal, World

SCHEME = "WECHATPAY2-SHA256-RSA2048"
FIVE_MINUTES = 300


def check_request(
    world: World, method: str, target: str, headers: Mapping[str, str], body: bytes
) -> None:
    """Refuses as the gateway does: first the headers, then the clock, then the signature.

    The signed message has five lines: method, target, timestamp, nonce and body.
    """
    if not headers.get("User-Agent") or not headers.get("Accept"):
        raise Refusal(400, "PARAM_ERROR", "Http头缺少Accept或User-Agent")
    scheme, _, rest = headers.get("Authorization", "").partition(" ")
    fields = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    if scheme != SCHEME or set(fields) != {
        "mchid",
        "nonce_str",
        "signature",
        "timestamp",
        "serial_no",
    }:
        raise Refusal(
            401,
            "SIGN_ERROR",
            "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》",
        )
    if (
        not fields["timestamp"].isdecimal()
        or abs(world.now() - int(fields["timestamp"])) > FIVE_MINUTES
    ):
        raise Refusal(
            401, "SIGN_ERROR", "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟"
        )
    if fields["mchid"] != world.keys.mchid:
        raise Refusal(401, "SIGN_ERROR", "商户号不存在")
    if fields["serial_no"].upper() != world.keys.merchant_serial:
        raise Refusal(401, "SIGN_ERROR", "商户证书序列号有误。请使用签名私钥匹配的证书序列号")
    if not 1 <= len(fields["nonce_str"]) <= 32:
        raise Refusal(401, "SIGN_ERROR", "nonce_str长度错误")
    message = (
        f"{method}\n{target}\n{fields['timestamp']}\n{fields['nonce_str']}\n".encode()
        + body
        + b"\n"
    )
    if not merchant_signed(world, message, fields["signature"]):
        raise Refusal(401, "SIGN_ERROR", "签名错误，请检查后再试")


def merchant_signed(world: World, message: bytes, signature: str) -> bool:
    """Returns whether the merchant's key made this signature of the message."""
    try:
        decoded = base64.b64decode(signature, validate=True)
        world.keys.merchant_key.public_key().verify(decoded, message, padding.PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def answer_serial(world: World, headers: Mapping[str, str]) -> str:
    """Returns the serial of the key that signs the answer: the one the request names.

    Without the header Wechatpay-Serial it is the platform certificate.
    """
    serial = headers.get("Wechatpay-Serial", "")
    if serial in ("", world.keys.platform_serial, world.keys.public_key_id):
        return serial or world.keys.platform_serial
    raise Refusal(
        400, "PARAM_ERROR", "请求头Wechatpay-Serial既不是微信支付公钥ID，也不是平台证书序列号"
    )


def signed_headers(
    world: World, serial: str, body: bytes, faults: Collection[str] = ()
) -> dict[str, str]:
    """Returns the five Wechatpay-* headers over `body`, made wrong by the given faults."""
    if "unsigned" in faults:
        return {}
    timestamp = str(world.now() - (FIVE_MINUTES if "stale" in faults else 0))
    nonce = secrets.token_hex(16)
    message = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
    key = world.keys.public_key if serial == world.keys.public_key_id else world.keys.platform_key
    signature = base64.b64encode(key.sign(message, padding.PKCS1v15(), SHA256())).decode()
    if "probe" in faults:
        signature = "WECHATPAY/SIGNTEST/" + signature[19:]
    if "bad_signature" in faults:
        signature = base64.b64encode(secrets.token_bytes(256)).decode()
    return {
        "Wechatpay-Timestamp": timestamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": signature,
        "Wechatpay-Serial": secrets.token_hex(20).upper() if "unknown_serial" in faults else serial,
        "Wechatpay-Signature-Type": SCHEME,
    }


def seal(world: World, plaintext: bytes, associated_data: str) -> dict[str, str]:
    """Encrypts with AEAD_AES_256_GCM under the APIv3 key."""
    nonce = secrets.token_hex(6)
    sealed = AESGCM(world.keys.apiv3_key.encode()).encrypt(
        nonce.encode(), plaintext, associated_data.encode()
    )
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(sealed).decode(),
        "associated_data": associated_data,
        "nonce": nonce,
    }
