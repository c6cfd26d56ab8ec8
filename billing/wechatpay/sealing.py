"""Decryption of what WeChat Pay encrypts for us: AES-256-GCM resources, certificates, RSA-OAEP
fields.
"""

import json
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1

from billing.wechatpay.signing import load_private_key

ALGORITHM = "AEAD_AES_256_GCM"
KEY_BYTES = 32


class SealBroken(Exception):
    """The error of a message that our key does not decrypt: raise an alarm, answer `status`, never
    2xx.
    """

    status = 500


def open_sealed(apiv3_key: str, *, ciphertext: str, nonce: str, associated_data: str) -> bytes:
    """Decrypts base64(ciphertext‖tag) with the 32-byte APIv3 key; refuses other key lengths."""
    key = apiv3_key.encode()
    if len(key) != KEY_BYTES:
        raise SealBroken(f"the APIv3 key has {len(key)} bytes instead of {KEY_BYTES}")
    try:
        sealed = b64decode(ciphertext, validate=True)
        return AESGCM(key).decrypt(nonce.encode(), sealed, associated_data.encode())
    except (InvalidTag, Base64Error, ValueError) as broken:
        raise SealBroken("the ciphertext does not open with the APIv3 key") from broken


def open_resource(apiv3_key: str, resource: object) -> bytes:
    """Decrypts a `resource` or `encrypt_certificate` object."""
    if not isinstance(resource, Mapping) or resource.get("algorithm") != ALGORITHM:
        raise SealBroken(f"the resource is not sealed with {ALGORITHM}")
    parts = {name: resource.get(name) or "" for name in ("ciphertext", "nonce", "associated_data")}
    if not all(isinstance(part, str) for part in parts.values()):
        raise SealBroken("the resource has parts that are not text")
    return open_sealed(apiv3_key, **parts)


def open_certificates(apiv3_key: str, body: bytes) -> dict[str, str]:
    """Reads `GET /v3/certificates`: serial → certificate PEM; the GCM tag authenticates each of
    them.
    """
    try:
        listed = json.loads(body)["data"]
        return {
            str(item["serial_no"]): open_resource(apiv3_key, item["encrypt_certificate"]).decode()
            for item in listed
        }
    except (ValueError, KeyError, TypeError) as broken:
        raise SealBroken("the list of certificates is not readable") from broken


def open_field(private_key_pem: str, ciphertext: str) -> bytes:
    """Decrypts a field encrypted for the merchant by RSA-OAEP, with the SHA-1 that APIv3
    prescribes. Only tests call it: no answer we ask for has such a field yet.
    """
    try:
        sealed = b64decode(ciphertext, validate=True)
        return load_private_key(private_key_pem).decrypt(sealed, OAEP(MGF1(SHA1()), SHA1(), None))  # noqa: S303
    except ValueError as broken:
        raise SealBroken("the field does not open with the merchant's key") from broken
