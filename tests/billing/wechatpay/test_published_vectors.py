"""The published conformance vectors, read from beside the checkout when they are there."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from billing.wechatpay.bills import BillRefused, file_hash, read_trade_bill
from billing.wechatpay.facts import read_object
from billing.wechatpay.sealing import (
    SealBroken,
    open_certificates,
    open_field,
    open_resource,
    open_sealed,
)
from billing.wechatpay.signing import load_private_key, pay_sign, request_message, sign
from billing.wechatpay.trust import NotTrusted, Trust, load_trusted_key, signature_fits

VECTORS = Path(__file__).resolve().parents[3].parent / "shared" / "wechat" / "vectors.json"
PUBLISHED: dict[str, Any] = (
    json.loads(VECTORS.read_bytes()) if VECTORS.exists() else {"keys": {}, "vectors": []}
)
KEYS = PUBLISHED["keys"]

pytestmark = pytest.mark.skipif(
    not VECTORS.exists(), reason="no published vectors beside this checkout"
)


def public_key_of(vector: dict[str, Any]) -> str:
    if "public_key_pem" in vector:
        return str(vector["public_key_pem"])
    key = KEYS[vector["key"]]
    return str(key.get("public_key_pem") or key["certificate_pem"])


def target_of(vector: dict[str, Any]) -> str:
    return str(vector["url"]).removeprefix("https://api.mch.weixin.qq.com")


def message_of(vector: dict[str, Any]) -> bytes:
    return request_message(
        vector["method"],
        target_of(vector),
        vector["timestamp"],
        vector["nonce"],
        vector["body"].encode(),
    )


def rsa_sha256(vector: dict[str, Any]) -> None:
    key = KEYS[vector["key"]]["private_key_pem"]
    assert sign(key, vector["message"].encode()) == vector["expect"]["signature"]


def rsa_sha256_verify(vector: dict[str, Any]) -> None:
    key = load_trusted_key(public_key_of(vector)).key
    assert (
        signature_fits(key, vector["message"].encode(), vector["signature"])
        is vector["expect"]["valid"]
    )


def request_message_lines(vector: dict[str, Any]) -> None:
    assert message_of(vector).decode() == vector["expect"]["message"]


def request_signature(vector: dict[str, Any]) -> None:
    assert message_of(vector).decode() == vector["message"]
    assert (
        sign(KEYS[vector["key"]]["private_key_pem"], message_of(vector))
        == vector["expect"]["signature"]
    )


def pay_signature(vector: dict[str, Any]) -> None:
    private_key = KEYS[vector["key"]]["private_key_pem"]
    if "signature" in vector:
        key = load_private_key(private_key).public_key()
        assert (
            signature_fits(key, vector["message"].encode(), vector["signature"])
            is vector["expect"]["valid"]
        )
        return
    signature = pay_sign(
        private_key, vector["appid"], vector["timestamp"], vector["nonce"], vector["package"]
    )
    assert signature == vector["expect"]["signature"]


def believed(trust: Trust, headers: dict[str, str], body: bytes, now: int) -> bool:
    try:
        trust.verify(headers, body, datetime.fromtimestamp(now, UTC))
    except NotTrusted:
        return False
    return True


def response_verify(vector: dict[str, Any]) -> None:
    headers = {
        "Wechatpay-Timestamp": vector["timestamp"],
        "Wechatpay-Nonce": vector["nonce"],
        "Wechatpay-Signature": vector["signature"],
        "Wechatpay-Serial": "PUBLISHED",
    }
    trust = Trust({"PUBLISHED": public_key_of(vector)})
    verdict = believed(trust, headers, vector["body"].encode(), int(vector["timestamp"]))
    assert verdict is vector["expect"]["valid"]


def aes_gcm_decrypt(vector: dict[str, Any]) -> None:
    def opened() -> bytes:
        return open_sealed(
            vector["apiv3_key"],
            ciphertext=vector["ciphertext"],
            nonce=vector["nonce"],
            associated_data=vector["associated_data"],
        )

    if vector["strict_32_byte_key_ok"] and vector["expect"]["plaintext"] is not None:
        assert opened().decode() == vector["expect"]["plaintext"]
    else:
        with pytest.raises(SealBroken):
            opened()


def certificates_response(vector: dict[str, Any]) -> None:
    if not vector["strict_32_byte_key_ok"]:
        with pytest.raises(SealBroken, match="16 bytes instead of 32"):
            open_certificates(vector["apiv3_key"], vector["body"].encode())
        return
    certificates = open_certificates(vector["apiv3_key"], vector["body"].encode())
    assert {serial: pem.strip() for serial, pem in certificates.items()} == {
        serial: pem.strip() for serial, pem in vector["expect"]["certificates"].items()
    }
    (pem,) = certificates.values()
    assert load_trusted_key(pem).not_after == datetime.fromisoformat(vector["expect"]["not_after"])


def rsa_decrypt(vector: dict[str, Any]) -> None:
    key = KEYS[vector["key"]]["private_key_pem"]
    if vector["scheme"] == "OAEP-SHA1":
        assert open_field(key, vector["ciphertext"]).decode() == vector["expect"]["plaintext"]
    else:
        with pytest.raises(SealBroken):  # PKCS#1 v1.5 encryption is no scheme of APIv3 any more
            open_field(key, vector["ciphertext"])


def notification(vector: dict[str, Any]) -> None:
    body = vector["body"].encode()
    trust = Trust({vector["headers"]["Wechatpay-Serial"]: public_key_of(vector)})
    assert (
        believed(trust, vector["headers"], body, vector["freeze_now"])
        is vector["expect"]["signature_valid"]
    )
    assert not believed(trust, vector["headers"], body, vector["freeze_now"] + 300)
    assert not believed(trust, vector["headers"], body, vector["freeze_now"] - 300)
    resource = read_object(body)["resource"]
    if vector["strict_32_byte_key_ok"]:
        assert json.loads(open_resource(vector["apiv3_key"], resource)) == json.loads(
            vector["expect"]["plaintext"]
        )
    else:
        with pytest.raises(SealBroken):
            open_resource(vector["apiv3_key"], resource)


def trade_bill(vector: dict[str, Any]) -> None:
    content, expect = base64.b64decode(vector["content_base64"]), vector["expect"]
    assert file_hash(content) == expect["sha1"]
    if "sha1_claimed" in expect:
        with pytest.raises(BillRefused, match="SHA-1"):
            read_trade_bill(content, expect["sha1_claimed"])
        assert len(read_trade_bill(content, expect["sha1"]).rows) == expect["rows"]
        return
    bill = read_trade_bill(content, expect["sha1"])
    assert read_trade_bill(base64.b64decode(vector["gzip_base64"]), expect["sha1"]) == bill
    assert len(bill.rows) == expect["rows"]
    assert {len(row.columns) for row in bill.rows} == {expect["columns"]}
    assert bill.summary == expect["summary"]
    states = [row.trade_state for row in bill.rows]
    assert {state: states.count(state) for state in set(states)} == expect["states"]
    for column, total in expect["sums"].items():
        assert sum(Decimal(row.columns[column]) for row in bill.rows) == Decimal(total)
    assert sum(row.total_fen for row in bill.rows) == 47
    assert sum(row.refund_fen for row in bill.rows) == 14
    assert sum(row.fee_millifen for row in bill.rows) == 8000


def sha(vector: dict[str, Any]) -> None:
    assert file_hash(vector["message"].encode()) == vector["expect"]["sha1"]


CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "rsa_sha256": rsa_sha256,
    "rsa_sha256_verify": rsa_sha256_verify,
    "request_message": request_message_lines,
    "request_signature": request_signature,
    "pay_sign": pay_signature,
    "response_verify": response_verify,
    "aes_gcm_decrypt": aes_gcm_decrypt,
    "certificates_response": certificates_response,
    "rsa_decrypt": rsa_decrypt,
    "notification": notification,
    "trade_bill": trade_bill,
    "sha": sha,
}


@pytest.mark.parametrize("vector", PUBLISHED["vectors"], ids=lambda vector: str(vector["id"]))
def test_published_vector(vector: dict[str, Any]) -> None:
    CHECKS[vector["kind"]](vector)


def test_every_vector_is_there() -> None:
    assert len(PUBLISHED["vectors"]) == 51
