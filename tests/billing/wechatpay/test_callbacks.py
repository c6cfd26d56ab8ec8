"""A callback is believed, opened and read, or refused with the status it deserves."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.wechatpay import (
    Distrust,
    Malformed,
    Merchant,
    Notification,
    NotTrusted,
    RefundFact,
    SealBroken,
    TransactionFact,
    Trust,
    read_notification,
)

NOW = datetime(2026, 11, 15, 1, 30, tzinfo=UTC)
CERTIFICATE = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"


def envelope(tenpay: Any, plaintext: object, event_type: str = "TRANSACTION.SUCCESS") -> bytes:
    notification = {
        "id": "EV-2018022511223320873",
        "create_time": "2026-11-15T09:29:58+08:00",
        "event_type": event_type,
        "resource_type": "encrypt-resource",
        "resource": tenpay.seal(json.dumps(plaintext).encode()),
    }
    return json.dumps(notification).encode()


class TestReadNotification:
    @pytest.fixture
    def read(self, merchant: Merchant) -> Any:
        trust = Trust(merchant.trusted)

        def read(headers: dict[str, str], body: bytes, now: datetime = NOW) -> Notification:
            return read_notification(trust, merchant.apiv3_key, headers, body, now)

        return read

    @pytest.mark.parametrize("serial", ["PUB_KEY_ID_0114232134912410000000000001", CERTIFICATE])
    def test_a_payment_under_either_key(
        self, read: Any, tenpay: Any, paid: dict[str, Any], serial: str
    ) -> None:
        body = envelope(tenpay, paid)
        notification = read(tenpay.signed(body, serial=serial), body)
        assert (notification.event_id, notification.event_type) == (
            "EV-2018022511223320873",
            "TRANSACTION.SUCCESS",
        )
        assert notification.fact == TransactionFact.read(json.dumps(paid).encode())
        assert notification.fact.total_fen == 268050
        assert "oUpF8" not in repr(notification)

    def test_header_names_in_any_case(self, read: Any, tenpay: Any, paid: dict[str, Any]) -> None:
        body = envelope(tenpay, paid)
        headers = {name.lower(): value for name, value in tenpay.signed(body).items()}
        assert read(headers, body).fact.out_trade_no == "HEAT20261115A"

    def test_a_refund(self, read: Any, tenpay: Any) -> None:
        plaintext = {
            "mchid": "1900007291",
            "out_trade_no": "HEAT20261115A",
            "transaction_id": "4200000925202101284997714292",
            "out_refund_no": "R1",
            "refund_id": "50000000382019052709732678859",
            "refund_status": "SUCCESS",
            "success_time": "2026-11-16T09:00:00+08:00",
            "amount": {"total": 268050, "refund": 1, "payer_total": 268050, "payer_refund": 1},
        }
        body = envelope(tenpay, plaintext, "REFUND.SUCCESS")
        fact = read(tenpay.signed(body), body).fact
        assert isinstance(fact, RefundFact)
        assert (fact.status, fact.refund_fen, fact.total_fen) == ("SUCCESS", 1, 268050)

    def test_an_event_we_do_not_book_is_still_believed(self, read: Any, tenpay: Any) -> None:
        body = envelope(tenpay, {"stock_id": "1"}, "COUPON.USE")
        notification = read(tenpay.signed(body), body)
        assert notification.fact is None
        assert notification.plaintext == b'{"stock_id": "1"}'

    @pytest.mark.parametrize(
        ("header", "value", "why"),
        [
            ("Wechatpay-Signature", "", Distrust.UNSIGNED),
            ("Wechatpay-Signature", "AAAA", Distrust.BAD_SIGNATURE),
            ("Wechatpay-Signature", "%%%", Distrust.BAD_SIGNATURE),
            ("Wechatpay-Signature", "签名", Distrust.BAD_SIGNATURE),
            ("Wechatpay-Signature", "WECHATPAY/SIGNTEST/AAAA", Distrust.PROBE),
            ("Wechatpay-Serial", "F" * 40, Distrust.UNKNOWN_SERIAL),
            ("Wechatpay-Serial", CERTIFICATE, Distrust.BAD_SIGNATURE),
            ("Wechatpay-Nonce", "other", Distrust.BAD_SIGNATURE),
            ("Wechatpay-Nonce", "\ud800", Distrust.BAD_SIGNATURE),
            ("Wechatpay-Timestamp", "1794706201", Distrust.BAD_SIGNATURE),
            ("Wechatpay-Timestamp", "yesterday", Distrust.STALE),
            ("Wechatpay-Timestamp", "9" * 40, Distrust.STALE),
            ("Wechatpay-Signature-Type", "WECHATPAY2-SM2-WITH-SM3", Distrust.SIGNATURE_TYPE),
        ],
    )
    def test_one_wrong_header_and_nothing_is_believed(
        self, read: Any, tenpay: Any, paid: dict[str, Any], header: str, value: str, why: Distrust
    ) -> None:
        body = envelope(tenpay, paid)
        with pytest.raises(NotTrusted) as refused:
            read(tenpay.signed(body) | {header: value}, body)
        assert (refused.value.why, refused.value.status) == (why, 401)

    @pytest.mark.parametrize(
        ("seconds", "believed"), [(-300, False), (-299, True), (299, True), (300, False)]
    )
    def test_the_window_is_less_than_300_seconds(
        self, read: Any, tenpay: Any, paid: dict[str, Any], seconds: int, believed: bool
    ) -> None:
        body = envelope(tenpay, paid)
        headers = tenpay.signed(body, at=NOW + timedelta(seconds=seconds))
        if believed:
            assert read(headers, body).fact.is_paid
        else:
            with pytest.raises(NotTrusted, match="stale"):
                read(headers, body)

    def test_an_expired_certificate_is_not_believed(
        self, read: Any, tenpay: Any, paid: dict[str, Any]
    ) -> None:
        later, body = datetime(2028, 1, 2, tzinfo=UTC), envelope(tenpay, paid)
        with pytest.raises(NotTrusted, match="expired_certificate"):
            read(tenpay.signed(body, at=later, serial=CERTIFICATE), body, later)
        assert read(tenpay.signed(body, at=later), body, later).fact.is_paid

    def test_an_old_xml_callback_is_refused_quietly(self, read: Any) -> None:
        with pytest.raises(NotTrusted, match="unsigned"):
            read({"Content-Type": "text/xml"}, b"<xml><return_code>SUCCESS</return_code></xml>")

    def test_two_megabytes_are_refused_before_any_work(self, read: Any) -> None:
        with pytest.raises(Malformed, match="too large"):
            read({}, b"x" * 2_000_000)

    def test_a_body_sealed_with_another_key_is_our_trouble(
        self, merchant: Merchant, tenpay: Any, paid: dict[str, Any]
    ) -> None:
        body = envelope(tenpay, paid)
        with pytest.raises(SealBroken) as broken:
            read_notification(Trust(merchant.trusted), "f" * 32, tenpay.signed(body), body, NOW)
        assert broken.value.status == 500

    @pytest.mark.parametrize(
        "body", [b"", b"[]", b"{}", b"<xml/>", b'{"id": 1, "event_type": "X"}', b"\xff\xfe"]
    )
    def test_believed_but_unreadable(self, read: Any, tenpay: Any, body: bytes) -> None:
        with pytest.raises(Malformed):
            read(tenpay.signed(body), body)

    @pytest.mark.parametrize("resource", [None, "text", {}, {"algorithm": "AEAD_SM4_GCM"}])
    def test_a_resource_that_is_not_sealed(self, read: Any, tenpay: Any, resource: object) -> None:
        notification = {"id": "EV-1", "event_type": "TRANSACTION.SUCCESS", "resource": resource}
        body = json.dumps(notification).encode()
        with pytest.raises(SealBroken):
            read(tenpay.signed(body), body)

    @settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        headers=st.dictionaries(
            st.sampled_from(["Wechatpay-Signature", "Wechatpay-Nonce", "Wechatpay-Timestamp"]),
            st.text(max_size=80),
        ),
        body=st.binary(max_size=200),
    )
    def test_nothing_made_up_is_believed_and_nothing_crashes(
        self, read: Any, tenpay: Any, headers: dict[str, str], body: bytes
    ) -> None:
        signed = tenpay.signed(b"something else") | headers
        with pytest.raises(NotTrusted):
            read(signed, body)

    @settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_one_changed_byte_is_noticed(
        self, read: Any, tenpay: Any, paid: dict[str, Any], data: st.DataObject
    ) -> None:
        body = bytearray(envelope(tenpay, paid))
        headers = tenpay.signed(bytes(body))
        position = data.draw(st.integers(0, len(body) - 1))
        body[position] ^= data.draw(st.integers(1, 255))
        with pytest.raises(NotTrusted, match="bad_signature"):
            read(headers, bytes(body))


class TestTransactionFact:
    @pytest.mark.parametrize(
        "change",
        [
            {"transaction_id": None},
            {"transaction_id": 42},
            {"success_time": "2026-11-15T09:29:58"},
            {"success_time": "soon"},
            {"success_time": None},
            {"amount": None},
            {"amount": []},
            {"amount": {"total": "268050"}},
            {"amount": {"total": 268050.0}},
            {"amount": {"total": True}},
            {"amount": {"total": -1}},
            {"trade_state": ""},
            {"payer": "somebody"},
            {"mchid": None},
        ],
    )
    def test_a_payment_without_its_figures_is_malformed(
        self, paid: dict[str, Any], change: dict[str, Any]
    ) -> None:
        with pytest.raises(Malformed):
            TransactionFact.read(json.dumps(paid | change).encode())

    @pytest.mark.parametrize(
        ("state", "is_paid"),
        [("SUCCESS", True), ("REFUND", True), ("CLOSED", False), ("NOTPAY", False)],
    )
    def test_which_states_are_paid(self, paid: dict[str, Any], state: str, is_paid: bool) -> None:
        fact = TransactionFact.read(json.dumps(paid | {"trade_state": state}).encode())
        assert fact.is_paid is is_paid

    @settings(max_examples=100)
    @given(st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=5))
    def test_any_json_is_read_or_malformed(self, value: object) -> None:
        with pytest.raises(Malformed):
            TransactionFact.read(json.dumps({"mchid": value, "amount": value}).encode())
